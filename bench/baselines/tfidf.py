"""Likeness of spelling: cosine of tf-idf over pieces of 3 to 5 letters inside words (char_wb), by scikit-learn."""

import time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.baselines.documents import Documents, Nearest
from bench.baselines.ranker import Ranked

PIECES = (3, 5)


class Tfidf:
    def __init__(self, documents: Documents) -> None:
        started = time.process_time()
        self.name = f"tf-idf of letters, {documents.way}"
        self._nearest = Nearest(documents)
        # Sublinear, as our own index of spelling: in a whole topic the same pieces stand dozens of times.
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=PIECES, sublinear_tf=True, dtype=np.float32)
        # A row for each piece: a question then touches the documents that share one with it, and no others.
        self._by_piece = self._vectorizer.fit_transform(documents.texts).T.tocsr()
        arrays = (self._by_piece.data, self._by_piece.indices, self._by_piece.indptr)
        self.megabytes = sum(array.nbytes for array in arrays) / 1e6
        self.made_s = time.process_time() - started

    def rank(self, text: str) -> Ranked:
        (weights,) = self._vectorizer.transform([text])
        return self._nearest.ranked((weights @ self._by_piece).toarray().ravel())
