"""Frames of the web chat: what a tab says -> frozen frames and `Incoming`. Pure; knows no socket, file or storage.
The protocol is described in docs/web-chat-protocol.md."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.errors import BadPayload
from bot.messages import Attachment, Incoming, IncomingKind, Sender, one_line, split_button_key

MAX_FRAME_BYTES = 32 * 1024
MAX_TEXT = 4000
MAX_NAME = 100
MAX_FILES = 5
MAX_ID = 2**53 - 1  # what a browser counts exactly

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FILE_REF = re.compile(r"[0-9a-f]{32}")


class Reason(StrEnum):
    """Why a frame is refused; the widget knows these words."""

    BAD_FRAME = "bad_frame"
    BAD_TEXT = "bad_text"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    TOO_MANY_FILES = "too_many_files"
    UNKNOWN_FILE = "unknown_file"
    TOO_FAST = "too_fast"
    NO_HELLO = "no_hello"
    TOO_MANY_TABS = "too_many_tabs"


class FrameRefused(BadPayload):
    """The frame changes nothing; the connection stays. `key` names the message, when the frame had a good one."""

    def __init__(self, reason: Reason, key: str = "") -> None:
        super().__init__(f"web chat: a frame is refused: {reason}; see docs/web-chat-protocol.md")
        self.reason = reason
        self.key = key


@dataclass(frozen=True, slots=True)
class Hello:
    token: str = field(default="", repr=False)
    cursor: int = 0
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    key: str
    text: str = field(repr=False)
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    key: str
    button: str


@dataclass(frozen=True, slots=True)
class Typing:
    pass


@dataclass(frozen=True, slots=True)
class Ping:
    pass


Frame = Hello | Message | Press | Typing | Ping


def parse_frame(text: str) -> Frame:
    """Raises FrameRefused and nothing else. Unknown fields are passed over, so an older server takes a newer widget."""
    match _object(text):
        case {"type": "hello"} as said:
            return _hello(said)
        case {"type": "message"} as said:
            return _message(said)
        case {"type": "press"} as said:
            return _press(said)
        case {"type": "typing"}:
            return Typing()
        case {"type": "ping"}:
            return Ping()
    raise FrameRefused(Reason.BAD_FRAME)


def incoming(frame: Message | Press, sender: Sender, sent_at: datetime, files: tuple[Attachment, ...] = ()) -> Incoming:
    """The event of a frame; the same key in the same chat is the same message."""
    identity = external_id(sender.chat_id, frame.key)
    if isinstance(frame, Press):
        return Incoming(identity, sender, IncomingKind.PRESS, sent_at, press=frame.button)
    return Incoming(identity, sender, IncomingKind.TEXT, sent_at, text=frame.text, attachments=files)


def opening(sender: Sender, sent_at: datetime) -> Incoming:
    """The chat was opened: at most once in its life."""
    return Incoming(external_id(sender.chat_id, "start"), sender, IncomingKind.START, sent_at)


def external_id(chat_id: str, key: str) -> str:
    """A tab's key, made unique over all chats: nobody can take another chat's keys."""
    return f"{chat_id}:{key}"


def _object(text: str) -> dict[str, Any]:
    if len(text) > MAX_FRAME_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise FrameRefused(Reason.TOO_LONG)
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameRefused(Reason.BAD_FRAME) from error
    if not isinstance(said, dict):
        raise FrameRefused(Reason.BAD_FRAME)
    return said


def _hello(said: dict[str, Any]) -> Hello:
    token, cursor, name = said.get("token") or "", said.get("cursor", 0), said.get("name") or ""
    if not isinstance(token, str) or not isinstance(name, str) or type(cursor) is not int:
        raise FrameRefused(Reason.BAD_FRAME)
    return Hello(token, min(max(cursor, 0), MAX_ID), one_line(name, MAX_NAME))


def _message(said: dict[str, Any]) -> Message:
    key = _key(said)
    text, files = said.get("text", ""), said.get("files", [])
    if not isinstance(text, str) or not isinstance(files, list):
        raise FrameRefused(Reason.BAD_FRAME, key)
    if not _storable(text):
        raise FrameRefused(Reason.BAD_TEXT, key)
    text = text.strip()
    if len(text) > MAX_TEXT:
        raise FrameRefused(Reason.TOO_LONG, key)
    if len(files) > MAX_FILES:
        raise FrameRefused(Reason.TOO_MANY_FILES, key)
    if not all(isinstance(ref, str) and FILE_REF.fullmatch(ref) for ref in files):
        raise FrameRefused(Reason.UNKNOWN_FILE, key)
    if not text and not files:
        raise FrameRefused(Reason.EMPTY, key)
    return Message(key, text, tuple(files))


def _press(said: dict[str, Any]) -> Press:
    key, button = _key(said), said.get("button")
    if not isinstance(button, str) or len(button) > 40 or split_button_key(button) is None:
        raise FrameRefused(Reason.BAD_FRAME, key)
    return Press(key, button)


def _key(said: dict[str, Any]) -> str:
    key = said.get("key")
    if not isinstance(key, str) or not UUID.fullmatch(key):
        raise FrameRefused(Reason.BAD_FRAME)
    return key


def _storable(text: str) -> bool:
    """No NUL (PostgreSQL keeps none) and no half of a surrogate pair (not UTF-8)."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
