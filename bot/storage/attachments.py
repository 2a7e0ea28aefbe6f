"""Attachments whose bytes are still at the messenger: found, and noted as kept or refused."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Attachment
from bot.storage.conversations import next_change
from bot.storage.tables import messages
from bot.storage.values import attachments_from_json, attachments_to_json


@dataclass(frozen=True, slots=True)
class Uncollected:
    """A message with attachments to be fetched."""

    message_id: int
    attachments: tuple[Attachment, ...]


def is_wanted(attachment: Attachment) -> bool:
    return bool(attachment.ref) and not attachment.kept and not attachment.refused


async def conversations_to_collect(connection: AsyncConnection) -> list[int]:
    rows = await connection.execute(select(messages.c.conversation_id).where(messages.c.collecting).distinct())
    return list(rows.scalars())


async def oldest_uncollected(connection: AsyncConnection, conversation_id: int) -> Uncollected | None:
    rows = await connection.execute(
        select(messages.c.id, messages.c.attachments)
        .where(messages.c.conversation_id == conversation_id, messages.c.collecting)
        .order_by(messages.c.id)
        .limit(1)
    )
    row = rows.one_or_none()
    return None if row is None else Uncollected(row.id, attachments_from_json(row.attachments))


async def mark_collected(
    connection: AsyncConnection, conversation_id: int, message_id: int, attachments: tuple[Attachment, ...]
) -> None:
    change = await next_change(connection, conversation_id)
    await connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(attachments=attachments_to_json(attachments), collecting=False, change=change)
    )
