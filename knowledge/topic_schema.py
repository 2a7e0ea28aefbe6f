"""YAML of a topic file -> topics, with a fault for everything an editor has to mend. Knows one file at a time;
references to other topics are returned, to be checked when all files are known."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge.faults import Fault, perhaps
from knowledge.fields import Fields
from knowledge.topic import Action, Escalation, Topic, TopicButton, Translation
from knowledge.yaml_file import MappingNode, Node, ScalarNode, SequenceNode, read_yaml

KEYS = (
    *("id", "about", "title", "title_with_name", "questions", "answer", "answer_without_name"),
    *("buttons", "related", "follow_ups", "escalate", "action", "en", "zh"),
)
LANGUAGES = ("en", "zh")
FOLLOW_UPS = ("price", "term", "limits", "connect", "disconnect", "refund", "check", "why")
ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_TITLE = 44
LONGEST_BUTTON = 30
LONGEST_QUESTION = 200
MOST_BUTTONS = 2
FEWEST_QUESTIONS: Mapping[str, int] = {"smalltalk": 5}
FEWEST_QUESTIONS_ELSEWHERE = 10


@dataclass(frozen=True, slots=True)
class Reference:
    """A topic named by another one."""

    file: str
    line: int
    key: str
    target: str


@dataclass(frozen=True, slots=True)
class TopicFile:
    topics: tuple[Topic, ...]
    references: tuple[Reference, ...]
    faults: tuple[Fault, ...]


def read_topics(file: str, content: bytes) -> TopicFile:
    """`file` is `topics/<area>/<name>.yml`: the area must be that of its topics."""
    yaml_file = read_yaml(file, content)
    faults = list(yaml_file.faults)
    references: list[Reference] = []
    if yaml_file.root is None and not faults:
        faults.append(Fault(file, 0, "", "файл пуст; ждали темы «- id: ...»"))
    topics = [_Reader(fields, references).topic() for fields in _listed(yaml_file.root, file, faults)]
    return TopicFile(tuple(topics), tuple(references), tuple(faults))


def _listed(root: Node | None, file: str, faults: list[Fault]) -> Iterator[Fields]:
    if isinstance(root, SequenceNode):
        for item in root.items:
            if isinstance(item, MappingNode):
                yield Fields(item, file, faults)
            else:
                faults.append(Fault(file, item.line, "", "ждали тему «- id: ...» с ключами под ней"))
    elif root is not None:
        faults.append(Fault(file, root.line, "", "файл должен быть списком тем: каждая начинается с «- id: ...»"))


class _Reader:
    """Reads one topic."""

    def __init__(self, fields: Fields, references: list[Reference]) -> None:
        self._fields = fields
        self._references = references

    def topic(self) -> Topic:
        fields = self._fields
        fields.refuse_unknown(KEYS)
        topic_id = self._id()
        questions = self._questions(topic_id)
        about = fields.text("about", required=False)
        return Topic(
            id=topic_id,
            title=fields.text("title", longest=LONGEST_TITLE),
            questions=tuple(node.text.strip() for node in questions),
            question_lines=tuple(node.line for node in questions),
            answer=fields.text("answer"),
            buttons=self._buttons(),
            related=self._related(),
            follow_ups=self._follow_ups(),
            escalate=self._escalate(),
            action=self._action(),
            about=about,
            title_with_name=self._parametric("title_with_name", about),
            answer_without_name=self._parametric("answer_without_name", about),
            translations=self._translations(),
            file=fields.file,
            line=fields.line("id"),
            answer_line=fields.text_line("answer"),
        )

    def _parametric(self, key: str, about: str) -> str:
        if not about and self._fields.get(key):
            self._fields.fault(key, "бывает только у темы с ключом about")
        return self._fields.text(key, required=bool(about))

    def _id(self) -> str:
        topic_id = self._fields.text("id")
        folder = self._fields.file.split("/")[1:-1]
        if topic_id and not ID.fullmatch(topic_id):
            self._fields.fault(
                "id", f"«{topic_id}» не подходит; ждали «область.имя-темы» латиницей, как market.sell-minutes"
            )
        elif topic_id and folder != [topic_id.partition(".")[0]]:
            area = topic_id.partition(".")[0]
            self._fields.fault("id", f"тема «{topic_id}» должна лежать в папке topics/{area}")
        return topic_id

    def _questions(self, topic_id: str) -> list[ScalarNode]:
        nodes = self._fields.texts("questions")
        fewest = FEWEST_QUESTIONS.get(topic_id.partition(".")[0], FEWEST_QUESTIONS_ELSEWHERE)
        if len(nodes) < fewest:
            self._fields.fault("questions", f"вопросов {len(nodes)}, а нужно не меньше {fewest}")
        self._refuse_repeated(nodes)
        return nodes

    def _refuse_repeated(self, nodes: list[ScalarNode]) -> None:
        seen: dict[str, int] = {}
        for node in nodes:
            question = node.text.strip().casefold()
            if question in seen:
                self._fields.fault("questions", f"вопрос уже есть в строке {seen[question]}", node.line)
            seen.setdefault(question, node.line)
            if len(node.text) > LONGEST_QUESTION:
                self._fields.fault("questions", f"вопрос длиннее {LONGEST_QUESTION} знаков; сократите", node.line)

    def _buttons(self) -> tuple[TopicButton, ...]:
        buttons = tuple(self._button(fields) for fields in self._fields.mappings("buttons"))
        if len(buttons) > MOST_BUTTONS:
            self._fields.fault("buttons", f"кнопок {len(buttons)}, а можно не больше {MOST_BUTTONS}")
        return buttons

    def _button(self, fields: Fields) -> TopicButton:
        fields.refuse_unknown(("text", "topic"))
        topic = fields.text("topic")
        self._refer("buttons.topic", topic, fields.line("topic"))
        return TopicButton(fields.text("text", longest=LONGEST_BUTTON), topic)

    def _related(self) -> tuple[str, ...]:
        nodes = self._fields.texts("related")
        for node in nodes:
            self._refer("related", node.text, node.line)
        return tuple(node.text for node in nodes)

    def _follow_ups(self) -> Mapping[str, str]:
        fields = self._fields.mapping("follow_ups")
        if fields is None:
            return {}
        fields.refuse_unknown(FOLLOW_UPS)
        follow_ups = {kind: fields.text(kind) for kind in fields.node.entries}
        for kind, topic in follow_ups.items():
            self._refer(f"follow_ups.{kind}", topic, fields.line(kind))
        return follow_ups

    def _refer(self, key: str, topic: str, line: int) -> None:
        if topic:
            self._references.append(Reference(self._fields.file, line, key, topic))

    def _escalate(self) -> Escalation:
        value = self._fields.text("escalate", required=False) or "never"
        if value in list(Escalation):
            return Escalation(value)
        self._fields.fault(
            "escalate", f"«{value}» не подходит{perhaps(value, Escalation)}; ждали never, offer или always"
        )
        return Escalation.NEVER

    def _action(self) -> Action | None:
        value = self._fields.text("action", required=False)
        if not value or value in list(Action):
            return Action(value) if value else None
        self._fields.fault("action", f"«{value}» не подходит{perhaps(value, Action)}; ждали {', '.join(Action)}")
        return None

    def _translations(self) -> Mapping[str, Translation]:
        read = {language: self._fields.mapping(language) for language in LANGUAGES}
        return {language: _translation(fields) for language, fields in read.items() if fields}


def _translation(fields: Fields) -> Translation:
    fields.refuse_unknown(("title", "answer", "questions"))
    return Translation(
        title=fields.text("title", longest=LONGEST_TITLE),
        answer=fields.text("answer"),
        answer_line=fields.text_line("answer"),
        questions=tuple(node.text.strip() for node in fields.texts("questions")),
    )
