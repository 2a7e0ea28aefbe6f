"""What became of one question of known answer: the value all measures are taken from."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Question:
    """`right`: topics that answer it, none when it is out of scope."""

    text: str = field(repr=False)
    right: frozenset[str] = frozenset()
    register: str = "plain"
    language: str = "ru"

    @property
    def is_in_scope(self) -> bool:
        return bool(self.right)

    @property
    def area(self) -> str:
        return min(self.right).partition(".")[0] if self.right else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`found`: topics best first; `confidence`: the probability of the first, 0 when nothing was found."""

    question: Question
    found: Sequence[str]
    confidence: float
    decision: str  # answer | clarify | escalate
    ms: float = 0.0

    @property
    def place(self) -> int | None:
        """Of the first right topic, from 0; None when it was not found."""
        places = (place for place, topic in enumerate(self.found) if topic in self.question.right)
        return next(places, None)

    @property
    def is_right(self) -> bool:
        return self.place == 0
