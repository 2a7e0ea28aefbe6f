"""Long polling: updates in order, each confirmed to Telegram only after it was taken."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.channels.telegram.client import Client, Timing
from bot.channels.telegram.errors import Conflict, TokenRefused
from bot.channels.telegram.parse import ALLOWED_UPDATES, update_id
from bot.errors import ChannelDown, SendError, TryLater

log = structlog.get_logger()
CONFLICT = (
    "another program takes this bot's updates: stop it, or give it a bot of its own; "
    "if it set a webhook: otklik webhook delete --channel telegram"
)
MOST_FAILURES = 10  # in a row, which takes some minutes: then it is no hiccup
IDLE_PAUSE_S = 0.2  # keeps a server that answers "nothing" at once from being asked in a busy loop


@dataclass(slots=True)
class Polling:
    """`take` stores an update durably; when it raises, the same update is brought again."""

    client: Client
    take: Callable[[Mapping[str, Any]], Awaitable[None]]
    timing: Timing
    _offset: int | None = None
    _failures: int = 0

    async def run(self) -> None:
        """Until cancelled. Hiccups of Telegram or the network do not end it; when they last, or the token is
        refused again: ChannelDown."""
        while True:
            pause_s = await self._round()
            await asyncio.sleep(pause_s)

    async def _round(self) -> float:
        """One getUpdates with all it brought. How long to pause after it."""
        try:
            updates = await self.client.updates(self._offset, ALLOWED_UPDATES)
        except SendError as error:
            return self._after_failure(error)
        if not updates:
            # Everything is confirmed. After a quiet week ids may start lower: a remembered offset would drop them.
            self._offset, self._failures = None, 0
            return IDLE_PAUSE_S
        return await self._take_all(_in_order(updates))

    async def _take_all(self, updates: list[Mapping[str, Any]]) -> float:
        if not updates:
            log.error("telegram_updates_without_ids")
            return self._pause_s()
        for update in updates:
            try:
                await self.take(update)
            except Exception as error:  # our storage, most likely; its text may quote the message
                log.error("telegram_update_not_taken", update_id=update["update_id"], error=type(error).__name__)
                return self._pause_s()
            self._offset = update["update_id"] + 1
        self._failures = 0
        return 0

    def _after_failure(self, error: SendError) -> float:
        match error:
            case TryLater():
                log.warning("telegram_asks_to_wait", after_s=error.after_s)
                return error.after_s
            case Conflict():
                log.error("telegram_polling_conflict", what_to_do=CONFLICT)
            case TokenRefused() if self._failures:  # twice is no hiccup
                raise ChannelDown(str(error)) from error
            case _ if self._failures >= MOST_FAILURES:
                raise ChannelDown(str(error)) from error
            case TokenRefused():
                log.error("telegram_token_refused", reason=str(error))
            case _:
                log.warning("telegram_poll_failed", reason=str(error))
        return self._pause_s()

    def _pause_s(self) -> float:
        """Doubles with every failure in a row up to the longest; the jitter keeps pollers out of step."""
        longest = min(self.timing.longest_pause_s, self.timing.first_pause_s * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return longest * random.uniform(0.5, 1)  # noqa: S311  # nothing secret


def _in_order(updates: list[Any]) -> list[Mapping[str, Any]]:
    """Without an id an update cannot be confirmed, and is none."""
    return sorted(
        (update for update in updates if update_id(update) is not None),
        key=lambda update: update["update_id"],
    )
