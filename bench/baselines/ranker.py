"""What is compared: anything that puts topics in order for a question."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

Ranked = list[tuple[str, float]]
"""Topics with the ranker's own scores, the best first."""

MOST = 50
"""A ranker need not name more. More than are looked at: some are about things of a kind and fall out, see masking."""


class Ranker(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def megabytes(self) -> float | None:
        """What it needs beside the texts themselves; None when it cannot tell."""

    @property
    def made_s(self) -> float | None:
        """Processor time to make it from the texts, in one thread: the same on a busy machine. None: not made here."""

    def rank(self, text: str) -> Ranked: ...


def best_first(scored: Iterable[tuple[str, float]]) -> Ranked:
    """Equals by name, so that the same question gets the same answer."""
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def megabytes_of(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
