"""Puts what was read from all files together, and checks what no file can know alone: repeated ids, references to
topics, facts in templates."""

from collections.abc import Iterable, Mapping

from knowledge.base import KnowledgeBase
from knowledge.catalogue import Catalogue, Fact
from knowledge.faults import Fault, perhaps
from knowledge.render import Templates, render
from knowledge.replies import Replies, Wording
from knowledge.topic import Topic
from knowledge.topic_schema import Reference


def assemble(  # noqa: PLR0913  # one of each kind of content, all by keyword
    *,
    topics: Iterable[Topic],
    references: Iterable[Reference],
    facts: Iterable[Fact],
    wordings: Iterable[Wording],
    templates: Templates,
    content_hash: str,
    faults: list[Fault],
) -> KnowledgeBase:
    """Adds to `faults`; the result is complete only if there are none."""
    catalogue = Catalogue({fact.name: fact for fact in facts})
    known = _by_id(topics, faults)
    _check_references(references, known, faults)
    rendering = _Rendering(templates, catalogue, faults)
    return KnowledgeBase(
        topics=known,
        answers={topic.id: rendering.answer(topic) for topic in known.values()},
        translated_answers=rendering.translated_answers(known.values()),
        replies=rendering.replies(wordings),
        catalogue=catalogue,
        content_hash=content_hash,
        used_facts=frozenset(rendering.used),
    )


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
        return self._text(topic.answer, Fault(topic.file, topic.answer_line, "answer", ""))

    def translated_answers(self, topics: Iterable[Topic]) -> dict[tuple[str, str], str]:
        answers = {}
        for topic in topics:
            for language, translation in topic.translations.items():
                place = Fault(topic.file, translation.answer_line, f"{language}.answer", "")
                answers[topic.id, language] = self._text(translation.answer, place, language)
        return answers

    def replies(self, wordings: Iterable[Wording]) -> Replies:
        variants: dict[str, tuple[str, ...]] = {}
        for wording in wordings:
            text = self._text(wording.source, Fault(wording.file, wording.line, wording.name, ""))
            variants[wording.name] = (*variants.get(wording.name, ()), text)
        return Replies(variants)

    def _text(self, source: str, place: Fault, language: str = "ru") -> str:
        rendered = render(self._templates.parse(source), self._catalogue, language=language)
        for problem in rendered.problems:
            self._faults.append(Fault(place.file, place.line + problem.line - 1, place.key, problem.message))
        self.used |= rendered.facts
        return rendered.text
