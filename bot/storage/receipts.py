"""What messengers tell of our messages after they took them: delivered, read, failed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, Select, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Receipt, Report
from bot.storage.delivery_states import Delivery, settle
from bot.storage.tables import conversations, early_reports, messages

EARLY_FOR = timedelta(hours=1)
# What a receipt may follow: nothing is unread again, and what has arrived on one device has not failed on another.
AFTER: dict[Receipt, tuple[str, ...]] = {
    Receipt.FAILED: (Delivery.SENT.value,),
    Receipt.DELIVERED: (Delivery.SENT.value, Delivery.FAILED.value),
    Receipt.READ: (Delivery.SENT.value, Delivery.FAILED.value, Delivery.DELIVERED.value),
}
# A READ counts for all messages before it that had come so far.
READ_ALONG = (Delivery.SENT.value, Delivery.DELIVERED.value)
KEY = ("channel", "account", "chat_id", "sent_as")  # some messengers count messages anew in each chat
NO_REASON = "the messenger says that it was not delivered, without a reason"


async def take_report(connection: AsyncConnection, report: Report, now: datetime) -> int | None:
    """Note what became of a sent message. The conversation's id, or None when nothing changed.

    A receipt may come before we know how the messenger calls the message: then it waits for `apply_early_report`.
    """
    row = (await connection.execute(_reported(report))).mappings().one_or_none()
    if row is None:
        await _keep(connection, report, now)
        return None
    return await _apply(connection, row, report.receipt, report.reason)


async def apply_early_report(connection: AsyncConnection, message_id: int) -> None:
    """Now that the messenger's id of the message is stored."""
    query = _sent().where(messages.c.id == message_id)
    sent = (await connection.execute(query)).mappings().one()
    taken = await connection.execute(
        delete(early_reports)
        .where(*(early_reports.c[name] == sent[name] for name in KEY))
        .returning(early_reports.c.receipt, early_reports.c.reason)
    )
    if (early := taken.one_or_none()) is not None:
        await _apply(connection, sent, Receipt(early.receipt), early.reason)


def _sent() -> Select[Any]:
    return select(
        messages.c.id,
        messages.c.conversation_id,
        messages.c.channel,
        messages.c.account,
        messages.c.sent_as,
        conversations.c.chat_id,
    ).join(conversations, conversations.c.id == messages.c.conversation_id)


def _reported(report: Report) -> Select[Any]:
    sender = report.sender
    return (
        _sent()
        .where(
            messages.c.channel == sender.channel,
            messages.c.account == sender.account,
            messages.c.sent_as == report.sent_as[:200],
            conversations.c.chat_id == sender.chat_id,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    )


async def _apply(connection: AsyncConnection, row: RowMapping, receipt: Receipt, reason: str) -> int | None:
    concerned = (messages.c.id == row["id"]) & messages.c.delivery.in_(AFTER[receipt])
    if receipt is Receipt.READ:
        concerned |= (messages.c.id < row["id"]) & messages.c.delivery.in_(READ_ALONG)
    found = await connection.execute(
        select(messages.c.id)
        .where(messages.c.conversation_id == row["conversation_id"], concerned)
        .order_by(messages.c.id)
    )
    changed = found.scalars().all()
    error = (reason or NO_REASON)[:1000] if receipt is Receipt.FAILED else None
    for message_id in changed:
        await settle(connection, message_id, delivery=Delivery(receipt.value).value, error=error)
    return int(row["conversation_id"]) if changed else None


async def _keep(connection: AsyncConnection, report: Report, now: datetime) -> None:
    """For an hour: a receipt that fits nothing by then is for no message of ours."""
    row = {
        "channel": report.sender.channel,
        "account": report.sender.account,
        "chat_id": report.sender.chat_id,
        "sent_as": report.sent_as[:200],
        "receipt": report.receipt.value,
        "reason": report.reason[:1000],
        "created_at": now,
    }
    await connection.execute(delete(early_reports).where(early_reports.c.created_at < now - EARLY_FOR))
    stored = insert(early_reports).values(row)
    await connection.execute(
        stored.on_conflict_do_update(
            index_elements=KEY,
            set_={name: row[name] for name in ("receipt", "reason", "created_at")},
            where=early_reports.c.receipt.in_(AFTER[report.receipt]),
        )
    )
