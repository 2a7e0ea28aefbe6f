"""Events of the community on their way to the bot: made once, told by long poll and to every callback server."""

import secrets
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

from standins.faults import Trouble
from standins.vk.callback import Callback
from standins.vk.errors import Json
from standins.vk.longpoll import LongPoll


@dataclass(slots=True)
class Events:
    group_id: int
    longpoll: LongPoll
    callback: Callback
    past: list[Json] = field(default_factory=list)  # every event there ever was, asked for or not
    twice: bool = False  # every event comes two times
    _held: list[Json] | None = None

    def put(self, kind: str, body: Json) -> None:
        event = {
            "group_id": self.group_id,
            "type": kind,
            "event_id": secrets.token_hex(20),
            "v": self.longpoll.api_version,
            "object": deepcopy(body),  # the message may be edited later
        }
        self.past.append(event)
        for _ in range(2 if self.twice else 1):
            self.queue(event)

    def queue(self, event: Json) -> None:
        """Also for an event of the past: it comes again, with the same event_id."""
        if self._held is not None:
            self._held.append(event)
            return
        self.longpoll.put(event)
        self.callback.put(event)

    def trouble(self, trouble: Trouble | None) -> None:
        self.twice = trouble is Trouble.DUPLICATE
        self.longpoll.swapped = trouble is Trouble.REORDER
        if trouble is Trouble.LATE:
            self.hold()
        elif self._held is not None:
            self.release()

    def hold(self) -> None:
        """From now on events are late."""
        self._held = self._held or []

    def release(self, order: Callable[[list[Json]], list[Json]] = list) -> None:
        """The late ones come, in any order."""
        held, self._held = self._held or [], None
        for event in order(held):
            self.queue(event)
