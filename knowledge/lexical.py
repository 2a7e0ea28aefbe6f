"""Likeness of spelling: cosine of tf-idf over the three-letter pieces of words. Catches typos, word forms and names
the encoder never met. Pieces beat lemmas in the held-out measurement (bench/retrieval.py)."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

PIECE = 3

Scores = npt.NDArray[np.float32]


class LexicalIndex:
    """For each piece, the texts that have it: a query touches only those."""

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts` are normalised, see nlu.normalize."""
        counts = [Counter(pieces(text)) for text in texts]
        frequencies = Counter(piece for count in counts for piece in count)
        self._size = len(texts)
        self._rarity = {piece: math.log((1 + len(texts)) / (1 + n)) + 1 for piece, n in frequencies.items()}
        self._postings = _postings(self._weights(count) for count in counts)

    def scores(self, text: str) -> Scores:
        """0..1 for each text."""
        scores = np.zeros(self._size, dtype=np.float32)
        for piece, weight in self._weights(Counter(pieces(text))).items():
            if piece in self._postings:
                rows, weights = self._postings[piece]
                scores[rows] += weight * weights
        return np.minimum(scores, 1.0)

    def _weights(self, count: Counter[str]) -> dict[str, float]:
        """Of unit length; a piece no text has weighs like one that a single text has."""
        unseen = math.log((1 + self._size) / 2) + 1
        weights = {piece: (1 + math.log(n)) * self._rarity.get(piece, unseen) for piece, n in count.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {piece: weight / length for piece, weight in weights.items()}


def pieces(text: str) -> Iterator[str]:
    """ "мой баланс" -> " мо", "мой", "ой ", " ба"..."""
    for word in text.split():
        padded = f" {word} "
        for start in range(len(padded) - PIECE + 1):
            yield padded[start : start + PIECE]


def _postings(weights: Iterable[dict[str, float]]) -> dict[str, tuple[npt.NDArray[np.int32], Scores]]:
    found: dict[str, tuple[list[int], list[float]]] = {}
    for row, of_text in enumerate(weights):
        for piece, weight in of_text.items():
            rows, values = found.setdefault(piece, ([], []))
            rows.append(row)
            values.append(weight)
    return {
        piece: (np.array(rows, dtype=np.int32), np.array(values, dtype=np.float32))
        for piece, (rows, values) in found.items()
    }
