"""Misbehaviour on demand: what the next calls of a method get instead of, or after, being done."""

from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from tests.standins.telegram.errors import ApiError


class How(StrEnum):
    STATUS = "status"  # an error body with this status; nothing was done
    PAGE = "page"  # an HTML page of a proxy with this status; nothing was done
    DROP_BEFORE = "drop_before"  # the connection breaks; nothing was done
    HANG = "hang"  # no answer ever; nothing was done
    DROP_AFTER = "drop_after"  # done, and the connection breaks
    GARBAGE = "garbage"  # done, and the answer cannot be read


@dataclass(frozen=True, slots=True)
class Fault:
    how: How
    status: int = 500
    retry_after: int = 0
    description: str = ""

    @property
    def error(self) -> ApiError:
        return ApiError(self.status, self.description or self._usual_words(), self.retry_after)

    def _usual_words(self) -> str:
        if self.retry_after:
            return f"Too Many Requests: retry after {self.retry_after}"
        words = {401: "Unauthorized", 403: "Forbidden: bot was blocked by the user", 404: "Not Found"}
        return words.get(self.status) or HTTPStatus(self.status).phrase


class Faults:
    """A queue of faults for each method."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, times: int) -> None:
        self._waiting[method.lower()].extend([fault] * times)

    def next(self, method: str) -> Fault | None:
        waiting = self._waiting[method.lower()]
        return waiting.popleft() if waiting else None
