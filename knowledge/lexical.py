"""Likeness of spelling: cosine of tf-idf over the three-letter pieces of words. Catches typos, word forms and names
the encoder never met. Pieces beat lemmas in the held-out measurement, decision 0011."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

PIECE = 3

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]  # half the time of 32 bits, which numpy would widen at each use
Columns = npt.NDArray[np.int64]


class LexicalIndex:
    """For each piece, the texts that have it: a query touches only those."""

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts` are normalised, see nlu.normalize."""
        counts = [_counted(text) for text in texts]
        sizes = np.array([len(count) for count in counts], dtype=np.int64)
        numbers: dict[str, int] = {}
        columns = np.array([numbers.setdefault(piece, len(numbers)) for count in counts for piece in count], dtype=int)
        times = np.array([n for count in counts for n in count.values()], dtype=np.float32)
        rarity = np.log((1 + len(texts)) / (1 + np.bincount(columns, minlength=len(numbers)))) + 1
        self._size = len(texts)
        self._rarity = dict(zip(numbers, rarity.tolist(), strict=True))
        rows = np.repeat(np.arange(len(texts), dtype=np.int64), sizes)
        weights = _unit_by_row((1 + np.log(times)) * rarity[columns], rows, len(texts))
        self._postings = _postings(list(numbers), columns, rows, weights)

    def lengths(self, starts: Columns) -> Scores:
        """Of the sums of the texts of each topic; a topic is a run of texts that begins at a start."""
        topics = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, self._size)))
        squares = np.zeros(len(starts))
        for rows, weights in self._postings.values():
            squares += np.bincount(topics[rows], weights=weights, minlength=len(starts)) ** 2
        return np.asarray(np.maximum(np.sqrt(squares), 1e-9), dtype=np.float32)

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


@lru_cache(100_000)  # the knowledge is indexed anew after each edit, and nearly all its texts are the same
def _counted(text: str) -> Counter[str]:
    return Counter(pieces(text))


def _unit_by_row(weights: Scores, rows: Rows, count: int) -> Scores:
    lengths = np.sqrt(np.bincount(rows, weights=weights * weights, minlength=count))
    return np.asarray(weights / np.maximum(lengths, 1e-9)[rows], dtype=np.float32)


def _postings(names: list[str], columns: Columns, rows: Rows, weights: Scores) -> dict[str, tuple[Rows, Scores]]:
    order = np.argsort(columns, kind="stable")
    starts = np.searchsorted(columns[order], np.arange(1, len(names)))
    by_piece = zip(np.split(rows[order], starts), np.split(weights[order], starts), strict=True)
    return dict(zip(names, by_piece, strict=False))  # of no text: no names, and one empty part
