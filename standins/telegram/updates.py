"""Updates on their way to the bot: the queue, long polling, webhook calls."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

import aiohttp

from standins.faults import Trouble
from standins.pulse import Pulse
from standins.telegram.errors import ApiError, Json

POLLED_TWICE = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
HAS_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(slots=True)
class Webhook:
    """Where updates are posted: a chat's one after another, each repeated until the answer is 200."""

    url: str = ""
    secret: str = ""
    retry_s: float = 0.05
    last_error: str = ""
    last_error_at: int = 0

    @property
    def shape(self) -> Json:
        failed = {"last_error_date": self.last_error_at, "last_error_message": self.last_error}
        return {"url": self.url, "has_custom_certificate": False, **(failed if self.last_error else {})}

    async def post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with session.post(self.url, json=update, headers=headers) as response:
                if response.status == 200:
                    return True
                self.last_error = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError) as error:
            self.last_error = type(error).__name__
        self.last_error_at = int(time.time())
        return False


@dataclass(slots=True)
class Updates:
    """What the bot has not confirmed yet, in order."""

    pulse: Pulse
    next_id: int = 700_000_001
    pending: list[Json] = field(default_factory=list)
    past: list[Json] = field(default_factory=list)  # every update there ever was
    allowed: list[str] = field(default_factory=list)  # empty: all
    twice: bool = False  # every update comes two times
    swapped: bool = False  # an update that waits is overtaken by those of other chats
    webhook: Webhook = field(default_factory=Webhook)
    _held: list[Json] | None = None
    _poll: int = 0  # which getUpdates is the latest
    _session: aiohttp.ClientSession | None = None
    _posting: set[asyncio.Task[None]] = field(default_factory=set)
    _turns: defaultdict[int, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def put(self, kind: str, body: Json) -> None:
        if self.allowed and kind not in self.allowed:
            return
        update = {"update_id": self.next_id, kind: deepcopy(body)}  # the message may be edited later
        self.next_id += 1
        self.past.append(update)
        for _ in range(2 if self.twice else 1):
            self.queue(update)

    def queue(self, update: Json) -> None:
        """Also for an update of the past: it comes again."""
        if self._held is not None:
            self._held.append(update)
            return
        self.pending.insert(self._place(update), update)
        self.pulse.beat()
        self._post(update)

    def trouble(self, trouble: Trouble | None) -> None:
        self.twice = trouble is Trouble.DUPLICATE
        self.swapped = trouble is Trouble.REORDER
        if trouble is Trouble.LATE:
            self.hold()
        elif self._held is not None:
            self.release()

    def hold(self) -> None:
        """From now on updates are late."""
        self._held = []

    def release(self, order: Callable[[list[Json]], list[Json]] = list) -> None:
        """The late ones come, in any order."""
        held, self._held = self._held or [], None
        for update in order(held):
            self.queue(update)

    async def take(self, *, offset: int, limit: int, timeout_s: int) -> list[Json]:
        """getUpdates: the offset confirms, the wait is real, a later call ends an earlier one."""
        if self.webhook.url:
            raise ApiError(409, HAS_WEBHOOK)
        self._confirm(offset)
        self._poll += 1
        poll = self._poll
        self.pulse.beat()
        try:
            await self.pulse.until(lambda: self.pending or self._poll != poll, timeout_s)
        except TimeoutError:
            return []
        if self._poll != poll:
            raise ApiError(409, POLLED_TWICE)
        return self.pending[: min(max(limit, 1), 100)]

    def set_webhook(self, url: str, secret: str) -> None:
        self.webhook = Webhook(url, secret, self.webhook.retry_s)
        for update in self.pending:
            self._post(update)

    def remove_webhook(self) -> None:
        self.webhook = Webhook(retry_s=self.webhook.retry_s)

    async def close(self) -> None:
        for task in self._posting:
            task.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)
        if self._session:
            await self._session.close()

    def _place(self, update: Json) -> int:
        """At the end; when swapped, in front of what waits for other chats, behind what waits for this one."""
        if not self.swapped:
            return len(self.pending)
        own = [place for place, waiting in enumerate(self.pending) if _chat_id(waiting) == _chat_id(update)]
        return own[-1] + 1 if own else 0

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        self.pulse.beat()

    def _post(self, update: Json) -> None:
        if self.webhook.url:
            task = asyncio.create_task(self._post_until_taken(update, self.webhook))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)

    async def _post_until_taken(self, update: Json, webhook: Webhook) -> None:
        self._session = self._session or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        async with self._turns[_chat_id(update)]:
            while self.webhook is webhook:
                if await webhook.post(self._session, update):
                    break
                await asyncio.sleep(webhook.retry_s)
        if self.webhook is webhook and update in self.pending:
            self.pending.remove(update)
            self.pulse.beat()


def _chat_id(update: Json) -> int:
    body = next(value for key, value in update.items() if key != "update_id")
    chat = body.get("chat") or body.get("message", {}).get("chat") or body.get("from") or {}
    return int(chat.get("id", 0))
