"""What a phone of the demo shows, the same for every messenger: plain values that become the JSON of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from standins.faults import Trouble

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A button. `columns` of six, as Viber lays its keyboard out; `color` as VK names it."""

    label: str
    color: str = ""
    columns: int = 6


@dataclass(frozen=True, slots=True)
class ShownFile:
    """`kind` decides how it is drawn: photo, voice, sticker, video or document."""

    kind: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on the screen. `card`: what is neither text nor file (a place, a contact, a sticker without a picture).

    `mark` stands at the subscriber's own messages: sent (the bot has not taken it yet), delivered or read.
    """

    id: str
    mine: bool
    at: str
    text: str = ""
    sender: str = ""
    entities: Sequence[Json] = ()
    files: tuple[ShownFile, ...] = ()
    card: Mapping[str, str] | None = None
    keys: tuple[tuple[Key, ...], ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """`state`: new (nobody pressed «Начать»), open or blocked. `typing` counts how often the bot was seen typing.

    `reads`: whether the subscriber looks at once at what comes; None where the messenger tells a bot nothing of it.
    """

    subscriber: str
    state: str
    messages: tuple[Shown, ...]
    keyboard: tuple[tuple[Key, ...], ...] = ()
    typing: int = 0
    spinning: bool = False
    notice: str = ""
    reads: bool | None = None
    trouble: str = ""
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file behind a message."""

    kind: str
    name: str
    content: bytes


class Refused(Exception):
    """The phone cannot do that now; the text says why, in Russian, for the page."""


class Handset(Protocol):
    """A phone with one messenger and one subscriber. Whatever the messenger forbids raises Refused."""

    name: str

    def screen(self) -> Screen: ...
    def open_file(self, message: str, place: int) -> Bytes | None: ...
    async def changed(self, shown: Screen | None) -> Screen:
        """The screen as soon as it is another; the same one after a second at most."""
        ...

    async def start(self) -> None: ...
    async def write(self, text: str) -> None: ...
    async def press(self, message: str, row: int, column: int) -> None:
        """A button of this message; without a message, of the keyboard below."""
        ...

    async def send(self, file: Bytes) -> None: ...
    async def send_place(self) -> None: ...
    async def send_contact(self) -> None: ...
    async def send_sticker(self) -> None: ...
    async def block(self) -> None: ...
    async def unblock(self) -> None: ...
    async def look(self) -> None:
        """The screen was seen: the messenger hears of it, if the subscriber reads at once."""
        ...

    def read_at_once(self, on: bool) -> None: ...
    def trouble(self, trouble: Trouble | None) -> None: ...
    def renew(self) -> None:
        """A new subscriber with an empty chat."""
        ...


class Times:
    """When a message was first seen on the screen: not every messenger tells the phone."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def of(self, message: str) -> str:
        return self._seen.setdefault(message, f"{datetime.now().astimezone():%H:%M}")
