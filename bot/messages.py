"""What flows between messengers and the core: frozen values, no messenger types.

A message names its channel ("telegram"), it never holds the channel, so it can be stored, compared and replayed.
Texts and names stay out of `repr`: a value that ends in a log line or a traceback tells nothing personal.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sender:
    """The subscriber's chat with one account of ours in one messenger."""

    channel: str
    account: str  # which of our bots or communities, e.g. the Telegram bot's id
    chat_id: str
    name: str = field(default="", repr=False)


class Audience(StrEnum):
    """Whom we talk to: the law treats the two differently (see bot.dialogue.permission)."""

    PRIVATE = "private"
    BUSINESS = "business"


class AttachmentKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something other than text. Its bytes are at the messenger (`ref`, for `Channel.fetch`) until we `kept` them."""

    kind: AttachmentKind
    ref: str = field(default="", repr=False)  # the messenger's own handle
    name: str = field(default="", repr=False)
    mime: str = ""
    size_bytes: int = 0
    text: str = field(default="", repr=False)  # a contact's phone, a location's "lat, lon", a sticker's emoji
    kept: str = ""  # the key in bot.storage.files
    refused: str = ""  # why the bytes are not kept: too_large, unknown_type, no_room, gone


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of an attachment."""

    content: bytes = field(repr=False)
    mime: str
    name: str = field(default="", repr=False)


class IncomingKind(StrEnum):
    START = "start"  # the chat was opened; there is nothing to answer yet
    TEXT = "text"  # text, attachments, or both
    PRESS = "press"  # a button of ours was pressed


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a subscriber, whatever messenger it came through."""

    external_id: str  # the messenger's id: the same id twice is the same message
    sender: Sender
    kind: IncomingKind
    sent_at: datetime  # aware, UTC
    text: str = field(default="", repr=False)  # for a press: empty, the button knows its text
    press: str = ""  # `button_key` of the pressed button
    attachments: tuple[Attachment, ...] = ()
    is_greeted: bool = False  # a START that our greeting answered already
    referral: str = field(default="", repr=False)  # what the link that opened the chat carried (t.me/bot?start=...)


@dataclass(frozen=True, slots=True)
class SubscriberLeft:
    """The subscriber blocked the bot or left; nothing can be sent until they write or return."""

    sender: Sender
    left_at: datetime | None = None  # where the messenger tells it: told again, it must not outdo a later message


@dataclass(frozen=True, slots=True)
class SubscriberReturned:
    """The subscriber, who had left, allows messages again and has not written one yet. Told in vain, a send is refused
    and they have left again."""

    sender: Sender


@dataclass(frozen=True, slots=True)
class Ignored:
    """An update we know or do not know and need not handle (an edit, a poll); counted by its kind."""

    kind: str
    channel: str = field(default="", compare=False)  # known to whoever brings it, see `brought_by`


class Receipt(StrEnum):
    """What a messenger tells of a message of ours after it took it."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Report:
    """A receipt for the message that the messenger calls `sent_as`. A READ counts for all before it in the chat."""

    sender: Sender
    sent_as: str
    receipt: Receipt
    reason: str = ""  # of a failure, technical


Event = Incoming | SubscriberLeft | SubscriberReturned | Report | Ignored


def brought_by(channel: str, event: Event) -> Event:
    """With the channel's name, which any other event carries in its sender."""
    return replace(event, channel=channel) if isinstance(event, Ignored) else event


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. `action` is ours ("topic:market.price", "operator") and never leaves the server."""

    text: str
    action: str


class Author(StrEnum):
    SUBSCRIBER = "subscriber"
    BOT = "bot"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one chat: a row of the outbox, small enough for the messenger (see `Capabilities`)."""

    id: int  # row id: stable over retries, so it can seed an idempotency key
    chat_id: str
    text: str = field(repr=False)  # our Markdown subset, see bot.markdown
    buttons: tuple[Button, ...] = ()
    author: Author = Author.BOT
    agent_name: str = field(default="", repr=False)
    attachment: Attachment | None = None  # a kept file, sent instead of a text
    file: File | None = field(default=None, repr=False)  # its bytes
    key: str = ""  # no other message ever has it: for a messenger's idempotency key


def button_key(message_id: int, position: int) -> str:
    """The short public key of a button: `<row id of its message>:<position>`; far below Telegram's 64 bytes."""
    return f"{message_id}:{position}"


BUTTON_KEY = re.compile(r"([0-9]{1,19}):([0-9]{1,3})")


def split_button_key(key: str) -> tuple[int, int] | None:
    """The message row id and the position, or None when it is not a key of ours."""
    found = BUTTON_KEY.fullmatch(key)
    return (int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """An HTTP call to /webhooks/{channel} as it came: header names in lower case, body unparsed."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a webhook body means, and the literal answer the messenger waits for."""

    events: tuple[Event, ...]
    reply: str = ""


def one_line(text: str, limit: int) -> str:
    """A name fit to be stored and shown: no control or format characters, single spaces, at most `limit` long."""
    visible = "".join(" " if unicodedata.category(letter).startswith(("C", "Z")) else letter for letter in text)
    return " ".join(visible.split())[:limit].strip()
