"""Conversations in the database. Functions over a connection: whoever opened the unit of work commits."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, or_, select, true, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.conversation import Conversation, Memory, Reason, Status
from bot.messages import Audience, Sender
from bot.storage.tables import conversations
from bot.storage.values import memory_from_json, memory_to_json


async def find_or_create(connection: AsyncConnection, sender: Sender, now: datetime) -> int:
    """The id of the conversation with this chat. The subscriber wrote, so they can be reached again."""
    row = {
        "channel": sender.channel,
        "account": sender.account,
        "chat_id": sender.chat_id,
        "subscriber_name": sender.name[:200],
        "status": Status.BOT.value,
        "version": 0,
        "changes": 0,
        "memory": memory_to_json(Memory()),
        "created_at": now,
        "updated_at": now,
    }
    known_again: dict[str, Any] = {"reachable": True}
    if sender.name:
        known_again["subscriber_name"] = row["subscriber_name"]
    created = (
        insert(conversations)
        .values(row)
        .on_conflict_do_update(index_elements=["channel", "account", "chat_id"], set_=known_again)
        .returning(conversations.c.id)
    )
    return int((await connection.execute(created)).scalar_one())


async def load(connection: AsyncConnection, conversation_id: int) -> Conversation:
    row = (
        (await connection.execute(select(conversations).where(conversations.c.id == conversation_id))).mappings().one()
    )
    return conversation_from(row)


async def load_of(connection: AsyncConnection, sender: Sender) -> Conversation:
    row = (await connection.execute(select(conversations).where(_is_of(sender)))).mappings().one()
    return conversation_from(row)


def conversation_from(row: RowMapping) -> Conversation:
    return Conversation(
        id=row["id"],
        sender=Sender(row["channel"], row["account"], row["chat_id"], row["subscriber_name"]),
        status=Status(row["status"]),
        version=row["version"],
        memory=memory_from_json(row["memory"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        queued_at=row["queued_at"],
        agent_id=row["agent_id"],
        reachable=row["reachable"],
        audience=Audience(row["audience"]),
    )


async def save(connection: AsyncConnection, before: Conversation, after: Conversation, now: datetime) -> bool:
    """Compare and set: False, and nothing changed, when the conversation is not as `before` any more."""
    changed = (
        update(conversations)
        .where(conversations.c.id == before.id, conversations.c.version == before.version)
        .values(
            status=after.status.value,
            version=before.version + 1,
            memory=memory_to_json(after.memory),
            reason=after.reason.value if after.reason else None,
            queued_at=after.queued_at,
            agent_id=after.agent_id,
            updated_at=now,
        )
    )
    return (await connection.execute(changed)).rowcount == 1


async def next_change(connection: AsyncConnection, conversation_id: int) -> int:
    """A new, higher cursor for a message of the conversation that is about to change."""
    counted = (
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(changes=conversations.c.changes + 1)
        .returning(conversations.c.changes)
    )
    return int((await connection.execute(counted)).scalar_one())


async def mark_unreachable(connection: AsyncConnection, sender: Sender, left_at: datetime | None = None) -> int | None:
    """The subscriber left. The conversation's id, or None when there is none, or when they have written since."""
    last = conversations.c.heard_at
    is_news = true() if left_at is None else or_(last.is_(None), last <= left_at)
    marked = update(conversations).where(_is_of(sender), is_news).values(reachable=False).returning(conversations.c.id)
    conversation_id: int | None = (await connection.execute(marked)).scalar_one_or_none()
    return conversation_id


async def mark_reachable(connection: AsyncConnection, sender: Sender) -> int | None:
    """The subscriber is back. The conversation's id, or None when there is none, or nobody had left it."""
    is_away = conversations.c.reachable.is_(False)
    marked = update(conversations).where(_is_of(sender), is_away).values(reachable=True).returning(conversations.c.id)
    conversation_id: int | None = (await connection.execute(marked)).scalar_one_or_none()
    return conversation_id


async def audience_of(connection: AsyncConnection, sender: Sender) -> Audience:
    """Whoever is not known yet counts as a private person."""
    rows = await connection.execute(select(conversations.c.audience).where(_is_of(sender)))
    return Audience(rows.scalar_one_or_none() or Audience.PRIVATE)


async def mark_greeted(connection: AsyncConnection, conversation_id: int) -> None:
    conversation = await load(connection, conversation_id)
    memory = memory_to_json(replace(conversation.memory, greeted=True))
    await connection.execute(update(conversations).where(conversations.c.id == conversation_id).values(memory=memory))


async def mark_business(connection: AsyncConnection, conversation_id: int) -> None:
    await connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(audience=Audience.BUSINESS.value)
    )


async def name_subscriber(connection: AsyncConnection, conversation_id: int, name: str) -> None:
    await connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(subscriber_name=name[:200])
    )


async def mark_blocked(connection: AsyncConnection, conversation_id: int, heard_at: datetime | None) -> bool:
    """We were refused a send that began when the subscriber was heard last at `heard_at`. False, and nothing changed,
    when they have written since: then they are back."""
    last = conversations.c.heard_at
    is_silent = last.is_(None) if heard_at is None else (last <= heard_at)
    marked = update(conversations).where(conversations.c.id == conversation_id, is_silent).values(reachable=False)
    return (await connection.execute(marked)).rowcount == 1


async def queue_place(connection: AsyncConnection, conversation_id: int) -> int:
    """1-based: one more than the conversations that have been waiting longer (or wait at all, if this one does not)."""
    mine = select(conversations.c.queued_at).where(conversations.c.id == conversation_id).scalar_subquery()
    ahead = select(func.count()).where(
        conversations.c.status == Status.QUEUED.value,
        conversations.c.id != conversation_id,
        or_(mine.is_(None), conversations.c.queued_at < mine),
    )
    return int((await connection.execute(ahead)).scalar_one()) + 1


def _is_of(sender: Sender) -> ColumnElement[bool]:
    return (
        (conversations.c.channel == sender.channel)
        & (conversations.c.account == sender.account)
        & (conversations.c.chat_id == sender.chat_id)
    )
