"""One person, one history: the linked conversations of a person, and the cursor over all of them. Reads only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import links
from bot.storage.tables import conversations

# Eighteen digits: what a database can still compare.
CURSOR = r"^[1-9][0-9]{0,17}:[0-9]{1,18}(,[1-9][0-9]{0,17}:[0-9]{1,18})*$"
LONGEST_CURSOR = 4000


@dataclass(frozen=True, slots=True)
class Chat:
    """One of a person's conversations. `changes`: how far its messages have come."""

    id: int
    channel: str
    name: str = field(repr=False)
    changes: int


async def chats_of(connection: AsyncConnection, conversation_id: int) -> dict[int, Chat]:
    """All conversations of the person, this one included, by id."""
    ids = await links.linked(connection, conversation_id)
    rows = await connection.execute(
        select(
            conversations.c.id, conversations.c.channel, conversations.c.subscriber_name, conversations.c.changes
        ).where(conversations.c.id.in_(ids))
    )
    return {row.id: Chat(*row) for row in rows}


async def cursors_of(connection: AsyncConnection, watched: Collection[int]) -> dict[int, str]:
    """By conversation: the cursor of whoever knows everything of its person."""
    mine, theirs = conversations.alias("mine"), conversations.alias("theirs")
    rows = await connection.execute(
        select(mine.c.id, theirs.c.id, theirs.c.changes)
        .join(theirs, or_(theirs.c.id == mine.c.id, theirs.c.person_id == mine.c.person_id))
        .where(mine.c.id.in_(watched))
    )
    found: dict[int, dict[int, int]] = {}
    for conversation_id, linked_id, changes in rows:
        found.setdefault(conversation_id, {})[linked_id] = changes
    return {conversation_id: write_cursor(cursor) for conversation_id, cursor in found.items()}


def write_cursor(cursor: Mapping[int, int]) -> str:
    """ "12:40,15:7": the change reached in each conversation. Opaque for the page."""
    return ",".join(f"{conversation_id}:{change}" for conversation_id, change in sorted(cursor.items()))


def read_cursor(text: str) -> dict[int, int]:
    """Of a text that matches CURSOR."""
    pairs = (place.split(":") for place in text.split(","))
    return {int(conversation_id): int(change) for conversation_id, change in pairs}
