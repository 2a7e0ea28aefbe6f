"""BM25 over first forms (`nlu.normalize.lemmas`), a document is a phrasing or all phrasings of a topic.

By bm25s: MIT, last release 0.3.16 of 2026-10-28, numpy its only need. The other one that people take, rank-bm25
(Apache 2.0), has had no release since 0.2.2 of 2022-02-16 and scores every document for every question in Python.
"""

import time

import bm25s
import numpy as np

from bench.baselines.documents import Documents, Nearest
from bench.baselines.ranker import Ranked
from nlu.normalize import lemmas


class Bm25:
    """Lucene's variant with the library's k1 = 1.5 and b = 0.75."""

    def __init__(self, documents: Documents) -> None:
        started = time.process_time()
        self.name = f"BM25 over lemmas, {documents.way}"
        self._nearest = Nearest(documents)
        self._index = bm25s.BM25(backend="numpy", auto_compile=False)
        self._index.index([lemmas(text) for text in documents.texts], show_progress=False)
        arrays = [value for value in self._index.scores.values() if isinstance(value, np.ndarray)]
        self.megabytes = sum(array.nbytes for array in arrays) / 1e6
        self.made_s = time.process_time() - started

    def rank(self, text: str) -> Ranked:
        words = lemmas(text)
        return self._nearest.ranked(self._index.get_scores(words)) if words else []
