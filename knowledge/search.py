"""A question -> topics, best first, each with the probability that it is meant."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.build import Built
from knowledge.index import FaissIndex, VectorIndex, Vectors
from knowledge.lexical import LexicalIndex
from knowledge.naming import Named
from knowledge.parametric import with_row
from knowledge.space import fit
from knowledge.topic import Topic
from nlu.confidence import Candidate, Scored, rank
from nlu.normalize import normalize
from nlu.words import is_known

NEAREST_PHRASINGS = 64
CLOSEST_TOPICS = 24
MOST_ALIKE = 8
LEAST_ALIKE = 0.12  # "инернет" is at 0.48, "how to check balance" at 0.15, "йцукен фывапр" at 0.07

Encode = Callable[[str], Awaitable[Vectors]]


@dataclass(frozen=True, slots=True)
class Hit:
    topic: str
    title: str
    probability: float
    phrasing: str = field(default="", repr=False)  # the nearest one
    similarity: float = 0.0  # cosine to it


class Finder:
    """Candidates for a question, from its text and its vector. Pure once made; takes a few milliseconds."""

    def __init__(self, built: Built, index: VectorIndex | None = None) -> None:
        self._built = built
        self._index = index or FaissIndex(built.vectors)
        self._lexical = LexicalIndex([phrasing.text for phrasing in built.phrasings])
        row_of = {topic: row for row, topic in enumerate(built.topics)}
        self._topic_rows = np.array([row_of[phrasing.topic] for phrasing in built.phrasings], dtype=np.int64)
        self._phrasing_rows = {topic: np.flatnonzero(self._topic_rows == row) for topic, row in row_of.items()}
        self._space = fit(built.vectors, self._topic_rows.tolist(), built.answers)

    def candidates(self, text: str, vector: Vectors) -> list[Candidate]:
        """`text` is normalised. In no particular order."""
        closeness = self._space.closeness(vector)
        alike = np.zeros(len(self._built.topics), dtype=np.float32)
        np.maximum.at(alike, self._topic_rows, self._lexical.scores(text))
        nearest = {self._topic_rows[row] for row, _ in self._index.search(vector, NEAREST_PHRASINGS)}
        considered = {*nearest, *_largest(closeness, CLOSEST_TOPICS), *_largest(alike, MOST_ALIKE)}
        return [
            Candidate(
                topic=self._built.topics[row],
                similarity=self.nearest_phrasing(self._built.topics[row], vector)[1],
                topic_similarity=float(as_cosine(closeness[row])),
                lexical=float(alike[row]),
            )
            for row in sorted(considered)
        ]

    def has_spelling_of(self, text: str) -> bool:
        """Whether some phrasing is spelt a little like the text; keyboard mashing is like none."""
        return bool(self._lexical.scores(text).max(initial=0) >= LEAST_ALIKE)

    def nearest_phrasing(self, topic: str, vector: Vectors) -> tuple[str, float]:
        rows = self._phrasing_rows[topic]
        cosines = self._built.vectors[rows] @ vector
        best = int(np.argmax(cosines))
        return self._built.phrasings[rows[best]].text, float(cosines[best])


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is, or with the name of a country, a tariff taken out."""

    text: str
    named: Named | None = None

    def tells_of(self, topic: Topic) -> bool:
        """Without the name it tells of topics about that kind alone; as it is, of those that need no name."""
        return topic.about == (self.named.kind if self.named else "")


def readings(text: str, base: KnowledgeBase) -> list[Reading]:
    """`text` is normalised. The first is the question as it is."""
    return [Reading(text), *(Reading(named.masked, named) for named in base.naming.named(text))]


def considered(
    encoded: Iterable[tuple[Reading, Vectors]], finder: Finder, base: KnowledgeBase
) -> dict[str, tuple[Candidate, Reading, Vectors]]:
    """The candidates of all readings by topic, with the reading that found them."""
    return {
        candidate.topic: (candidate, reading, vector)
        for reading, vector in encoded
        for candidate in finder.candidates(reading.text, vector)
        if reading.tells_of(base.topics[candidate.topic])
    }


class Searcher:
    def __init__(self, base: KnowledgeBase, finder: Finder, encode: Encode) -> None:
        self._base = base
        self._finder = finder
        self._encode = encode

    async def find(self, query: str, limit: int = 5) -> list[Hit]:
        """Best first; nothing for a query without a letter or digit, or in which nothing is a word."""
        text = normalize(query)
        if not text or not (any(map(is_known, text.split())) or self._finder.has_spelling_of(text)):
            return []
        asked = readings(text, self._base)
        vectors = await asyncio.gather(*(self._encode(reading.text) for reading in asked))
        return await asyncio.to_thread(self._hits, text, list(zip(asked, vectors, strict=True)), limit)

    def _hits(self, text: str, encoded: list[tuple[Reading, Vectors]], limit: int) -> list[Hit]:
        found = considered(encoded, self._finder, self._base)
        ranked = rank([candidate for candidate, _, _ in found.values()], len(text.split()))
        return [self._hit(scored, *found[scored.topic][1:]) for scored in ranked[:limit]]

    def _hit(self, scored: Scored, reading: Reading, vector: Vectors) -> Hit:
        phrasing, similarity = self._finder.nearest_phrasing(scored.topic, vector)
        topic_id = with_row(scored.topic, reading.named.row) if reading.named else scored.topic
        topic = self._base.topic(topic_id)
        return Hit(topic_id, topic.title if topic else topic_id, scored.probability, phrasing, similarity)


def _largest(values: Vectors, count: int) -> list[int]:
    most = min(count, len(values))
    return [int(row) for row in np.argpartition(-values, most - 1)[:most]] if most else []


def as_cosine(closeness: Vectors) -> Vectors:
    """On the scale of the encoder's cosines, which nlu.confidence reads: 0 is 0.80, 1/3 (a clear hit) is 0.95."""
    return np.asarray(0.80 + 0.45 * closeness, dtype=np.float32)
