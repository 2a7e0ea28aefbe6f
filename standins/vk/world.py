"""What the stand-in remembers: the community, chats with messages, files. Objects have the shapes of API 5.199."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from standins.pulse import Pulse
from standins.vk.errors import Json, refused

FIRST_GROUP_CHAT = 2_000_000_000


@dataclass(slots=True)
class Chat:
    """The dialog of the community with one subscriber."""

    id: int
    name: str
    allowed: bool = False  # the subscriber wrote, or allowed messages: before that a community cannot write
    refusal: int = 901  # the code a call gets when it is not allowed
    typing: int = 0  # how often the community was seen typing
    is_read: bool = False  # by the community, after the last message of the subscriber
    messages: list[Json] = field(default_factory=list)  # of both sides
    keyboard: Json | None = None  # the one below the input field
    unanswered: set[str] = field(default_factory=set)  # presses whose spinner still turns
    snackbars: list[str] = field(default_factory=list)  # what answers to presses showed

    @property
    def user(self) -> Json:
        first, _, last = self.name.partition(" ")
        return {"id": self.id, "first_name": first, "last_name": last, "can_access_closed": True, "is_closed": False}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`shape` is the attachment that points to the content."""

    kind: str
    name: str
    content: bytes = field(repr=False)
    shape: Json = field(repr=False)


@dataclass(slots=True)
class World:
    group_id: int
    url: str = ""
    pulse: Pulse = field(default_factory=Pulse)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)  # by "photo-1_2"
    scopes: set[str] = field(default_factory=lambda: {"messages", "photos", "docs", "manage"})  # of the token
    message_ids: Any = field(default_factory=lambda: itertools.count(1))
    file_ids: Any = field(default_factory=lambda: itertools.count(457_239_017))

    @property
    def group(self) -> Json:
        shape = {"id": self.group_id, "name": "Test Operator", "screen_name": f"club{self.group_id}"}
        return {**shape, "is_closed": 0, "type": "group"}

    def message(self, chat: Chat, *, out: bool, **content: Any) -> Json:
        """A new message in the chat; None is left out."""
        message = {
            "date": int(time.time()),
            "from_id": -self.group_id if out else chat.id,
            "id": next(self.message_ids),
            "version": 10_000_000 + len(chat.messages),
            "out": int(out),
            "important": False,
            "is_hidden": False,
            "attachments": [],
            "fwd_messages": [],
            "conversation_message_id": len(chat.messages) + 1,
            "peer_id": chat.id,
            "random_id": 0,
            "text": "",
            **{key: value for key, value in content.items() if value is not None},
        }
        chat.messages.append(message)
        self.pulse.beat()
        return message

    def reachable(self, peer_id: int) -> Chat:
        """The chat, if the community may write to it."""
        chat = self.chats.get(peer_id)
        if chat is None or not chat.allowed:
            raise refused(chat.refusal if chat else 901)
        return chat
