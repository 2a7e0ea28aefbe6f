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
# What a receipt may follow: nothing is unread again, and what has arrived has not failed.
BEFORE: dict[Receipt, tuple[str, ...]] = {
    Receipt.DELIVERED: (Delivery.SENT.value,),
    Receipt.READ: (Delivery.SENT.value, Delivery.DELIVERED.value),
    Receipt.FAILED: (Delivery.SENT.value,),
}


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
    sent = (await connection.execute(select(messages).where(messages.c.id == message_id))).mappings().one()
    taken = await connection.execute(
        delete(early_reports)
        .where(
            early_reports.c.channel == sent["channel"],
            early_reports.c.account == sent["account"],
            early_reports.c.sent_as == sent["sent_as"],
        )
        .returning(early_reports.c.receipt, early_reports.c.reason)
    )
    if (early := taken.one_or_none()) is not None:
        await _apply(connection, sent, Receipt(early.receipt), early.reason)


def _reported(report: Report) -> Select[Any]:
    sender = report.sender
    return (
        select(messages.c.id, messages.c.conversation_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            messages.c.channel == sender.channel,
            messages.c.account == sender.account,
            messages.c.sent_as == report.sent_as,
            conversations.c.chat_id == sender.chat_id,
        )
        .limit(1)
    )


async def _apply(connection: AsyncConnection, row: RowMapping, receipt: Receipt, reason: str) -> int | None:
    concerned = messages.c.id <= row["id"] if receipt is Receipt.READ else messages.c.id == row["id"]
    found = await connection.execute(
        select(messages.c.id).where(
            messages.c.conversation_id == row["conversation_id"], messages.c.delivery.in_(BEFORE[receipt]), concerned
        )
    )
    changed = found.scalars().all()
    for message_id in changed:
        await settle(connection, message_id, delivery=Delivery(receipt.value).value, error=reason[:1000] or None)
    return int(row["conversation_id"]) if changed else None


async def _keep(connection: AsyncConnection, report: Report, now: datetime) -> None:
    """For an hour: a receipt that fits nothing by then is for no message of ours."""
    row = {
        "channel": report.sender.channel,
        "account": report.sender.account,
        "sent_as": report.sent_as[:200],
        "receipt": report.receipt.value,
        "reason": report.reason[:1000],
        "created_at": now,
    }
    latest = {"receipt": row["receipt"], "reason": row["reason"]}
    await connection.execute(delete(early_reports).where(early_reports.c.created_at < now - EARLY_FOR))
    await connection.execute(
        insert(early_reports)
        .values(row)
        .on_conflict_do_update(index_elements=["channel", "account", "sent_as"], set_=latest)
    )
