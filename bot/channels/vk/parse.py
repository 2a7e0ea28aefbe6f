"""VK's events -> ours. Pure. The same event of Long Poll and of the Callback API becomes one and the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from bot.channels.vk.attachments import attachments, links, place
from bot.errors import BadPayload
from bot.messages import (
    Attachment,
    Event,
    Ignored,
    Incoming,
    IncomingKind,
    Receipt,
    Report,
    Sender,
    SubscriberLeft,
    SubscriberReturned,
    split_button_key,
)

EVENTS = ("message_new", "message_event", "message_allow", "message_deny", "message_read")
IGNORED = frozenset({"message_reply", "message_edit", "message_typing_state", "message_reaction_event"})
FIRST_CHAT = 2_000_000_000  # peers from here on are chats of several people
CALLBACK = "cb:"  # external ids of presses; a message's is "<peer>:<number in its conversation>"
MAX_REFERRAL = 200


@dataclass(frozen=True, slots=True)
class Arrival:
    """To which community an event came, and when first: a press and a denial carry no time of their own."""

    account: str
    at: datetime


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Message(_Part):
    date: int
    peer_id: int
    from_id: int
    id: int = Field(0, ge=0, lt=2**63)
    conversation_message_id: int = Field(0, ge=0, lt=2**63)
    out: Any = 0
    text: str | None = None
    payload: Any = None
    ref: Any = None
    attachments: Any = None
    fwd_messages: Any = None
    geo: Any = None


class _Press(_Part):
    user_id: int = Field(gt=0)
    peer_id: int
    event_id: str = Field(min_length=1, max_length=150)
    payload: Any = None


class _Permission(_Part):
    """Of message_allow and message_deny."""

    user_id: int = Field(gt=0, lt=FIRST_CHAT)


class _Reading(_Part):
    from_id: int
    peer_id: int
    read_message_id: int = Field(gt=0, lt=2**63)


def read(body: bytes) -> Mapping[str, Any]:
    """The JSON of a call of the Callback API. Raises BadPayload and nothing else."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raw = None
    if isinstance(raw, dict) and isinstance(raw.get("type"), str) and type(raw.get("group_id")) is int:
        return raw
    raise BadPayload("vk: the body is not an event; a JSON object with a type and a group_id was expected")


def parse(raw: object, arrival: Arrival) -> Event:
    """Raises BadPayload and nothing else."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
        raise BadPayload("vk: not an event; an object with a type was expected")
    try:
        return _event(raw["type"], raw.get("object"), arrival)
    except (ValueError, OverflowError, OSError, RecursionError) as error:
        fault = BadPayload(f"vk: {_known(raw['type'])} is not as documented: {_place(error)}")
    raise fault  # outside of the except: pydantic's error quotes the message


def _event(kind: str, body: object, arrival: Arrival) -> Event:
    match kind:
        case "message_new":
            # Before version 5.103 the object was the message itself.
            inner = body.get("message", body) if isinstance(body, Mapping) else body
            return _message(_Message.model_validate(inner), arrival)
        case "message_event":
            return _press(_Press.model_validate(body), arrival)
        case "message_allow":
            # VK tells it beside the first message, too: a greeting for each would be one too many.
            return SubscriberReturned(_sender(_Permission.model_validate(body).user_id, arrival))
        case "message_deny":
            return SubscriberLeft(_sender(_Permission.model_validate(body).user_id, arrival), arrival.at)
        case "message_read":
            return _reading(_Reading.model_validate(body), arrival)
        case _:
            return Ignored(_known(kind))


def _message(message: _Message, arrival: Arrival) -> Event:
    if message.peer_id >= FIRST_CHAT:
        return Ignored("not_private")
    if message.out or message.from_id <= 0 or message.from_id != message.peer_id:
        return Ignored("from_community")
    kind, press = _meaning(_payload(message.payload))
    text, attached = ("", ()) if kind is not IncomingKind.TEXT else _content(message)
    if kind is IncomingKind.TEXT and not text and not attached:
        return Ignored("without_content")
    return Incoming(
        external_id=_external_id(message),
        sender=_sender(message.peer_id, arrival),
        kind=kind,
        sent_at=datetime.fromtimestamp(message.date, UTC),
        text=text,
        press=press,
        attachments=attached,
        referral=_clean(message.ref)[:MAX_REFERRAL] if isinstance(message.ref, str) else "",
    )


def _external_id(message: _Message) -> str:
    if message.conversation_message_id:
        return f"{message.peer_id}:{message.conversation_message_id}"
    if message.id:
        return f"{message.peer_id}:id{message.id}"
    raise ValueError


def _meaning(payload: Mapping[str, Any]) -> tuple[IncomingKind, str]:
    """Of a text button: VK sends its label as a message with the button's payload."""
    if payload.get("command") == "start":
        return IncomingKind.START, ""
    key = _button(payload)
    return (IncomingKind.PRESS, key) if key else (IncomingKind.TEXT, "")


def _content(message: _Message) -> tuple[str, tuple[Attachment, ...]]:
    """A message that is nothing but forwarded ones says what they say."""
    text, attached = _said(message.text, message.attachments)
    spot = place(message.geo)
    attached = (*attached, spot) if spot else attached
    if text or attached or not isinstance(message.fwd_messages, list):
        return text, attached
    inner = [part for part in message.fwd_messages if isinstance(part, Mapping)]
    parts = [_said(part.get("text"), part.get("attachments")) for part in inner]
    texts = "\n\n".join(words for words, _ in parts if words)
    return texts, tuple(file for _, files in parts for file in files)


def _said(text: object, raw: object) -> tuple[str, tuple[Attachment, ...]]:
    words = _clean(text) if isinstance(text, str) else ""
    return words or "\n".join(links(raw)), attachments(raw)


def _press(press: _Press, arrival: Arrival) -> Event:
    if press.peer_id >= FIRST_CHAT:
        return Ignored("not_private")
    key = _button(_payload(press.payload))
    if not key or press.peer_id != press.user_id:
        return Ignored("message_event")
    return Incoming(
        external_id=f"{CALLBACK}{press.event_id}",
        sender=_sender(press.peer_id, arrival),
        kind=IncomingKind.PRESS,
        sent_at=arrival.at.astimezone(UTC),
        press=key,
    )


def _reading(reading: _Reading, arrival: Arrival) -> Event:
    if reading.from_id != reading.peer_id or not 0 < reading.peer_id < FIRST_CHAT:
        return Ignored("not_private")
    return Report(_sender(reading.peer_id, arrival), str(reading.read_message_id), Receipt.READ)


def _payload(raw: object) -> Mapping[str, Any]:
    """VK carries it as a string in messages, as an object in presses; anybody can write into it."""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
    return raw if isinstance(raw, Mapping) else {}


def _button(payload: Mapping[str, Any]) -> str:
    key = payload.get("button")
    return key if isinstance(key, str) and split_button_key(key) else ""


def _sender(chat_id: int, arrival: Arrival) -> Sender:
    """Without a name: events carry none, see `Channel.name_of`."""
    return Sender("vk", arrival.account, str(chat_id))


def _clean(text: str) -> str:
    """Fit to be stored: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()


def _known(kind: str) -> str:
    return kind if kind in IGNORED or kind in EVENTS else "unknown"


def _place(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return type(error).__name__
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])} ({first['type']})"
