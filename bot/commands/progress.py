"""Progress bars for long work: on standard error, and only where a person looks."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.progress import track

from nlu.encoder import Encoder, Vectors

CHUNK = 256  # texts between two steps of the bar

Item = TypeVar("Item")


def shown(items: Iterable[Item], total: int, what: str) -> Iterator[Item]:
    console = Console(stderr=True)
    return iter(track(items, what, total, console=console, transient=True, disable=not sys.stderr.isatty()))


class EncoderWithProgress:
    """Implements nlu.encoder.Encoder by another one."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.name = encoder.name
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        ordered = sorted(range(len(texts)), key=lambda position: len(texts[position]))  # little padding in each chunk
        chunks = [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for chunk in shown(chunks, len(chunks), "Encoding"):
            vectors[chunk] = self._encoder.encode([texts[position] for position in chunk])
        return vectors
