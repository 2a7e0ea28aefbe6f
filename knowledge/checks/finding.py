"""What an editor should look at although the knowledge loads."""

from dataclasses import dataclass
from enum import StrEnum

from knowledge.faults import Fault


class Level(StrEnum):
    ERROR = "error"  # not to be published
    WARNING = "warning"  # to be looked at


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    place: Fault
    level: Level

    def __str__(self) -> str:
        return str(self.place)


def error(file: str, line: int, key: str, message: str) -> Finding:
    return Finding(Fault(file, line, key, message), Level.ERROR)


def warning(file: str, line: int, key: str, message: str) -> Finding:
    return Finding(Fault(file, line, key, message), Level.WARNING)
