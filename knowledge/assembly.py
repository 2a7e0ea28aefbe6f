"""Puts what was read from all files together, and checks what no file can know alone: repeated ids, references to
topics and to rows of tables, facts in templates."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from knowledge import parametric
from knowledge.base import KnowledgeBase
from knowledge.catalogue import Catalogue, Fact
from knowledge.faults import Fault, perhaps
from knowledge.naming import Naming
from knowledge.render import Templates, render
from knowledge.replies import Replies, Wording
from knowledge.table import Table
from knowledge.topic import Topic
from knowledge.topic_schema import LONGEST_TITLE, Reference
from nlu.normalize import normalize


def assemble(  # noqa: PLR0913  # one of each kind of content, all by keyword
    *,
    topics: Iterable[Topic],
    references: Iterable[Reference],
    facts: Iterable[Fact],
    tables: Iterable[Table],
    wordings: Iterable[Wording],
    asked: Mapping[str, tuple[str, ...]],
    words: frozenset[str],
    templates: Templates,
    content_hash: str,
    faults: list[Fault],
) -> KnowledgeBase:
    """Adds to `faults`; the result is complete only if there are none."""
    known_tables = {table.kind: table for table in tables}
    catalogue = Catalogue({fact.name: fact for fact in [*facts, *parametric.facts_of(known_tables.values())]})
    naming = Naming(known_tables.values())
    known = _by_id(topics, faults)
    _check_references(references, known, faults)
    faults += parametric.reference_faults(known_tables)
    _check_tables(known, known_tables, naming, faults)
    rendering = _Rendering(templates, catalogue, faults)
    # An answer about a row is worth rendering only when every reference holds.
    about_rows = {} if faults else rendering.about_rows(known, known_tables)
    known = {topic.id: _as_asked(topic, known_tables) for topic in known.values()}
    return KnowledgeBase(
        topics=known,
        about_rows={topic_id: topic for topic_id, (topic, _) in about_rows.items()},
        answers={
            **{topic.id: rendering.answer(topic) for topic in known.values()},
            **{topic_id: answer for topic_id, (_, answer) in about_rows.items()},
        },
        translated_answers=rendering.translated_answers(known.values()),
        replies=rendering.replies(wordings),
        catalogue=catalogue,
        tables=known_tables,
        naming=naming,
        asked=asked,
        words=words,
        content_hash=content_hash,
        used_facts=frozenset(rendering.used),
    )


def _as_asked(topic: Topic, tables: Mapping[str, Table]) -> Topic:
    table = tables.get(topic.about)
    return parametric.unnamed(topic, table) if table else topic


def _check_tables(
    topics: Mapping[str, Topic], tables: Mapping[str, Table], naming: Naming, faults: list[Fault]
) -> None:
    """A topic about a kind needs its table, and a name from it in every question: what else would be masked?"""
    for topic in topics.values():
        if topic.about and topic.about not in tables:
            message = f"нет таблицы «{topic.about}»{perhaps(topic.about, tables)}; ждали файл tables/{topic.about}.yml"
            faults.append(Fault(topic.file, topic.line, "about", message))
        elif topic.about:
            for question, line in zip(topic.questions, topic.question_lines, strict=True):
                if not naming.named_of(topic.about, normalize(question)):
                    message = f"в вопросе нет ни одного названия из tables/{topic.about}.yml: «{question}»"
                    faults.append(Fault(topic.file, line, "questions", message))


def _by_id(topics: Iterable[Topic], faults: list[Fault]) -> dict[str, Topic]:
    known: dict[str, Topic] = {}
    for topic in topics:
        first = known.setdefault(topic.id, topic)
        if first is not topic and topic.id:
            message = f"тема «{topic.id}» уже есть: {first.file}:{first.line}"
            faults.append(Fault(topic.file, topic.line, "id", message))
    if not known:
        faults.append(Fault("topics", 0, "", "нет ни одной темы"))
    return known


def _check_references(references: Iterable[Reference], topics: Mapping[str, Topic], faults: list[Fault]) -> None:
    for reference in references:
        if reference.target not in topics:
            message = f"нет такой темы «{reference.target}»{perhaps(reference.target, topics)}"
            faults.append(Fault(reference.file, reference.line, reference.key, message))


class _Rendering:
    """Renders every template, noting the facts it used."""

    def __init__(self, templates: Templates, catalogue: Catalogue, faults: list[Fault]) -> None:
        self.used: set[str] = set()
        self._templates = templates
        self._catalogue = catalogue
        self._faults = faults

    def answer(self, topic: Topic) -> str:
        if topic.about:
            return self._text(topic.answer_without_name, Fault(topic.file, topic.line, "answer_without_name", ""))
        return self._text(topic.answer, Fault(topic.file, topic.answer_line, "answer", ""))

    def about_rows(self, topics: Mapping[str, Topic], tables: Mapping[str, Table]) -> dict[str, tuple[Topic, str]]:
        """The topics about each row, with their answers. One row's fault stands for those of the others."""
        rendered: dict[str, tuple[Topic, str]] = {}
        for topic in (topic for topic in topics.values() if topic.about):
            for about_row in parametric.instances(topic, tables, self._catalogue, topics):
                titled, answer = self._about_row(about_row)
                rendered[titled.id] = titled, answer
                if self._faults:
                    break
        return rendered

    def _about_row(self, about_row: parametric.Instance) -> tuple[Topic, str]:
        topic, facts = about_row.topic, about_row.catalogue
        title = self._text(topic.title, Fault(topic.file, topic.line, f"{topic.id}: title_with_name", ""), facts=facts)
        if len(title) > LONGEST_TITLE:
            message = f"{len(title)} знаков, а помещается {LONGEST_TITLE}: «{title}»"
            self._faults.append(Fault(topic.file, topic.line, "title_with_name", message))
        place = Fault(topic.file, topic.answer_line, f"{topic.id}: answer", "")
        return replace(topic, title=title), self._text(topic.answer, place, facts=facts)

    def translated_answers(self, topics: Iterable[Topic]) -> dict[tuple[str, str], str]:
        answers = {}
        for topic in topics:
            for language, translation in topic.translations.items():
                place = Fault(topic.file, translation.answer_line, f"{language}.answer", "")
                answers[topic.id, language] = self._text(translation.answer, place, language)
        return answers

    def replies(self, wordings: Iterable[Wording]) -> Replies:
        variants: dict[tuple[str, str], tuple[str, ...]] = {}
        for wording in wordings:
            place = Fault(wording.file, wording.line, wording.name, "")
            key = wording.language, wording.name
            variants[key] = (*variants.get(key, ()), self._text(wording.source, place, wording.language))
        return Replies(variants)

    def _text(self, source: str, place: Fault, language: str = "ru", facts: Catalogue | None = None) -> str:
        rendered = render(self._templates.parse(source), facts or self._catalogue, language=language)
        for problem in rendered.problems:
            self._faults.append(Fault(place.file, place.line + problem.line - 1, place.key, problem.message))
        self.used |= rendered.facts
        return rendered.text
