"""What a careful editor would find in knowledge that loads: lengths, wording, spelling, forgotten facts and topics."""

import re
from collections.abc import Iterator, Mapping

from knowledge.base import KnowledgeBase
from knowledge.checks.finding import Finding, error, warning
from knowledge.checks.phrasings import phrasing_findings
from knowledge.checks.spelling import spelling_findings
from knowledge.checks.wording import slips
from knowledge.faults import Fault
from knowledge.replies import RUSSIAN
from knowledge.stats import unreferenced
from knowledge.topic import Topic

WORDS: Mapping[str, tuple[int, int]] = {"smalltalk": (8, 60)}
WORDS_ELSEWHERE = (25, 90)
STANDING_ALONE = frozenset({"smalltalk"})  # areas whose topics lead nowhere and are led to from nowhere
WORD = re.compile(r"[^\W_]+(?:[-\u00a0][^\W_]+)*")
BARE_CODE = re.compile(r"(?<![\w`])[*#]\d[\d*]*#")
CODE = re.compile(r"`[^`\n]+`")
LIST_ITEM = re.compile(r"\s*(\d{1,3})\. \S")


def check(base: KnowledgeBase) -> list[Finding]:
    """Sorted by file and line."""
    found = [finding for topic in base.topics.values() for finding in _topic_findings(base, topic)]
    found += _reply_findings(base)
    found += phrasing_findings(base)
    found += [finding for topic in base.topics.values() for finding in spelling_findings(topic, base.words)]
    found += _orphans(base)
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
    if stray := _stray_item(answer):
        message = f"строка «{stray}» покажется пунктом списка: число с точкой не должно начинать строку"
        yield error(topic.file, topic.answer_line, f"{topic.id}: answer", message)
    if topic.id in topic.related or any(button.topic == topic.id for button in topic.buttons):
        yield error(topic.file, topic.line, topic.id, "тема ссылается на саму себя")


def _stray_item(answer: str) -> str:
    """A line that a number put in has made an item: "...до\n160. Длинная SMS делится". Items count 1, 2, 3."""
    last = 0
    for line in answer.splitlines():
        if item := LIST_ITEM.match(line):
            if int(item[1]) not in (1, last + 1):
                return line.strip()[:40]
            last = int(item[1])
    return ""


def _orphans(base: KnowledgeBase) -> Iterator[Finding]:
    message = "ни одна тема сюда не ведёт; назовите её в related или на кнопке соседней"
    for topic_id in unreferenced(base):
        topic = base.topics[topic_id]
        if topic.area not in STANDING_ALONE:
            yield warning(topic.file, topic.line, topic.id, message)


def _reply_findings(base: KnowledgeBase) -> Iterator[Finding]:
    for (language, name), variants in base.replies.variants.items():
        for slip in (slip for text in variants for slip in slips(text) if language == RUSSIAN):
            yield Finding(Fault(f"replies/{language}.yml", 0, name, slip.message), slip.level)
