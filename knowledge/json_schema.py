"""What the loader accepts, as JSON Schema, so that an editor's program completes and explains keys while one types.
The loader checks more (references, templates, names); a file the schema refuses is refused by the loader too."""

from typing import Any

from knowledge.topic import Action, Escalation
from knowledge.topic_schema import (
    FEWEST_QUESTIONS,
    FOLLOW_UPS,
    ID,
    LANGUAGES,
    LONGEST_BUTTON,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_BUTTONS,
)

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TOPIC_ID: Schema = {"type": "string", "pattern": f"^{ID.pattern}$"}
TITLE: Schema = {"type": ["string", "number"], "maxLength": LONGEST_TITLE}


def schemas() -> dict[str, Schema]:
    """By the name of the file under `knowledge/schema/`."""
    return {"topics.json": _topics(), "catalogue.json": _catalogue(), "table.json": _table()}


def _topics() -> Schema:
    return {"$schema": DRAFT, "title": "Темы", "type": "array", "items": _topic()}


def _topic() -> Schema:
    links = {"type": "array", "items": TOPIC_ID}
    properties = {
        "id": _told("Имя темы: область.суть, латиницей", TOPIC_ID),
        "about": _told("Имя таблицы из tables/, если ответ свой для каждой её строки", {"type": "string"}),
        "title": _told("Название: его видят на кнопке", TITLE),
        "title_with_name": _told(
            "Название, когда известно, о чём спросили: «Цены {{ country.where }}»", {"type": "string"}
        ),
        "questions": _told(
            "Вопросы, как их пишут абоненты; от десяти, все разные", _questions(min(FEWEST_QUESTIONS.values()))
        ),
        "answer": _told("Ответ: сначала что сделать, потом условия; факты — из каталога", {"type": "string"}),
        "answer_without_name": _told("Что сказать, когда в вопросе нет названия", {"type": "string"}),
        "buttons": _told("Следующие шаги под ответом", _buttons()),
        "related": _told("Соседние темы: их предложат, если ответ не помог", links),
        "follow_ups": _told("Куда ведёт короткий вопрос вдогонку", _object(dict.fromkeys(FOLLOW_UPS, TOPIC_ID))),
        "escalate": _told("Нужен ли человек", {"enum": list(Escalation)}),
        "action": _told("Что бот делает кроме ответа", {"enum": list(Action)}),
        **{language: _translation() for language in LANGUAGES},
    }
    return {
        **_object(properties, required=["id", "title", "questions", "answer"]),
        "dependentRequired": {"about": ["title_with_name", "answer_without_name"]},
    }


def _questions(fewest: int) -> Schema:
    question = {"type": ["string", "number"], "maxLength": LONGEST_QUESTION}
    return {"type": "array", "items": question, "minItems": fewest, "uniqueItems": True}


def _buttons() -> Schema:
    button = _object(
        {"text": {"type": "string", "maxLength": LONGEST_BUTTON}, "topic": TOPIC_ID}, required=["text", "topic"]
    )
    return {"type": "array", "items": button, "maxItems": MOST_BUTTONS}


def _translation() -> Schema:
    properties = {"title": TITLE, "answer": {"type": "string"}, "questions": _questions(0)}
    return _told("Перевод темы", _object(properties, required=["title", "answer"]))


def _catalogue() -> Schema:
    fact = {"$ref": "#/$defs/fact"}
    group = {
        "type": "object",
        "additionalProperties": {"anyOf": [fact, {"type": "object", "additionalProperties": fact}]},
    }
    return {
        "$schema": DRAFT,
        "title": "Факты каталога",
        "type": "object",
        "additionalProperties": group,
        "minProperties": 1,
        "maxProperties": 1,
        "$defs": {"fact": _object({"value": _cell(), **_origin()}, required=["value", "source", "checked"])},
    }


def _table() -> Schema:
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    language: Schema = {"name": {"type": ["string", "number"]}, "forms": texts, "words": {"type": "array"}}
    row = {
        "type": "object",
        "required": ["name"],
        "properties": {**language, **_origin()},
        "additionalProperties": _cell(),
    }
    properties = {
        "word": _told("Слово вместо любого названия: «страна»", {"type": "string"}),
        "word_forms": _told("Это слово с предлогами: где, куда, откуда", texts),
        **_origin(),
        "refers": _told("Какой столбец называет строку какой таблицы", texts),
        "rows": {"type": "object", "additionalProperties": row, "minProperties": 1},
    }
    table = _object(properties, required=["source", "checked", "rows"])
    return {"$schema": DRAFT, "title": "Таблица", "type": "object", "additionalProperties": table, "maxProperties": 1}


def _origin() -> Schema:
    return {
        "source": _told("Откуда знаем, словами", {"type": "string"}),
        "checked": _told("Когда проверили, ГГГГ-ММ-ДД", {"type": "string", "format": "date"}),
        "sample": _told("true — это пример, не подтверждённый", {"type": "boolean"}),
    }


def _cell() -> Schema:
    return {"type": ["string", "number"]}


def _object(properties: Schema, required: list[str] | None = None) -> Schema:
    closed: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**closed, "required": required} if required else closed


def _told(description: str, schema: Schema) -> Schema:
    return {"description": description, **schema}
