"""What an encoder and its confidence learn from the knowledge: examples by topic, and how kept questions are found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.build import indexed, phrasings
from knowledge.search import Finder, considered, readings
from nlu.confidence import Asked
from nlu.encoder import Encoder
from nlu.evaluation.outcome import Question
from nlu.normalize import normalize
from nlu.training.calibrate import Row
from nlu.understanding import understand

KEPT = 10  # one in ten of the asked questions is kept for the confidence and never tuned on
KEPT_OUTSIDE = 3  # one in three of those that no topic answers: there are few
NO_TOPIC = ""

Texts = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Example:
    """A normalised question and the number of its topic."""

    text: str = field(repr=False)
    topic: int = 0


def split(asked: Texts, seed: int) -> tuple[Texts, Texts]:
    """Asked questions to learn from, and those to keep."""
    random = np.random.default_rng(seed)
    taught: dict[str, tuple[str, ...]] = {}
    kept: dict[str, tuple[str, ...]] = {}
    for topic, texts in asked.items():
        chosen = random.random(len(texts)) < 1 / (KEPT_OUTSIDE if topic == NO_TOPIC else KEPT)
        taught[topic] = tuple(text for text, is_kept in zip(texts, chosen, strict=True) if not is_kept)
        kept[topic] = tuple(text for text, is_kept in zip(texts, chosen, strict=True) if is_kept)
    return taught, kept


def examples(base: KnowledgeBase) -> list[Example]:
    """All phrasings; questions of no topic are taught as a topic of their own."""
    numbers = _numbers(base)
    told = [Example(phrasing.text, numbers[phrasing.topic]) for phrasing in phrasings(base)]
    outside = filter(None, map(normalize, base.asked.get(NO_TOPIC, ())))
    return told + [Example(text, numbers[NO_TOPIC]) for text in outside]


def kept_examples(base: KnowledgeBase, kept: Texts) -> list[Example]:
    numbers = _numbers(base)
    return [
        Example(indexed(text, base.topics[topic], base), numbers[topic])
        for topic, texts in kept.items()
        if topic in base.topics
        for text in texts
    ]


def _numbers(base: KnowledgeBase) -> dict[str, int]:
    return {topic: number for number, topic in enumerate([*base.topics, NO_TOPIC])}


def questions(asked: Texts) -> Iterator[Question]:
    for topic, texts in asked.items():
        for text in texts:
            yield Question(text, frozenset({topic} - {NO_TOPIC}))


def rows(asked: Iterable[Question], base: KnowledgeBase, finder: Finder, encoder: Encoder) -> Iterator[Row]:
    """Questions as the bot searches them. Of two right topics the second is left out: neither wrong nor right."""
    for question in asked:
        text = normalize(understand(question.text).query)
        read = readings(text, base)
        vectors = encoder.encode([reading.text for reading in read])
        found = considered(zip(read, vectors, strict=True), finder, base)
        right, *also = sorted(question.right, key=lambda topic: (topic not in found, topic)) or (None,)
        candidates = tuple(candidate for candidate, _, _ in found.values() if candidate.topic not in also)
        yield Row(right, Asked(len(text.split()), finder.outside(vectors[0])), candidates)
