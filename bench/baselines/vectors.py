"""An encoder that nobody tuned on this knowledge, by cosine: to the nearest phrasing, or to the middle of a topic's."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.baselines.documents import Documents, Nearest, by_phrasing, by_topic
from bench.baselines.kept import Kept, vectors_of
from bench.baselines.ranker import Ranked, megabytes_of
from knowledge.build import Phrasing
from knowledge.index import Vectors
from knowledge.search import middles, slices
from nlu.encoder import Encoder


class ByVectors:
    def __init__(
        self, encoder: Encoder, documents: Documents, vectors: Vectors, made: Kept, model: Path | None
    ) -> None:
        """One vector for each document. `model`: the encoder's folder, None when that cannot be told."""
        self.name = f"encoder {encoder.name.partition('@')[0]}, {documents.way}"
        self.made_s = made.encoding_s
        self.megabytes = megabytes_of(made.folder) + megabytes_of(model) if model else None
        self._encoder = encoder
        self._nearest = Nearest(documents)
        self._vectors = vectors

    def rank(self, text: str) -> Ranked:
        (vector,) = self._encoder.encode([text])
        return self._nearest.ranked(self._vectors @ vector)


def by_vectors(
    encoder: Encoder, told: Sequence[Phrasing], index: Path, model: Path | None = None
) -> Iterator[ByVectors]:
    """Both ways, from the same vectors. `index`: where they are kept."""
    made = vectors_of([phrasing.text for phrasing in told], encoder, index)
    yield ByVectors(encoder, by_phrasing(told), made.vectors, made, model)
    places = slices([phrasing.topic for phrasing in told]).values()
    starts = np.array([place.start for place in places], dtype=np.int64)
    yield ByVectors(encoder, by_topic(told), middles(made.vectors, starts), made, model)
