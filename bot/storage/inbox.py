"""The inbox half of the message table: accepted messages of subscribers, until the dialogue has handled them."""

from datetime import datetime

from sqlalchemy import RowMapping, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.conversation import Status
from bot.dialogue.ports import Received, Verdict
from bot.messages import Author, Button, Incoming, IncomingKind, Sender, split_button_key
from bot.storage.attachments import is_wanted
from bot.storage.conversations import load_of, next_change
from bot.storage.tables import conversations, messages
from bot.storage.values import attachments_from_json, attachments_to_json, buttons_from_json

LARGEST_ID = 2**63 - 1  # of a row; a database cannot even look for a larger one
UNHANDLED = messages.c.handled_at.is_(None) & messages.c.delivery.is_(None)


async def accept(connection: AsyncConnection, conversation_id: int, incoming: Incoming, now: datetime) -> bool:
    """Store a message once. False for a repeat, which changes nothing."""
    pressed = await button(connection, conversation_id, incoming.press)
    row = {
        "conversation_id": conversation_id,
        "author": Author.SUBSCRIBER.value,
        "kind": incoming.kind.value,
        "text": pressed.text if pressed else incoming.text,
        "press": incoming.press[:64],
        "attachments": attachments_to_json(incoming.attachments),
        "collecting": any(is_wanted(attachment) for attachment in incoming.attachments),
        "buttons": [],
        "created_at": now,
        "change": 0,
        "channel": incoming.sender.channel,
        "account": incoming.sender.account,
        "external_id": incoming.external_id[:200],
        "handled_at": now if incoming.is_greeted else None,
    }
    stored = insert(messages).values(row).on_conflict_do_nothing().returning(messages.c.id)
    message_id = (await connection.execute(stored)).scalar_one_or_none()
    if message_id is None:
        return False
    await _stamp(connection, conversation_id, message_id)
    if not incoming.is_greeted:  # whoever only opened the chat has not written
        await _hear(connection, conversation_id, min(incoming.sent_at, now))
    return True


async def _hear(connection: AsyncConnection, conversation_id: int, at: datetime) -> None:
    """A message may come late and out of order: a messenger's session begins when it was written."""
    last = conversations.c.heard_at
    is_later = (conversations.c.id == conversation_id) & or_(last.is_(None), last < at)
    await connection.execute(update(conversations).where(is_later).values(heard_at=at))


async def button(connection: AsyncConnection, conversation_id: int, key: str) -> Button | None:
    """The button a key names; None when it is not one of this conversation's."""
    message_id, position = split_button_key(key) or (0, 0)
    if not 0 < message_id <= LARGEST_ID:
        return None
    row = await connection.execute(
        select(messages.c.buttons).where(messages.c.id == message_id, messages.c.conversation_id == conversation_id)
    )
    buttons = buttons_from_json(row.scalar_one_or_none() or [])
    return buttons[position] if position < len(buttons) else None


async def unhandled_conversations(connection: AsyncConnection) -> list[int]:
    """Conversations with work for the dialogue, the longest waiting first."""
    rows = await connection.execute(
        select(messages.c.conversation_id)
        .where(UNHANDLED)
        .group_by(messages.c.conversation_id)
        .order_by(func.min(messages.c.id))
    )
    return list(rows.scalars())


async def oldest_unhandled(connection: AsyncConnection, conversation_id: int) -> Received | None:
    rows = await connection.execute(
        select(messages)
        .where(messages.c.conversation_id == conversation_id, UNHANDLED)
        .order_by(messages.c.id)
        .limit(1)
    )
    row = rows.mappings().one_or_none()
    return None if row is None else await _received(connection, row)


async def mark_handled(connection: AsyncConnection, received: Received, verdict: Verdict, now: datetime) -> None:
    decision = {"decision": verdict.decision, "topic": verdict.topic, "confidence": verdict.confidence}
    await connection.execute(
        update(messages).where(messages.c.id == received.id).values(handled_at=now, decision=decision)
    )
    await _stamp(connection, received.conversation_id, received.id)


async def count_failure(connection: AsyncConnection, conversation_id: int) -> None:
    """Handling the oldest message broke; after a few times the dialogue passes it to a person."""
    oldest = (
        select(messages.c.id).where(messages.c.conversation_id == conversation_id, UNHANDLED).order_by(messages.c.id)
    )
    await connection.execute(
        update(messages)
        .where(messages.c.id == oldest.limit(1).scalar_subquery())
        .values(failures=messages.c.failures + 1)
    )


async def last_turn(connection: AsyncConnection, sender: Sender) -> tuple[Status, Verdict]:
    """Where the conversation stands and what was decided on its newest handled message."""
    conversation = await load_of(connection, sender)
    rows = await connection.execute(
        select(messages.c.decision)
        .where(messages.c.conversation_id == conversation.id, messages.c.decision.is_not(None))
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    return conversation.status, Verdict(**rows.scalar_one())


async def _received(connection: AsyncConnection, row: RowMapping) -> Received:
    return Received(
        id=row["id"],
        conversation_id=row["conversation_id"],
        kind=IncomingKind(row["kind"]),
        text=row["text"],
        pressed=await button(connection, row["conversation_id"], row["press"]),
        attachments=attachments_from_json(row["attachments"]),
        failures=row["failures"],
    )


async def _stamp(connection: AsyncConnection, conversation_id: int, message_id: int) -> None:
    change = await next_change(connection, conversation_id)
    await connection.execute(update(messages).where(messages.c.id == message_id).values(change=change))
