"""The texts that rankers compare a question with: each phrasing by itself, or all phrasings of a topic as one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.baselines.ranker import MOST, Ranked, best_first
from knowledge.build import Phrasing
from knowledge.search import slices

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Documents:
    """`way`: how a topic is found by them, in words. Those of a topic stand together."""

    way: str
    phrasings: Sequence[Phrasing]

    @property
    def texts(self) -> list[str]:
        return [phrasing.text for phrasing in self.phrasings]


def by_phrasing(phrasings: Sequence[Phrasing]) -> Documents:
    return Documents("nearest phrasing", phrasings)


def by_topic(phrasings: Sequence[Phrasing]) -> Documents:
    places = slices([phrasing.topic for phrasing in phrasings])
    whole = {topic: " ".join(each.text for each in phrasings[place]) for topic, place in places.items()}
    return Documents("whole topics", [Phrasing(topic, text) for topic, text in whole.items()])


class Nearest:
    """From scores of documents to topics: each counts as the best of its own."""

    def __init__(self, documents: Documents) -> None:
        places = slices([phrasing.topic for phrasing in documents.phrasings])
        self._topics = list(places)
        self._starts = np.array([place.start for place in places.values()], dtype=np.int64)

    def ranked(self, scores: Scores) -> Ranked:
        """One score for each document. A topic with nothing in common with the question is left out."""
        best = np.maximum.reduceat(scores, self._starts)
        most = min(MOST, len(best))
        rows = np.argpartition(-best, most - 1)[:most]
        return best_first((self._topics[row], float(best[row])) for row in rows if best[row] > 0)
