"""The left column of the desk: who waits, whom I hold, whom others hold. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Label, RowMapping, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.conversation import Status
from bot.messages import Author, IncomingKind
from bot.storage.tables import agents, conversations, messages
from bot.storage.values import attachments_from_json
from handoff import wording
from handoff.agents import Agent

LONGEST_WORDS = 140
WITH_PEOPLE = (Status.QUEUED.value, Status.AGENT.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation in the list. `waiting_since`: queued, or for a held one since when a reply is due."""

    id: int
    name: str = field(repr=False)
    channel: str
    reason: str
    status: str
    place: int
    waiting_since: datetime | None
    words: str = field(repr=False)  # the subscriber's last, short
    holder: str = field(repr=False)
    reachable: bool


@dataclass(frozen=True, slots=True)
class Queue:
    queue: list[Entry]
    mine: list[Entry]
    others: list[Entry]


@dataclass(frozen=True, slots=True)
class Mark:
    """One conversation as the queue shows it: equal marks, equal lists."""

    id: int
    status: str
    agent_id: int | None
    changes: int
    reachable: bool


async def load(connection: AsyncConnection, agent: Agent, channel_titles: Mapping[str, str]) -> Queue:
    rows = list((await connection.execute(_entries())).mappings())
    queued = [row for row in rows if row["status"] == Status.QUEUED.value]
    held = [row for row in rows if row["status"] == Status.AGENT.value]
    return Queue(
        queue=[_entry(row, channel_titles, place) for place, row in enumerate(queued, 1)],
        mine=[_entry(row, channel_titles) for row in held if row["agent_id"] == agent.id],
        others=[_entry(row, channel_titles) for row in held if row["agent_id"] != agent.id],
    )


async def marks(connection: AsyncConnection) -> tuple[Mark, ...]:
    """Cheap enough to ask for after every change anywhere."""
    rows = await connection.execute(
        select(
            conversations.c.id,
            conversations.c.status,
            conversations.c.agent_id,
            conversations.c.changes,
            conversations.c.reachable,
        )
        .where(conversations.c.status.in_(WITH_PEOPLE))
        .order_by(conversations.c.id)
    )
    return tuple(Mark(*row) for row in rows)


def _entries() -> Select[tuple[object, ...]]:
    last = messages.alias("last")
    return (
        select(
            conversations,
            agents.c.name.label("holder"),
            last.c.text.label("last_text"),
            last.c.attachments.label("last_attachments"),
            _unanswered_since(),
        )
        .outerjoin(agents, agents.c.id == conversations.c.agent_id)
        .outerjoin(last, last.c.id == _last_id(Author.SUBSCRIBER, messages.c.kind != IncomingKind.START.value))
        .where(conversations.c.status.in_(WITH_PEOPLE))
        .order_by(conversations.c.queued_at, conversations.c.id)
    )


def _last_id(author: Author, *more: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.max(messages.c.id))
        .where(messages.c.conversation_id == conversations.c.id, messages.c.author == author.value, *more)
        .correlate(conversations)
        .scalar_subquery()
    )


def _unanswered_since() -> Label[datetime]:
    """When the subscriber wrote the first message that no agent has answered."""
    later = messages.alias("later")
    return (
        select(func.min(later.c.created_at))
        .where(
            later.c.conversation_id == conversations.c.id,
            later.c.author == Author.SUBSCRIBER.value,
            later.c.id > func.coalesce(_last_id(Author.AGENT), 0),
        )
        .correlate(conversations)
        .scalar_subquery()
        .label("unanswered_since")
    )


def _entry(row: RowMapping, channel_titles: Mapping[str, str], place: int = 0) -> Entry:
    return Entry(
        id=row["id"],
        name=row["subscriber_name"] or "Без имени",
        channel=channel_titles.get(row["channel"], row["channel"]),
        reason=wording.reason(row["reason"]),
        status=row["status"],
        place=place,
        waiting_since=_waiting_since(row),
        words=_words(row),
        holder=row["holder"] or "",
        reachable=row["reachable"],
    )


def _waiting_since(row: RowMapping) -> datetime | None:
    if row["status"] == Status.QUEUED.value:
        queued_at: datetime = row["queued_at"]
        return queued_at
    unanswered: datetime | None = row["unanswered_since"]
    # What was said to the bot before the agent took over does not count: the agent has waited for nothing yet.
    return max(unanswered, row["updated_at"]) if unanswered else None


def _words(row: RowMapping) -> str:
    words = " ".join((row["last_text"] or "").split())
    if len(words) > LONGEST_WORDS:
        words = words[: LONGEST_WORDS - 1].rstrip() + "…"
    kinds = [
        wording.ATTACHMENTS[attachment.kind] for attachment in attachments_from_json(row["last_attachments"] or [])
    ]
    return words or ", ".join(kinds)
