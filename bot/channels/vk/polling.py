"""Bots Long Poll: events in order, the place in them kept only after they were taken. vk-api's own poller dies of a
broken connection and loses a batch with one bad event in it."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.vk.client import Client
from bot.channels.vk.errors import TokenRefused
from bot.errors import ChannelDown, SendError, TryLater, Uncertain
from bot.storage.cursors import Cursors

MOST_FAILURES = 10  # in a row, which takes some minutes: then it is no hiccup
IDLE_PAUSE_S = 0.2  # keeps a server that answers "nothing" at once from being asked in a busy loop
log = structlog.get_logger()


@dataclass(slots=True)
class Polling:
    """`take` stores an event durably; when it raises, the same events are brought again."""

    client: Client
    account: str
    cursors: Cursors
    take: Callable[[object], Awaitable[None]]
    _server: str = ""
    _key: str = ""
    _ts: str = ""
    _is_loaded: bool = False
    _failures: int = 0

    async def run(self) -> None:
        """Until cancelled. Hiccups of VK or the network do not end it; when they last: ChannelDown."""
        while True:
            pause_s = await self._round()
            await asyncio.sleep(pause_s)

    async def _round(self) -> float:
        """One question with all it brought. How long to pause after it."""
        try:
            if not self._server:
                await self._join()
            answer = await self.client.wait(self._server, self._key, self._ts)
            return await self._heed(answer)
        except SendError as error:
            self._server = ""
            return self._after_failure(error)
        except Exception as error:  # our storage, most likely; its text may quote the message
            log.error("vk_events_not_taken", error=type(error).__name__)
            return self._pause_s()

    async def _join(self) -> None:
        """Goes on where the last run stopped."""
        if not self._is_loaded:
            self._ts = await self.cursors.load("vk", self.account)
            self._is_loaded = True
        server, key, ts = await _server(self.client, self.account)
        if not self._ts:  # kept at once: what comes from here on must not be lost, whenever we die
            await self._move(ts)
        self._server, self._key = server, key

    async def _heed(self, answer: Mapping[str, Any]) -> float:
        match answer.get("failed"):
            case None:
                return await self._take_all(answer)
            case 1:  # VK does not go back so far
                log.warning("vk_events_lost", why="the bot was away for too long")
                await self._move(place(answer.get("ts")))
                return self._pause_s()
            case 2:  # the key has run out
                self._server = ""
                return 0 if self._key_was_good() else self._pause_s()
            case 3:
                log.warning("vk_events_lost", why="VK forgot its events")
                self._server = self._ts = ""
                return self._pause_s()
            case other:
                raise Uncertain(f"vk: Long Poll failed with {other if type(other) is int else 'no number'}")

    async def _take_all(self, answer: Mapping[str, Any]) -> float:
        ts, updates = place(answer.get("ts")), answer.get("updates")
        if not isinstance(updates, list):
            raise Uncertain("vk: the answer of Long Poll holds no updates")
        for update in updates:
            await self.take(update)
        self._failures = 0
        if ts != self._ts:
            await self._move(ts)
        return 0 if updates else IDLE_PAUSE_S

    async def _move(self, ts: str) -> None:
        await self.cursors.save("vk", self.account, ts)
        self._ts = ts

    def _key_was_good(self) -> bool:
        """A key may run out at any time, but not one after the other."""
        self._failures += 1
        return self._failures == 1

    def _after_failure(self, error: SendError) -> float:
        match error:
            case TryLater():
                log.warning("vk_asks_to_wait", after_s=error.after_s, reason=str(error))
                return error.after_s
            case _ if self._failures >= MOST_FAILURES:
                raise ChannelDown(str(error)) from error
            case TokenRefused():
                log.error("vk_token_refused", reason=str(error))
            case _:
                log.warning("vk_poll_failed", reason=str(error))
        return self._pause_s()

    def _pause_s(self) -> float:
        """Doubles with every failure in a row up to the longest; the jitter keeps pollers out of step."""
        timing = self.client.timing
        longest = min(timing.longest_pause_s, timing.first_pause_s * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return longest * random.uniform(0.5, 1)  # noqa: S311  # nothing secret


async def begin(client: Client, account: str, cursors: Cursors) -> None:
    """Take our place in the events, if we have none yet: when this has returned, no event is lost."""
    if not await cursors.load("vk", account):
        _, _, ts = await _server(client, account)
        await cursors.save("vk", account, ts)


async def _server(client: Client, account: str) -> tuple[str, str, str]:
    """Address, key and place."""
    found = await client.call("groups.getLongPollServer", group_id=account)
    server, key, ts = (found.get(name) if isinstance(found, dict) else None for name in ("server", "key", "ts"))
    if not isinstance(server, str) or not server.startswith(("https://", "http://")) or not isinstance(key, str):
        raise Uncertain("vk: groups.getLongPollServer gives no address and key")
    return server, key, place(ts)


def place(ts: object) -> str:
    """VK writes it now as a number, now as a string."""
    if type(ts) is int or (isinstance(ts, str) and ts.isascii() and 0 < len(ts) <= 100):
        return str(ts)
    raise Uncertain("vk: the answer of Long Poll holds no ts")
