"""A messenger that remembers what it was sent and fails when told to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.channel import Accept, Capabilities
from bot.errors import BadPayload, ChannelDown, Rejected, Untrusted
from bot.messages import Attachment, Event, File, Outgoing, Parsed, WebhookCall

LIMITS = Capabilities(max_text=1000, max_buttons=8, max_button_text=40)
SECRET = {"x-secret": "s3"}


@dataclass
class FakeChannel:
    """Implements bot.channels.channel.Channel. The next sends raise `failures`, one each; None lets one pass."""

    name: str = "fake"
    capabilities: Capabilities = LIMITS
    failures: list[Exception | None] = field(default_factory=list)
    breaks: list[Exception | None] = field(default_factory=list)  # of the next connects
    sent: list[Outgoing] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)  # row ids, every attempt
    keys: list[str] = field(default_factory=list)  # of the same
    acknowledged: list[Event] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    connects: int = 0
    is_closed: bool = False
    files: dict[str, File] = field(default_factory=dict)  # at the messenger, by ref
    fetch_failures: list[Exception] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)  # refs, every attempt
    fetching: int = 0  # at this moment
    fetch_gate: asyncio.Event | None = None  # fetches wait here
    names: dict[str, str] = field(default_factory=dict)  # by chat
    names_asked: list[str] = field(default_factory=list)
    name_failures: list[Exception] = field(default_factory=list)
    events: dict[bytes, tuple[Event, ...]] = field(default_factory=dict)  # what a webhook body means
    on_listen: Callable[[Accept], None] | None = None
    gate: asyncio.Event | None = None  # sends wait here

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.sent]

    async def connect(self) -> str:
        self.connects += 1
        failure = self.breaks.pop(0) if self.breaks else None
        if failure is not None:
            raise failure
        return f"@{self.name}"

    async def listen(self, accept: Accept) -> None:
        """Returns at once, unless more is to come: then it listens until it breaks."""
        if self.on_listen is not None:
            self.on_listen(accept)
        if self.breaks:
            raise ChannelDown("the connection was cut")

    def verify(self, call: WebhookCall) -> None:
        if call.headers.get("x-secret") != SECRET["x-secret"]:
            raise Untrusted("fake: the secret is wrong")

    def parse(self, body: bytes) -> Parsed:
        if body not in self.events:
            raise BadPayload("fake: the body is cut short")
        return Parsed(self.events[body], "ok")

    async def send(self, message: Outgoing) -> str:
        self.tried.append(message.id)
        self.keys.append(message.key)
        if self.gate is not None:
            await self.gate.wait()
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.sent.append(message)
        return f"{self.name}-{len(self.sent)}"

    async def acknowledge(self, event: Event) -> None:
        self.acknowledged.append(event)

    async def show_typing(self, chat_id: str) -> None:
        self.typed.append(chat_id)

    async def fetch(self, attachment: Attachment) -> File:
        self.fetched.append(attachment.ref)
        self.fetching += 1
        try:
            if self.fetch_gate is not None:
                await self.fetch_gate.wait()
        finally:
            self.fetching -= 1
        if self.fetch_failures:
            raise self.fetch_failures.pop(0)
        if attachment.ref not in self.files:
            raise Rejected("fake: there is no such file")
        return self.files[attachment.ref]

    async def name_of(self, chat_id: str) -> str:
        self.names_asked.append(chat_id)
        if self.name_failures:
            raise self.name_failures.pop(0)
        return self.names.get(chat_id, "")

    async def close(self) -> None:
        self.is_closed = True
