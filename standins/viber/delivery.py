"""From the bot's accepted message to the phone: files are downloaded, the app checks, receipts go back.

A subscriber sees messages in the order in which the bot sent them, however long a file takes.
"""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from standins.viber.callbacks import Callbacks
from standins.viber.errors import Json
from standins.viber.keyboards import app_fault
from standins.viber.rules import MAX_FILE_BYTES, MAX_PICTURE_BYTES, MAX_VIDEO_BYTES
from standins.viber.world import Message, SeenFile, Subscriber, World

LARGEST = {"picture": MAX_PICTURE_BYTES, "video": MAX_VIDEO_BYTES, "file": MAX_FILE_BYTES}


@dataclass(slots=True)
class Delivery:
    world: World
    callbacks: Callbacks
    receipt_s: float = 0.02  # how long after a message what the phone tells of it goes to the bot
    _under_way: Counter[str] = field(default_factory=Counter)
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def bring(self, to: Subscriber, message: Message) -> None:
        """A message without a file is on the screen at once, unless one with a file is on its way before it."""
        if message.body.get("type") in LARGEST or self._under_way[to.id]:
            self._under_way[to.id] += 1
            self.callbacks.outbound.spawn(self._bring_in_turn(to, message))
        else:
            self._arrive(to, message)

    def read(self, by: Subscriber) -> None:
        """The subscriber looks at everything that came."""
        for token in tuple(by.unread):
            self._read(by, token)

    def _read(self, by: Subscriber, token: int) -> None:
        by.unread.remove(token)
        self.callbacks.put(by, "seen", message_token=token, user_id=by.id)

    async def _bring_in_turn(self, to: Subscriber, message: Message) -> None:
        try:
            async with self._turns[to.id]:
                await self._bring(to, message)
        finally:
            self._under_way[to.id] -= 1

    async def _bring(self, to: Subscriber, message: Message) -> None:
        kind = message.body.get("type", "")
        if kind not in LARGEST:
            return self._arrive(to, message)
        content = await self.callbacks.outbound.download(message.body["media"], LARGEST[kind])
        if content is None:
            return self._fail(to, message, f"{kind} could not be downloaded")
        return self._arrive(to, replace(message, files=(SeenFile(kind, _file_name(message.body), content),)))

    def _arrive(self, to: Subscriber, message: Message) -> None:
        keyboard = message.body.get("keyboard")
        fault = to.failing.popleft() if to.failing else app_fault(keyboard) if keyboard else ""
        if fault:
            return self._fail(to, message, fault)
        to.keyboard = keyboard or to.keyboard
        to.tracking = message.body.get("tracking_data") or ""
        if "type" in message.body:
            to.messages.append(message)
        to.unread.append(message.token)
        self.world.pulse.beat()
        return self.callbacks.outbound.spawn(self._receipts(to, message.token))

    async def _receipts(self, to: Subscriber, token: int) -> None:
        await asyncio.sleep(self.receipt_s)
        if to.tells_delivered:
            self.callbacks.put(to, "delivered", message_token=token, user_id=to.id)
        if to.reads_at_once and token in to.unread:
            self._read(to, token)

    def _fail(self, to: Subscriber, message: Message, reason: str) -> None:
        async def tell() -> None:
            await asyncio.sleep(self.receipt_s)
            self.callbacks.put(to, "failed", message_token=message.token, user_id=to.id, desc=reason)

        self.callbacks.outbound.spawn(tell())


def _file_name(body: Json) -> str:
    return body.get("file_name") or unquote(urlsplit(body["media"]).path.rpartition("/")[2])
