"""The outbox half of the message table: what the bot and the agents say, until the messenger has it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, literal, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.conversation import Conversation
from bot.dialogue.ports import Draft
from bot.messages import Author, Outgoing
from bot.storage.conversations import next_change
from bot.storage.delivery_states import DEAD, UNDELIVERED, Delivery, settle
from bot.storage.receipts import apply_early_report
from bot.storage.tables import UtcDateTime, agents, conversations, messages
from bot.storage.values import attachments_from_json, attachments_to_json, buttons_from_json, buttons_to_json


@dataclass(frozen=True, slots=True)
class Pending:
    """The next message of a conversation to send."""

    message: Outgoing
    channel: str
    account: str
    reachable: bool
    attempts: int
    created_at: datetime
    not_before: datetime | None
    heard_at: datetime | None = None  # when the subscriber wrote last
    is_interrupted: bool = False  # a send of it began and never ended
    maybe_sent_at: datetime | None = None  # when a send of it first may have arrived


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that did not reach its subscriber, without its text."""

    message_id: int
    conversation_id: int
    channel: str
    delivery: Delivery
    error: str
    created_at: datetime


async def add(
    connection: AsyncConnection,
    conversation: Conversation,
    drafts: Sequence[Draft],
    now: datetime,
    *,
    agent_id: int | None = None,
    client_key: str | None = None,
) -> list[int]:
    """Queue drafts for delivery, in order. A repeated `client_key` adds nothing and returns nothing."""
    ids = []
    for position, draft in enumerate(drafts):
        row = {
            "conversation_id": conversation.id,
            "author": (Author.BOT if agent_id is None else Author.AGENT).value,
            "kind": "text",
            "text": draft.text,
            "attachments": attachments_to_json((draft.attachment,) if draft.attachment else ()),
            "buttons": buttons_to_json(draft.buttons),
            "created_at": now,
            "change": await next_change(connection, conversation.id),
            "channel": conversation.sender.channel,
            "account": conversation.sender.account,
            "delivery": Delivery.PENDING.value,
            "agent_id": agent_id,
            "client_key": f"{client_key}:{position}" if client_key else None,
        }
        stored = insert(messages).values(row).on_conflict_do_nothing().returning(messages.c.id)
        ids += (await connection.execute(stored)).scalars()
    return ids


async def undelivered_conversations(connection: AsyncConnection) -> list[int]:
    rows = await connection.execute(
        select(messages.c.conversation_id)
        .where(messages.c.delivery.in_(UNDELIVERED))
        .group_by(messages.c.conversation_id)
        .order_by(func.min(messages.c.id))
    )
    return list(rows.scalars())


async def oldest_undelivered(connection: AsyncConnection, conversation_id: int) -> Pending | None:
    rows = await connection.execute(
        select(
            messages,
            conversations.c.chat_id,
            conversations.c.reachable,
            conversations.c.heard_at,
            agents.c.name.label("agent_name"),
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(messages.c.conversation_id == conversation_id, messages.c.delivery.in_(UNDELIVERED))
        .order_by(messages.c.id)
        .limit(1)
    )
    row = rows.mappings().one_or_none()
    return None if row is None else _pending(row)


def _pending(row: RowMapping) -> Pending:
    attachments = attachments_from_json(row["attachments"])
    message = Outgoing(
        id=row["id"],
        chat_id=row["chat_id"],
        text=row["text"],
        buttons=buttons_from_json(row["buttons"]),
        author=Author(row["author"]),
        agent_name=row["agent_name"] or "",
        attachment=attachments[0] if attachments else None,
        key=f"{row['id']}:{row['created_at'].isoformat()}",  # SQLite gives the id of an erased row again
    )
    return Pending(
        message=message,
        channel=row["channel"],
        account=row["account"],
        reachable=row["reachable"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        not_before=row["not_before"],
        heard_at=row["heard_at"],
        is_interrupted=row["delivery"] == Delivery.SENDING.value,
        maybe_sent_at=row["maybe_sent_at"],
    )


async def mark_sending(connection: AsyncConnection, message_id: int, now: datetime) -> None:
    """Committed before the messenger hears of the message: whoever finds the mark at a start knows it may be out."""
    await connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(
            delivery=Delivery.SENDING.value,
            attempts=messages.c.attempts + 1,
            maybe_sent_at=func.coalesce(messages.c.maybe_sent_at, literal(now, UtcDateTime())),
        )
    )


async def mark_sent(connection: AsyncConnection, message_id: int, sent_as: str) -> None:
    await settle(connection, message_id, delivery=Delivery.SENT.value, sent_as=sent_as[:200], error=None)
    await apply_early_report(connection, message_id)


async def mark_dead(connection: AsyncConnection, message_id: int, delivery: Delivery, error: str) -> None:
    await settle(connection, message_id, delivery=delivery.value, error=error[:1000])


async def postpone(
    connection: AsyncConnection, pending: Pending, not_before: datetime, error: str, *, free: bool
) -> None:
    """Back to pending. `free`: the attempt does not count, the messenger only asked to wait."""
    await connection.execute(
        update(messages)
        .where(messages.c.id == pending.message.id)
        .values(
            delivery=Delivery.PENDING.value,
            not_before=not_before,
            error=error[:1000],
            attempts=messages.c.attempts - 1 if free else messages.c.attempts,
            maybe_sent_at=pending.maybe_sent_at,
        )
    )


async def fail_all_pending(connection: AsyncConnection, conversation_id: int, error: str) -> None:
    rows = await connection.execute(
        select(messages.c.id).where(
            messages.c.conversation_id == conversation_id, messages.c.delivery == Delivery.PENDING.value
        )
    )
    for message_id in rows.scalars().all():
        await mark_dead(connection, message_id, Delivery.FAILED, error)


async def recover(
    connection: AsyncConnection, repeatable_channels: Collection[str], conversation_id: int | None = None
) -> int:
    """What was being sent when the work stopped is pending again where a repeat cannot double it, else uncertain.

    Of one conversation, or of all after a start.
    """
    interrupted = select(messages.c.id, messages.c.channel).where(messages.c.delivery == Delivery.SENDING.value)
    if conversation_id is not None:
        interrupted = interrupted.where(messages.c.conversation_id == conversation_id)
    rows = (await connection.execute(interrupted)).all()
    for message_id, channel in rows:
        repeatable = channel in repeatable_channels
        await settle(
            connection,
            message_id,
            delivery=(Delivery.PENDING if repeatable else Delivery.UNCERTAIN).value,
            error="the work stopped while the message was being sent",
        )
    return len(rows)


async def dead_letters(connection: AsyncConnection, limit: int = 100) -> list[DeadLetter]:
    """The newest messages that did not reach their subscribers."""
    rows = await connection.execute(
        select(messages).where(messages.c.delivery.in_(DEAD)).order_by(messages.c.id.desc()).limit(limit)
    )
    return [
        DeadLetter(
            message_id=row["id"],
            conversation_id=row["conversation_id"],
            channel=row["channel"],
            delivery=Delivery(row["delivery"]),
            error=row["error"] or "",
            created_at=row["created_at"],
        )
        for row in rows.mappings()
    ]
