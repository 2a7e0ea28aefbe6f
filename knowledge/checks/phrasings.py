"""Questions as an editor reads them: the same words in two topics or twice in one, and too many words of the title."""

from collections import defaultdict
from collections.abc import Iterator

from knowledge.base import KnowledgeBase
from knowledge.checks.finding import Finding, Level, warning
from knowledge.faults import Fault
from knowledge.topic import Topic
from nlu.normalize import lemmas, normalize
from nlu.words import part_of_speech

TELLING = frozenset({"NOUN", "VERB", "INFN", "ADJF", "ADJS", ""})  # "": not a Russian word, often a name
SHORTEST_TELLING = 3  # letters
SHARE_WITHOUT_TITLE = 3  # one in three
FEWEST_TRANSLATED = 5

Place = tuple[Topic, int]


def phrasing_findings(base: KnowledgeBase) -> Iterator[Finding]:
    for topic in base.topics.values():
        yield from _echoes_of_title(topic)
        yield from _repeats_within(topic)
        yield from _few_translated(topic)
    yield from _repeats_between(base)


def _echoes_of_title(topic: Topic) -> Iterator[Finding]:
    """People do not know our words: a third of the questions has to do without those of the title."""
    title = _telling_words(topic.title)
    free = sum(not (_telling_words(question) & title) for question in topic.questions)
    if free * SHARE_WITHOUT_TITLE < len(topic.questions):
        message = f"лишь {free} из {len(topic.questions)} вопросов обходятся без слов названия; нужна хотя бы треть"
        yield warning(topic.file, topic.line, f"{topic.id}: questions", message)


def _telling_words(text: str) -> set[str]:
    return {word for word in lemmas(text) if len(word) >= SHORTEST_TELLING and part_of_speech(word) in TELLING}


def _repeats_within(topic: Topic) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], str] = {}
    for question, line in zip(topic.questions, topic.question_lines, strict=True):
        words = tuple(sorted(set(lemmas(question))))
        if words in seen:
            message = f"«{question}» — те же слова, что «{seen[words]}»"
            yield warning(topic.file, line, f"{topic.id}: questions", message)
        seen.setdefault(words, question)


def _few_translated(topic: Topic) -> Iterator[Finding]:
    for language, translation in topic.translations.items():
        if len(translation.questions) < FEWEST_TRANSLATED:
            message = f"вопросов {len(translation.questions)}, а нужно не меньше {FEWEST_TRANSLATED}"
            yield warning(topic.file, translation.answer_line, f"{topic.id}: {language}.questions", message)


def _repeats_between(base: KnowledgeBase) -> Iterator[Finding]:
    """The same words in two topics: the search could only guess."""
    same: dict[str, list[Place]] = defaultdict(list)
    alike: dict[tuple[str, ...], list[Place]] = defaultdict(list)
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


def _clashes(places: list[Place], what: str, level: Level) -> Iterator[Finding]:
    first, first_line = places[0]
    for topic, line in places[1:]:
        if topic.id != first.id:
            message = f"{what}, что в теме «{first.id}» ({first.file}:{first_line}); оставьте в одной"
            yield Finding(Fault(topic.file, line, f"{topic.id}: questions", message), level)
