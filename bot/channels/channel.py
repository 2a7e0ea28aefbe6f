"""The channel port: what the core asks of a messenger. Each messenger is a folder beside this file:
settings.py, parse.py (payload -> events, pure), render.py (Outgoing -> payload, pure), client.py (HTTP, errors
translated) and channel.py (the `Channel` that joins them)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from bot.messages import Attachment, Event, File, Outgoing, Parsed, WebhookCall

Accept = Callable[[Event], Awaitable[None]]
"""Stores an event durably; only when it has returned may the messenger be told that the event arrived."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` sends in `per_s` seconds on the average, in bursts of at most `count` (a leaky bucket)."""

    count: float
    per_s: float


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a messenger can do, as data, so that nobody asks which messenger it is."""

    max_text: int  # in the messenger's own unit, see `measure`
    max_buttons: int
    max_button_text: int  # characters; a longer label is cut with an ellipsis
    idempotent_send: bool = False  # a repeated send of the same row cannot double the message
    idempotent_for: timedelta | None = None  # how long it knows a repeat for one; None: for ever
    chat_rate: Rate | None = None
    total_rate: Rate | None = None
    measure: Callable[[str], int] = len
    max_file_bytes: int = 0  # of a file that we send; 0: it takes no files from us
    session: timedelta | None = None  # how long after the subscriber's last message we may write


class Channel(Protocol):
    """One account in one messenger."""

    name: str
    capabilities: Capabilities

    async def connect(self) -> str:
        """Tell who we are to the messenger ("@otklik_bot, polling"). Raises ChannelDown: why, and what to do."""
        ...

    async def listen(self, accept: Accept) -> None:
        """Bring events until cancelled; a channel that is only called by webhook returns at once."""
        ...

    def verify(self, call: WebhookCall) -> None:
        """Raises Untrusted unless the call comes from the messenger. Runs before anything is parsed."""
        ...

    def parse(self, body: bytes) -> Parsed:
        """Raises BadPayload and nothing else."""
        ...

    async def send(self, message: Outgoing) -> str:
        """Send and return the messenger's id of the message. Raises SendError and nothing else."""
        ...

    async def acknowledge(self, event: Event) -> None:
        """After an event was stored: what the messenger wants to hear of it (a pressed button). Never raises."""
        ...

    async def show_typing(self, chat_id: str) -> None:
        """Best effort; never raises."""
        ...

    async def fetch(self, attachment: Attachment) -> File:
        """The attachment's bytes. Raises SendError."""
        ...

    async def name_of(self, chat_id: str) -> str:
        """The subscriber's name where events do not carry it; empty when it is unknown. Raises SendError."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What a messenger says of our account now. Every fault says what to do about it."""

    who: str  # "@otklik_bot"
    webhook: str = ""  # the address that it calls, as the messenger has it; empty: none
    faults: tuple[str, ...] = ()


@runtime_checkable
class Hooked(Protocol):
    """A channel that can be called by webhook. Each raises ChannelDown: why, and what to do."""

    async def inspect(self) -> Standing:
        """Asks and changes nothing, so that it may run beside a working bot."""
        ...

    async def set_webhook(self) -> str:
        """Point the messenger at us; the address it will call."""
        ...

    async def delete_webhook(self) -> None: ...


@runtime_checkable
class LendsFiles(Protocol):
    """A channel whose messenger takes our files by itself, from /webhooks/{channel}/files/{ticket}."""

    async def lend(self, ticket: str) -> File:
        """The file of a ticket that the channel gave to the messenger. Raises Untrusted for any other."""
        ...
