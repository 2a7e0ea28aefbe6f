"""What is wrong with the files of the content team, in words of an editor: file, line, key, what was expected."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake; prints as `topics/market/selling.yml:12: questions: ...`."""

    file: str  # relative to the knowledge folder
    line: int  # from 1; 0: the whole file
    key: str
    message: str

    @property
    def hides_content(self) -> bool:
        """A file, or a part of it, could not be read at all."""
        return not self.key

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.key, self.message) if part)


class KnowledgeError(Exception):
    """The knowledge cannot be used; every fault of every file at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def perhaps(name: str, known: Iterable[str]) -> str:
    """`, возможно «market.price»`, or nothing when no known name is near."""
    nearest = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=70)
    return f", возможно «{nearest[0]}»" if nearest else ""
