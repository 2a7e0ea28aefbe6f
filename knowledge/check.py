"""What a careful editor would find in knowledge that loads: lengths, wording, repeated phrasings, forgotten facts."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from knowledge.base import KnowledgeBase
from knowledge.faults import Fault
from knowledge.finding import Finding, Level, error, warning
from knowledge.loader import REPLIES_FILE
from knowledge.topic import Topic
from knowledge.wording_check import slips
from nlu.normalize import lemmas, normalize

WORDS: Mapping[str, tuple[int, int]] = {"smalltalk": (8, 60)}
WORDS_ELSEWHERE = (25, 90)
WORD = re.compile(r"[^\W_]+(?:[-\u00a0][^\W_]+)*")
BARE_CODE = re.compile(r"(?<![\w`])[*#]\d[\d*]*#")
CODE = re.compile(r"`[^`\n]+`")


def check(base: KnowledgeBase) -> list[Finding]:
    """Sorted by file and line."""
    found = [finding for topic in base.topics.values() for finding in _topic_findings(base, topic)]
    found += _reply_findings(base)
    found += _repeated_phrasings(base)
    found += [warning(fact.file, fact.line, fact.name, "факт нигде не используется") for fact in base.unused_facts()]
    return sorted(found)


def production_findings(base: KnowledgeBase) -> list[Finding]:
    """Sample facts subscribers would be told: each has to be confirmed before a launch."""
    return [
        error(
            fact.file, fact.line, fact.name, f"значение-пример ({fact.value}); подтвердите его и уберите sample: true"
        )
        for fact in base.sample_facts()
    ]


def _topic_findings(base: KnowledgeBase, topic: Topic) -> Iterator[Finding]:
    answer = base.example_answer(topic)
    fewest, most = WORDS.get(topic.area, WORDS_ELSEWHERE)
    words = len(WORD.findall(answer))
    if not fewest <= words <= most:
        message = f"слов в ответе {words}, а нужно от {fewest} до {most}"
        yield warning(topic.file, topic.answer_line, f"{topic.id}: answer", message)
    for slip in slips(topic.answer):
        place = Fault(topic.file, topic.answer_line + slip.line, f"{topic.id}: answer", slip.message)
        yield Finding(place, slip.level)
    if BARE_CODE.search(CODE.sub("", answer)):
        yield error(topic.file, topic.answer_line, f"{topic.id}: answer", "код возьмите в обратные кавычки: `код`")
    if topic.id in topic.related or any(button.topic == topic.id for button in topic.buttons):
        yield error(topic.file, topic.line, topic.id, "тема ссылается на саму себя")


def _reply_findings(base: KnowledgeBase) -> Iterator[Finding]:
    for name, variants in base.replies.variants.items():
        for slip in (slip for text in variants for slip in slips(text)):
            yield Finding(Fault(REPLIES_FILE, 0, name, slip.message), slip.level)


def _repeated_phrasings(base: KnowledgeBase) -> Iterator[Finding]:
    """The same words in two topics: the search could only guess."""
    same: dict[str, list[tuple[Topic, int]]] = defaultdict(list)
    alike: dict[tuple[str, ...], list[tuple[Topic, int]]] = defaultdict(list)
    for topic in base.topics.values():
        for question, line in zip(topic.questions, topic.question_lines, strict=True):
            same[normalize(question)].append((topic, line))
            alike[tuple(sorted(set(lemmas(question))))].append((topic, line))
    exact = [places for places in same.values() if len(places) > 1]
    for places in exact:
        yield from _clashes(places, "тот же вопрос", Level.ERROR)
    for words, places in alike.items():
        if len(words) > 2 and places not in exact:
            yield from _clashes(places, "те же слова", Level.WARNING)


def _clashes(places: list[tuple[Topic, int]], what: str, level: Level) -> Iterator[Finding]:
    first, first_line = places[0]
    for topic, line in places[1:]:
        if topic.id != first.id:
            message = f"{what}, что в теме «{first.id}» ({first.file}:{first_line}); оставьте в одной"
            yield Finding(Fault(topic.file, line, f"{topic.id}: questions", message), level)
