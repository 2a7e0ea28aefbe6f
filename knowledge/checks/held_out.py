"""Every phrasing searched as if its topic did not have it: how well the knowledge finds what it was not told.

The search is that of `knowledge.search` and `nlu.confidence`, done for all phrasings at once by matrices.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.build import Built
from knowledge.index import Vectors, unit
from knowledge.lexical import LexicalIndex
from nlu.confidence import Mix

BLOCK = 256
NOWHERE = -1.0  # below any likeness

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """What one phrasing found. Rows are those of `Built`; cosines are to phrasings, its own left out."""

    row: int
    place: int  # of its topic, from 0
    best_topic: int  # row of the topic that came first
    own_cosine: float  # to the nearest other phrasing of its topic
    rival: int  # the nearest phrasing of another topic
    rival_cosine: float


class HeldOut:
    def __init__(self, built: Built, mix: Mix) -> None:
        self._built = built
        self._mix = mix
        topic_row = {topic: row for row, topic in enumerate(built.topics)}
        self._topics: Rows = np.array([topic_row[phrasing.topic] for phrasing in built.phrasings], dtype=np.int64)
        # Phrasings of a topic stand together, so "the best of each topic" is one reduction over slices.
        self._starts: Rows = np.flatnonzero(np.diff(self._topics, prepend=-1))
        self._lexical = LexicalIndex([phrasing.text for phrasing in built.phrasings])
        self._lengths = self._lexical.lengths(self._starts)
        self._sums = np.add.reduceat(built.vectors, self._starts, axis=0)
        self._middles = unit(self._sums)

    def search_all(self) -> Iterator[Found]:
        for start in range(0, len(self._topics), BLOCK):
            yield from self._search(np.arange(start, min(start + BLOCK, len(self._topics))))

    def _search(self, rows: Rows) -> Iterator[Found]:
        cosines = self._built.vectors[rows] @ self._built.vectors.T
        cosines[np.arange(len(rows)), rows] = NOWHERE
        scores = self._scores(rows, cosines)
        own = scores[np.arange(len(rows)), self._topics[rows]]
        places = (scores > own[:, None]).sum(axis=1)
        for position, row in enumerate(rows.tolist()):
            own_phrasings = slice(*np.searchsorted(self._topics, [self._topics[row], self._topics[row] + 1]))
            own_cosine = float(cosines[position, own_phrasings].max())
            cosines[position, own_phrasings] = NOWHERE
            rival = int(cosines[position].argmax())
            best_topic = int(scores[position].argmax())
            yield Found(row, int(places[position]), best_topic, own_cosine, rival, float(cosines[position, rival]))

    def _scores(self, rows: Rows, cosines: Vectors) -> Vectors:
        """Of each topic for each phrasing, as `nlu.confidence.score` mixes them."""
        likeness = self._likeness(rows)
        return np.asarray(
            self._mix.middle * self._closeness(rows)
            + self._mix.nearest * np.maximum.reduceat(cosines, self._starts, axis=1)
            + self._mix.lexical * np.maximum.reduceat(likeness, self._starts, axis=1)
            + self._mix.lexical_middle * np.add.reduceat(likeness, self._starts, axis=1) / self._lengths,
            dtype=np.float32,
        )

    def _likeness(self, rows: Rows) -> Vectors:
        likeness = np.stack([self._lexical.scores(self._built.phrasings[row].text) for row in rows])
        likeness[np.arange(len(rows)), rows] = 0
        return likeness

    def _closeness(self, rows: Rows) -> Vectors:
        vectors, own = self._built.vectors[rows], self._topics[rows]
        closeness = vectors @ self._middles.T
        without = unit(self._sums[own] - vectors)
        closeness[np.arange(len(rows)), own] = np.einsum("ij,ij->i", vectors, without)
        return np.asarray(closeness, dtype=np.float32)
