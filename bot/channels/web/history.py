"""What the web chat asks of the storage: the messages of a chat, as they are shown. Knows no table and no socket."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.messages import Attachment, Author, Button, Sender


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One message of a chat. A press of a button is a subscriber's message with the label as its text."""

    id: int
    author: Author
    sent_at: datetime  # aware, UTC
    text: str = field(default="", repr=False)  # bot and agent: our Markdown; subscriber: plain
    agent_name: str = field(default="", repr=False)
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    key: str = ""  # a subscriber's message: the key its tab gave it, see `parse.external_id`


class History(Protocol):
    """The messages of all chats."""

    async def after(self, sender: Sender, cursor: int, limit: int) -> list[ShownMessage]:
        """At most `limit` messages of the chat with an id above `cursor`, oldest first; chat openings are left out.

        Messages count from the moment they are committed, whatever their delivery says: reading them here is the
        delivery. Within a chat, ids must become visible in increasing order, or a cursor would step over one.
        """
        ...
