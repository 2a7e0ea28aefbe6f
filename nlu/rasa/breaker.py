"""When to leave a failing server alone. Pure: the time comes in, a new value comes out."""

from dataclasses import dataclass, replace
from typing import Self

MOST_FAILURES = 3  # in a row
REST_S = 30.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """After a few failures in a row no calls for a while, then one at a time until one succeeds. Times are seconds."""

    failures: int = 0
    next_trial_at: float = 0.0

    @property
    def is_open(self) -> bool:
        return self.failures >= MOST_FAILURES

    def allows(self, now: float) -> bool:
        return not self.is_open or now >= self.next_trial_at

    def called(self, now: float) -> Self:
        """A call begins. If it is a trial, nobody else may try beside it, even if it never ends."""
        return replace(self, next_trial_at=now + REST_S) if self.is_open else self

    def failed(self, now: float) -> Self:
        return replace(self, failures=self.failures + 1, next_trial_at=now + REST_S)

    def succeeded(self) -> Self:
        return replace(self, failures=0)
