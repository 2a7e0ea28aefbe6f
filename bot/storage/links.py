"""Codes that link conversations, and the persons that linked conversations make. Codes are stored hashed, so that
nobody reads one off the table."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.linking import VALID_MINUTES
from bot.storage.tables import conversations, link_codes, persons


async def issue(connection: AsyncConnection, conversation_id: int, code: str, now: datetime) -> None:
    """The conversation's newest code is its only one."""
    outdated = (link_codes.c.conversation_id == conversation_id) | (link_codes.c.expires_at <= now)
    await connection.execute(delete(link_codes).where(outdated))
    row = {
        "code_hash": _hash(code),
        "conversation_id": conversation_id,
        "expires_at": now + timedelta(minutes=VALID_MINUTES),
    }
    await connection.execute(insert(link_codes).values(row))


async def owner(connection: AsyncConnection, code: str, now: datetime) -> int | None:
    """The conversation that a living code was given to."""
    query = select(link_codes.c.conversation_id).where(
        link_codes.c.code_hash == _hash(code), link_codes.c.expires_at > now
    )
    found: int | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def has_code(connection: AsyncConnection, conversation_id: int, now: datetime) -> bool:
    """Whether the conversation's code is still to be used."""
    query = select(link_codes.c.code_hash).where(
        link_codes.c.conversation_id == conversation_id, link_codes.c.expires_at > now
    )
    return (await connection.execute(query)).scalar_one_or_none() is not None


async def link(connection: AsyncConnection, first: int, second: int, now: datetime) -> None:
    """Both conversations, and all that were linked to either, are one person's. Uses up the first one's code."""
    await connection.execute(delete(link_codes).where(link_codes.c.conversation_id == first))
    rows = await connection.execute(
        select(conversations.c.person_id)
        .where(conversations.c.id.in_((first, second)), conversations.c.person_id.is_not(None))
        .distinct()
        .order_by(conversations.c.person_id)
    )
    known = list(rows.scalars())
    person_id = known[0] if known else await _new_person(connection, now)
    concerned = conversations.c.id.in_((first, second)) | conversations.c.person_id.in_(known)
    await connection.execute(update(conversations).where(concerned).values(person_id=person_id))
    await connection.execute(delete(persons).where(persons.c.id.in_(known[1:])))


async def linked(connection: AsyncConnection, conversation_id: int) -> list[int]:
    """All conversations of the person, this one included, the oldest first."""
    person = select(conversations.c.person_id).where(conversations.c.id == conversation_id).scalar_subquery()
    rows = await connection.execute(
        select(conversations.c.id)
        .where((conversations.c.id == conversation_id) | (conversations.c.person_id == person))
        .order_by(conversations.c.id)
    )
    return list(rows.scalars())


async def _new_person(connection: AsyncConnection, now: datetime) -> int:
    created = insert(persons).values(created_at=now).returning(persons.c.id)
    return int((await connection.execute(created)).scalar_one())


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
