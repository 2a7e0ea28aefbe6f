"""Logins: a random token in the browser, its hash in the table. Knows no cookie and no page."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.dialogue.ports import Clock
from bot.storage.database import Database
from bot.storage.tables import agent_sessions, agents
from handoff.agents import Agent, agent_from


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody is logged in; `csrf` proves that a request was made by a page of ours."""

    agent: Agent
    csrf: str = field(repr=False)


class Sessions:
    def __init__(self, database: Database, clock: Clock, lifetime: timedelta) -> None:
        self._database = database
        self._clock = clock
        self.lifetime = lifetime

    async def start(self, agent_id: int) -> str:
        """The token of a new session: a login never goes on with a token that was there before it."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        row = {
            "token_hash": _hash(token),
            "agent_id": agent_id,
            "csrf": secrets.token_urlsafe(32),
            "expires_at": now + self.lifetime,
        }
        async with self._database.work() as connection:
            await connection.execute(delete(agent_sessions).where(agent_sessions.c.expires_at <= now))
            await connection.execute(insert(agent_sessions).values(row))
        return token

    async def find(self, token: str) -> Session | None:
        """None for a token that is unknown, expired or revoked."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                select(agents, agent_sessions.c.csrf)
                .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
                .where(agent_sessions.c.token_hash == _hash(token), agent_sessions.c.expires_at > self._clock.now())
            )
            row = rows.mappings().one_or_none()
        return None if row is None else Session(agent_from(row), row["csrf"])

    async def end(self, token: str) -> None:
        async with self._database.work() as connection:
            await connection.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == _hash(token)))

    async def end_all(self, agent_id: int) -> None:
        async with self._database.work() as connection:
            await connection.execute(delete(agent_sessions).where(agent_sessions.c.agent_id == agent_id))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
