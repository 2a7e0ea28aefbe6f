"""The same reading of a question for every ranker that is not ours: normalised, names of countries and tariffs masked.

The bot searches a question as it is for topics that need no name, and without the name for topics about things of that
kind (`knowledge.search.readings`). Here too, so that only the ranking differs.
"""

from bench.baselines.ranker import Ranked, Ranker, best_first
from knowledge.base import KnowledgeBase
from knowledge.search import readings
from nlu.normalize import normalize


class Masking:
    """Implements Ranker by another one."""

    def __init__(self, ranker: Ranker, base: KnowledgeBase) -> None:
        self.name, self.megabytes, self.made_s = ranker.name, ranker.megabytes, ranker.made_s
        self._ranker = ranker
        self._base = base

    def rank(self, text: str) -> Ranked:
        normal = normalize(text)
        found = [(reading, *pair) for reading in readings(normal, self._base) for pair in self._rank(reading.text)]
        known = ((reading, topic, score) for reading, topic, score in found if topic in self._base.topics)
        return best_first(
            (topic, score) for reading, topic, score in known if reading.tells_of(self._base.topics[topic])
        )

    def _rank(self, text: str) -> Ranked:
        return self._ranker.rank(text) if text else []
