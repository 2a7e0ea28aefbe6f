"""Callbacks on their way to the bot: signed over the raw body, a subscriber's one after another, each until 200."""

import asyncio
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from standins.faults import Trouble
from standins.viber.errors import HOSTNAME, Json
from standins.viber.outbound import Outbound
from standins.viber.world import Subscriber, World

SIGNATURE = "X-Viber-Content-Signature"
MANDATORY = {"message", "subscribed", "unsubscribed"}
OPTIONAL = ["delivered", "seen", "failed", "conversation_started"]
SWAP_S = 0.3  # how long a swapped event waits for one of another chat to overtake it

OnAnswer = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    event_types: tuple[str, ...]  # the optional ones that the bot wants
    send_name: bool = False
    send_photo: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Callback:
    user_id: str
    body: Json
    on_answer: OnAnswer | None = None  # gets the body of the first answer with 200


@dataclass(slots=True)
class Callbacks:
    world: World
    token: str  # signs
    outbound: Outbound = field(default_factory=Outbound)
    webhook: Webhook | None = None
    retry_s: float = 0.05  # Viber's own first repeat comes after some 5 s
    twice: bool = False  # every callback comes two times
    swapped: bool = False  # every second callback lets one of another subscriber pass
    pending: list[Callback] = field(default_factory=list)  # not taken by the bot yet
    past: list[Callback] = field(default_factory=list)  # every one there ever was
    _held: list[Callback] | None = None
    _taken: list[str] = field(default_factory=list)  # ids of subscribers, in the order the bot took their callbacks
    _count: int = 0
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def put(self, about: Subscriber, event: str, *, on_answer: OnAnswer | None = None, **fields: object) -> Json:
        """A new event; it goes nowhere when the bot has no webhook or does not want events of this type."""
        body = {**self._shape(event), **fields}
        if event in MANDATORY or (self.webhook and event in self.webhook.event_types):
            self.past.append(Callback(about.id, body))
            self.queue(Callback(about.id, body, on_answer))
            if self.twice:
                self.queue(self.past[-1])
        return body

    def queue(self, callback: Callback) -> None:
        """Also for a callback of the past: it comes again."""
        if self._held is not None:
            self._held.append(callback)
        elif self.webhook:
            self.pending.append(callback)
            self.outbound.spawn(self._post_until_taken(callback))

    def profile(self, subscriber: Subscriber) -> Json:
        """With no more of the person than the bot asked for with its webhook."""
        profile = subscriber.shape
        if not (self.webhook and self.webhook.send_name):
            profile["name"] = "Subscriber"
        if not (self.webhook and self.webhook.send_photo):
            profile.pop("avatar")
        return profile

    async def answers(self, url: str) -> bool:
        """Whether somebody at the URL takes callbacks: asked before a webhook is set."""
        status, _ = await self._post(url, self._shape("webhook"))
        return status == 200

    def trouble(self, trouble: Trouble | None) -> None:
        self.twice = trouble is Trouble.DUPLICATE
        self.swapped = trouble is Trouble.REORDER
        if trouble is Trouble.LATE:
            self.hold()
        elif self._held is not None:
            self.release()

    def hold(self) -> None:
        """From now on callbacks are late."""
        self._held = self._held or []

    def release(self, order: Callable[[list[Callback]], list[Callback]] = list) -> None:
        """The late ones come, in any order."""
        held, self._held = self._held or [], None
        for callback in order(held):
            self.queue(callback)

    async def _post_until_taken(self, callback: Callback) -> None:
        self._count += 1
        number = self._count
        async with self._turns[callback.user_id]:
            if self.swapped and number % 2:
                await self._let_another_pass(callback.user_id)
            while self.webhook:
                status, answer = await self._post(self.webhook.url, callback.body)
                if status == 200:
                    self._take(callback, answer)
                    break
                await asyncio.sleep(self.retry_s)
            else:
                self._forget(callback)

    def _take(self, callback: Callback, answer: bytes) -> None:
        self._taken.append(callback.user_id)
        if callback.on_answer:
            callback.on_answer(answer)
        self._forget(callback)

    def _forget(self, callback: Callback) -> None:
        self.pending.remove(callback)
        self.world.pulse.beat()

    async def _let_another_pass(self, user_id: str) -> None:
        before = len(self._taken)
        try:
            await self.world.pulse.until(lambda: set(self._taken[before:]) - {user_id}, SWAP_S)
        except TimeoutError:
            return

    async def _post(self, url: str, body: Json) -> tuple[int, bytes]:
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        signature = hmac.new(self.token.encode(), raw, hashlib.sha256).hexdigest()
        return await self.outbound.post(url, raw, {"Content-Type": "application/json", SIGNATURE: signature})

    def _shape(self, event: str) -> Json:
        token = next(self.world.tokens)
        return {"event": event, "timestamp": self.world.now_ms, "chat_hostname": HOSTNAME, "message_token": token}
