"""What the stand-in remembers: the bot, chats with their messages, files. Objects have the shapes of the Bot API."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from standins.pulse import Pulse
from standins.telegram.errors import ApiError, Json, bad_request

MAX_FILE_BYTES = 20_000_000


@dataclass(slots=True)
class Chat:
    """A private chat of the bot with one subscriber."""

    id: int
    name: str
    started: bool = False  # the subscriber wrote first: before that a bot cannot
    blocked: bool = False
    deleted: bool = False  # the subscriber's account
    typing: int = 0  # how often the bot was seen typing
    messages: list[Json] = field(default_factory=list)  # of both sides
    unanswered: set[str] = field(default_factory=set)  # callback queries whose spinner still turns

    @property
    def user(self) -> Json:
        first, _, last = self.name.partition(" ")
        named = {"first_name": first, "last_name": last} if last else {"first_name": first}
        return {"id": self.id, "is_bot": False, **named, "language_code": "ru"}

    @property
    def shape(self) -> Json:
        named = {key: value for key, value in self.user.items() if key.endswith("_name")}
        return {"id": self.id, **named, "type": "private"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    path: str
    content: bytes


@dataclass(slots=True)
class World:
    bot_id: int
    pulse: Pulse = field(default_factory=Pulse)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    message_ids: Any = field(default_factory=lambda: itertools.count(1))
    file_ids: Any = field(default_factory=lambda: itertools.count(1))
    query_ids: Any = field(default_factory=lambda: itertools.count(4_000_000_000_000_000_001))

    @property
    def bot(self) -> Json:
        return {"id": self.bot_id, "is_bot": True, "first_name": "Test Bot", "username": "test_operator_bot"}

    def message(self, chat: Chat, sender: Json, **content: Any) -> Json:
        """A new message in the chat."""
        message = {
            "message_id": next(self.message_ids),
            "from": sender,
            "chat": chat.shape,
            "date": int(time.time()),
            **content,
        }
        chat.messages.append(message)
        self.pulse.beat()
        return message

    def store(self, folder: str, name: str, content: bytes) -> Json:
        """The common fields of a file object."""
        number = next(self.file_ids)
        file_id = f"AgACAgIAAxkBAAM{number:04}"
        self.files[file_id] = StoredFile(f"{folder}/file_{number}.{name.rpartition('.')[2]}", content)
        return {"file_id": file_id, "file_unique_id": f"AQAD{number:04}", "file_size": len(content)}

    def reachable(self, chat_id: str) -> Chat:
        """The chat, if the bot may write to it."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(int(chat_id)) if chat_id.lstrip("-").isdigit() else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.deleted:
            raise ApiError(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        return chat
