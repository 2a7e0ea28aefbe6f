"""When an event came first. VK repeats one that was answered late, under the same `event_id`; a denial carries no time
of its own, and must not outdo what the subscriber wrote between the two."""

from collections.abc import Callable, Mapping
from datetime import datetime

REMEMBERED = 1000  # denials; VK repeats within minutes


class Arrivals:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._first: dict[str, datetime] = {}

    def first(self, raw: object) -> datetime:
        """Of this event; now, if it is new or is none that could harm when it is repeated."""
        now = self._now()
        if not isinstance(raw, Mapping) or raw.get("type") != "message_deny":
            return now
        event_id = raw.get("event_id")
        if not isinstance(event_id, str) or len(event_id) > 100:
            return now
        first = self._first.setdefault(event_id, now)
        if len(self._first) > REMEMBERED:
            del self._first[next(iter(self._first))]
        return first
