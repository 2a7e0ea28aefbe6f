"""An honest stand-in of the core for the web chat: a history in memory, an inbox that takes a message once, and a bot
that answers from a script. As in the real one, ids grow in order and a repeat changes nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.channels.web import ShownMessage, WebChannel
from bot.messages import (
    Attachment,
    Author,
    Button,
    Event,
    Incoming,
    IncomingKind,
    Outgoing,
    Sender,
    split_button_key,
)

Reply = tuple[str, tuple[Button, ...]]
Script = Callable[[str], Reply | None]


def echo(text: str) -> Reply | None:
    return (f"Вы написали: {text}", ()) if text else None


class FakeHistory:
    def __init__(self) -> None:
        self.chats: dict[str, list[ShownMessage]] = {}
        self.is_broken = False
        self._last_id = 0

    async def after(self, sender: Sender, cursor: int, limit: int) -> list[ShownMessage]:
        await asyncio.sleep(0)
        if self.is_broken:
            raise ConnectionError("the database is gone")
        return [each for each in self.chats.get(sender.chat_id, []) if each.id > cursor][:limit]

    def add(
        self,
        chat_id: str,
        author: Author,
        text: str,
        *,
        buttons: tuple[Button, ...] = (),
        attachments: tuple[Attachment, ...] = (),
        key: str = "",
        agent_name: str = "",
        sent_at: datetime | None = None,
    ) -> ShownMessage:
        self._last_id += 1
        shown = ShownMessage(
            self._last_id, author, sent_at or datetime.now(UTC), text, agent_name, buttons, attachments, key
        )
        self.chats.setdefault(chat_id, []).append(shown)
        return shown


@dataclass
class FakeCore:
    """`greeting` answers the opening of a chat; `script` everything else."""

    history: FakeHistory = field(default_factory=FakeHistory)
    script: Script = echo
    greeting: Reply | None = ("Здравствуйте! Чем помочь?", ())
    seen: list[Incoming] = field(default_factory=list)
    channel: WebChannel | None = None
    is_broken: bool = False

    async def accept(self, event: Event) -> None:
        await asyncio.sleep(0)
        if self.is_broken:
            raise ConnectionError("the database is gone")
        assert isinstance(event, Incoming)
        if any(each.external_id == event.external_id for each in self.seen):
            return
        self.seen.append(event)
        if event.kind is IncomingKind.START:
            await self.say(event.sender.chat_id, self.greeting)
            return
        chat_id = event.sender.chat_id
        text = self._label(chat_id, event.press) if event.press else event.text
        key = event.external_id.removeprefix(f"{chat_id}:")
        self.history.add(chat_id, Author.SUBSCRIBER, text, attachments=event.attachments, key=key)
        await self.say(chat_id, self.script(text))

    async def say(self, chat_id: str, reply: Reply | None, agent_name: str = "") -> None:
        if reply is None:
            return
        text, buttons = reply
        author = Author.AGENT if agent_name else Author.BOT
        shown = self.history.add(chat_id, author, text, buttons=buttons, agent_name=agent_name)
        if self.channel:
            await self.channel.send(Outgoing(shown.id, chat_id, text, buttons, author, agent_name))

    def texts(self) -> list[str]:
        """What the subscribers wrote, in the order of arrival."""
        return [each.text for each in self.seen if each.kind is IncomingKind.TEXT]

    def _label(self, chat_id: str, press: str) -> str:
        place = split_button_key(press)
        assert place
        shown = next(each for each in self.history.chats[chat_id] if each.id == place[0])
        return shown.buttons[place[1]].text
