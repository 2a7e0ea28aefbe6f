"""Where a message of ours is on its way to the subscriber."""

from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.conversations import next_change
from bot.storage.tables import messages


class Delivery(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  # handed to the messenger; found at a start, nobody knows whether it arrived
    SENT = "sent"
    DELIVERED = "delivered"  # on the subscriber's device, where the messenger tells
    READ = "read"
    UNCERTAIN = "uncertain"  # may have arrived; never repeated by itself
    FAILED = "failed"  # a dead letter: kept, listed, not repeated


UNDELIVERED = (Delivery.PENDING.value, Delivery.SENDING.value)
DEAD = (Delivery.FAILED.value, Delivery.UNCERTAIN.value)


async def settle(connection: AsyncConnection, message_id: int, **values: Any) -> None:
    """Change a message so that whoever follows its conversation sees it."""
    conversation_id = (
        await connection.execute(select(messages.c.conversation_id).where(messages.c.id == message_id))
    ).scalar_one()
    change = await next_change(connection, conversation_id)
    await connection.execute(update(messages).where(messages.c.id == message_id).values(change=change, **values))
