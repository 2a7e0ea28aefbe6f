"""A question -> topics, best first, each with the probability that it is meant."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from knowledge.base import KnowledgeBase
from knowledge.build import Built
from knowledge.index import FaissIndex, Vectors, products, unit
from knowledge.lexical import LexicalIndex
from knowledge.naming import Named
from knowledge.parametric import with_row
from knowledge.topic import Topic
from nlu.confidence import Asked, Candidate, Confidence, Scored, rank, shipped_confidence
from nlu.normalize import normalize
from nlu.words import is_known

CLOSEST_TOPICS = 24
MOST_ALIKE = 8
LEAST_ALIKE = 0.12  # "инернет" is at 0.48, "how to check balance" at 0.15, "йцукен фывапр" at 0.07

Rows = npt.NDArray[np.int64]
Encode = Callable[[str], Awaitable[Vectors]]


@dataclass(frozen=True, slots=True)
class Hit:
    topic: str
    title: str
    probability: float
    phrasing: str = field(default="", repr=False)  # the nearest one
    similarity: float = 0.0  # cosine to it


@dataclass(frozen=True, slots=True)
class Backend:
    """Who reads the questions now; `fault`: why it is not the one that is configured."""

    name: str
    fault: str = ""


BUILT_IN = Backend("built-in")


class Search(Protocol):
    @property
    def backend(self) -> Backend: ...

    async def find(self, query: str, limit: int = 5) -> list[Hit]: ...


class Finder:
    """Candidates for a question, from its text and its vector. Pure once made; takes a millisecond or two.

    A topic is the middle of its phrasings. FAISS over the middles and the likeness of spelling to all phrasings name
    the candidates; each is then compared with its own phrasings one by one.
    """

    def __init__(self, built: Built) -> None:
        self._built = built
        self._lexical = LexicalIndex([phrasing.text for phrasing in built.phrasings])
        topics = [phrasing.topic for phrasing in built.phrasings]
        self._phrasings = slices(topics)
        self._starts = np.array([self._phrasings[topic].start for topic in built.topics], dtype=np.int64)
        self._lengths = self._lexical.lengths(self._starts)
        self._middles = middles(built.vectors, self._starts)
        self._index = FaissIndex(self._middles)

    def candidates(self, text: str, vector: Vectors) -> list[Candidate]:
        """`text` is normalised. In no particular order."""
        scores = self._lexical.scores(text)
        alike = np.maximum.reduceat(scores, self._starts)
        alike_to_all = np.add.reduceat(scores, self._starts) / self._lengths
        close = [row for row, _ in self._index.search(vector, CLOSEST_TOPICS)]
        return [
            self._candidate(row, vector, float(alike[row]), float(alike_to_all[row]))
            for row in sorted({*close, *_largest(alike, MOST_ALIKE)})
        ]

    def _candidate(self, row: int, vector: Vectors, alike: float, alike_to_all: float) -> Candidate:
        topic = self._built.topics[row]
        return Candidate(
            topic=topic,
            middle=float(self._middles[row] @ vector),
            nearest=self.nearest_phrasing(topic, vector)[1],
            lexical=alike,
            lexical_middle=alike_to_all,
        )

    def outside(self, vector: Vectors) -> float:
        """Cosine to the nearest question that no topic answers."""
        return float(products(self._built.outside, vector).max(initial=0))

    def has_spelling_of(self, text: str) -> bool:
        """Whether some phrasing is spelt a little like the text; keyboard mashing is like none."""
        return bool(self._lexical.scores(text).max(initial=0) >= LEAST_ALIKE)

    def nearest_phrasing(self, topic: str, vector: Vectors) -> tuple[str, float]:
        rows = self._phrasings[topic]
        cosines = products(self._built.vectors[rows], vector)
        best = int(np.argmax(cosines))
        return self._built.phrasings[rows.start + best].text, float(cosines[best])


def slices(topics: Sequence[str]) -> dict[str, slice]:
    """Where the phrasings of each topic stand: together, as `knowledge.build` puts them."""
    starts = [row for row, topic in enumerate(topics) if row == 0 or topics[row - 1] != topic]
    return {topics[start]: slice(start, end) for start, end in pairwise([*starts, len(topics)])}


def middles(vectors: Vectors, starts: Rows) -> Vectors:
    """Of unit length, one for each run of vectors that begins at a start."""
    return unit(np.add.reduceat(vectors, starts, axis=0))


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


MakeSearch = Callable[[KnowledgeBase, Finder, Encode], Search]


class Searcher:
    """Implements Search."""

    backend = BUILT_IN

    def __init__(
        self, base: KnowledgeBase, finder: Finder, encode: Encode, confidence: Confidence | None = None
    ) -> None:
        self._base = base
        self._finder = finder
        self._encode = encode
        self._confidence = confidence or shipped_confidence()

    async def find(self, query: str, limit: int = 5) -> list[Hit]:
        """Best first; nothing for a query without a letter or digit, or in which nothing is a word."""
        text = normalize(query)
        if not self.is_legible(text):
            return []
        asked = readings(text, self._base)
        vectors = await asyncio.gather(*(self._encode(reading.text) for reading in asked))
        return await asyncio.to_thread(self._hits, text, list(zip(asked, vectors, strict=True)), limit)

    def is_legible(self, text: str) -> bool:
        """Some word is one, or the whole is spelt a little like a phrasing. `text` is normalised."""
        return bool(text) and (any(map(is_known, text.split())) or self._finder.has_spelling_of(text))

    def _hits(self, text: str, encoded: list[tuple[Reading, Vectors]], limit: int) -> list[Hit]:
        found = considered(encoded, self._finder, self._base)
        asked = Asked(len(text.split()), self._finder.outside(encoded[0][1]))
        ranked = rank([candidate for candidate, _, _ in found.values()], asked, self._confidence)
        return [self._hit(scored, *found[scored.topic][1:]) for scored in ranked[:limit]]

    def _hit(self, scored: Scored, reading: Reading, vector: Vectors) -> Hit:
        phrasing, similarity = self._finder.nearest_phrasing(scored.topic, vector)
        topic_id = with_row(scored.topic, reading.named.row) if reading.named else scored.topic
        topic = self._base.topic(topic_id)
        return Hit(topic_id, topic.title if topic else topic_id, scored.probability, phrasing, similarity)


def _largest(values: Vectors, count: int) -> list[int]:
    most = min(count, len(values))
    return [int(row) for row in np.argpartition(-values, most - 1)[:most]] if most else []
