"""Misbehaviour on demand, the same for every stand-in: single calls that fail, and standing troubles."""

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from aiohttp import web


class How(StrEnum):
    STATUS = "status"  # an error body with this status; nothing was done
    PAGE = "page"  # an HTML page of a proxy with this status; nothing was done
    DROP_BEFORE = "drop_before"  # the connection breaks; nothing was done
    HANG = "hang"  # no answer ever; nothing was done
    DROP_AFTER = "drop_after"  # done, and the connection breaks
    GARBAGE = "garbage"  # done, and the answer cannot be read


DONE_FIRST = frozenset({How.DROP_AFTER, How.GARBAGE})


@dataclass(frozen=True, slots=True)
class Fault:
    """`status` and `retry_after` mean what the messenger makes of them: an HTTP status, or a code in its body."""

    how: How
    status: int = 500
    retry_after: int = 0
    description: str = ""


class Faults:
    """A queue of faults for each method, and one that strikes every n-th call of the sending method."""

    def __init__(self, send: str) -> None:
        self._send = send.lower()
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self._standing: Fault | None = None
        self._every = 1
        self._sends = 0

    def add(self, method: str, fault: Fault, times: int = 1) -> None:
        self._waiting[method.lower()].extend([fault] * times)

    def stand(self, fault: Fault | None, every: int = 1) -> None:
        """From now on every `every`-th send fails so, until another fault or None stands."""
        self._standing, self._every, self._sends = fault, every, 0

    def next(self, method: str) -> Fault | None:
        if waiting := self._waiting[method.lower()]:
            return waiting.popleft()
        if self._standing is None or method.lower() != self._send:
            return None
        self._sends += 1
        return self._standing if self._sends % self._every == 0 else None


async def misbehave(request: web.Request, fault: Fault, stopping: asyncio.Event) -> web.StreamResponse:
    """What the caller sees of a fault, wherever it strikes. A refusal in the messenger's own words is the stand-in's
    matter; here STATUS is a proxy's page. `stopping`: when the stand-in stops, nobody hangs any longer."""
    match fault.how:
        case How.STATUS | How.PAGE:
            return web.Response(status=fault.status, text="<html>nginx</html>", content_type="text/html")
        case How.GARBAGE:
            return web.Response(body=b"\xff\xfe{", content_type="application/json")
        case How.HANG:
            await stopping.wait()
    if request.transport:
        request.transport.abort()
    return web.Response()


class Trouble(StrEnum):
    """What can be switched on in any stand-in, in the demo as in the stories."""

    LIMIT = "limit"  # too many requests, wait a second
    SERVER_ERROR = "server_error"  # HTTP 502 with a page
    GARBAGE = "garbage"  # taken, and the answer is not JSON
    HANG = "hang"  # no answer
    RESET = "reset"  # the connection breaks before the call is done
    BLOCKED = "blocked"  # every subscriber has blocked the bot
    DEAD_TOKEN = "dead_token"  # the token was revoked
    DUPLICATE = "duplicate"  # every event comes twice
    REORDER = "reorder"  # events of different chats change places
    LATE = "late"  # events wait until the trouble is over


class Troubled(Protocol):
    """What every stand-in does about troubles."""

    def trouble(self, trouble: Trouble | None, *, every: int = 1) -> None:
        """One at a time; None ends it, and late events come. `every`: each n-th send, for troubles of calls."""
        ...
