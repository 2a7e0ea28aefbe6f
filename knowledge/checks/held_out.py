"""Every phrasing searched as if its topic did not have it: how well the knowledge finds what it was not told.

The search is that of `knowledge.search` and `nlu.confidence`, done for all phrasings at once by matrices; only the
stretch of the space, which one phrasing in thousands does not move, still knows the phrasing it is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.build import Built
from knowledge.index import Vectors
from knowledge.lexical import LexicalIndex
from knowledge.search import as_cosine
from knowledge.space import TopicSpace, fit
from nlu.confidence import Coefficients, spread

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
    def __init__(self, built: Built, coefficients: Coefficients) -> None:
        self._built = built
        self._coefficients = coefficients
        topic_row = {topic: row for row, topic in enumerate(built.topics)}
        self._topics: Rows = np.array([topic_row[phrasing.topic] for phrasing in built.phrasings], dtype=np.int64)
        # Phrasings of a topic stand together, so "the best of each topic" is one reduction over slices.
        self._starts: Rows = np.flatnonzero(np.diff(self._topics, prepend=-1))
        self._slices: Rows = self._topics[self._starts]
        self._lexical = LexicalIndex([phrasing.text for phrasing in built.phrasings])
        self._space: TopicSpace = fit(built.vectors, self._topics.tolist(), built.answers)
        self._placed = self._space.placed(built.vectors)
        self._counts = np.bincount(self._topics, minlength=len(built.topics))
        self._sums = np.zeros((len(built.topics), built.vectors.shape[1]), dtype=np.float32)
        np.add.at(self._sums, self._topics, self._placed)

    def search_all(self) -> Iterator[Found]:
        for start in range(0, len(self._topics), BLOCK):
            yield from self._search(np.arange(start, min(start + BLOCK, len(self._topics))))

    def _search(self, rows: Rows) -> Iterator[Found]:
        cosines = self._built.vectors[rows] @ self._built.vectors.T
        cosines[np.arange(len(rows)), rows] = NOWHERE
        fused = self._fused(rows, cosines)
        own = fused[np.arange(len(rows)), self._topics[rows]]
        places = (fused > own[:, None]).sum(axis=1)
        for position, row in enumerate(rows.tolist()):
            own_phrasings = slice(*np.searchsorted(self._topics, [self._topics[row], self._topics[row] + 1]))
            own_cosine = float(cosines[position, own_phrasings].max())
            cosines[position, own_phrasings] = NOWHERE
            rival = int(cosines[position].argmax())
            best_topic = int(fused[position].argmax())
            yield Found(row, int(places[position]), best_topic, own_cosine, rival, float(cosines[position, rival]))

    def _fused(self, rows: Rows, cosines: Vectors) -> Vectors:
        """The score of each topic for each phrasing, as `nlu.confidence.fused_score` mixes it."""
        mix = self._coefficients
        topic_share, lexical_share = mix.topic_share, mix.lexical_share
        return np.asarray(
            (1 - topic_share - lexical_share) * spread(self._best_of_topics(cosines), mix)
            + topic_share * spread(as_cosine(self._closeness(rows)), mix)
            + lexical_share * self._best_of_topics(self._likeness(rows)),
            dtype=np.float32,
        )

    def _best_of_topics(self, values: Vectors) -> Vectors:
        best = np.full((len(values), len(self._built.topics)), NOWHERE, dtype=np.float32)
        best[:, self._slices] = np.maximum.reduceat(values, self._starts, axis=1)
        return best

    def _likeness(self, rows: Rows) -> Vectors:
        likeness = np.stack([self._lexical.scores(self._built.phrasings[row].text) for row in rows])
        likeness[np.arange(len(rows)), rows] = 0
        return likeness

    def _closeness(self, rows: Rows) -> Vectors:
        closeness = self._placed[rows] @ self._space.middles.T
        own = self._topics[rows]
        others = np.maximum(self._counts[own] - 1, 1)[:, None]
        means = np.asarray((self._sums[own] - self._placed[rows]) / others, dtype=np.float32)
        middles = self._space.middles_of(means, self._built.answers[own])
        closeness[np.arange(len(rows)), own] = np.einsum("ij,ij->i", self._placed[rows], middles)
        return np.asarray(closeness, dtype=np.float32)
