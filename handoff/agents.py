"""The agents: who they are, how they log in, who may administer. Knows no web page and no conversation."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.ports import Clock
from bot.storage.database import Database
from bot.storage.tables import agents
from handoff.errors import NotFound, Unacceptable
from handoff.passwords import Passwords, fault_of, one_time_password

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
FIRST_ADMIN = "admin"

log = structlog.get_logger()


class Role(StrEnum):
    AGENT = "agent"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Agent:
    """A person of the contact centre; `name` is what subscribers see."""

    id: int
    login: str = field(repr=False)
    name: str = field(repr=False)
    role: Role
    on_duty: bool
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """Shown once to whoever created or reset the login; stored nowhere."""

    login: str = field(repr=False)
    password: str = field(repr=False)


class Agents:
    """Every change is one unit of work; passwords are compared outside of it."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords | None = None) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords or Passwords()

    async def create(self, login: str, name: str, role: Role = Role.AGENT) -> OneTimePassword:
        """Raises Unacceptable for a login that is malformed or in use."""
        login, name = login.strip().lower(), " ".join(name.split())
        if not LOGIN.fullmatch(login):
            raise Unacceptable("Логин: от 2 до 64 знаков, латинские буквы, цифры, точка, дефис.")
        if not 1 <= len(name) <= 100 or not name.isprintable():
            raise Unacceptable("Имя: от 1 до 100 знаков. Его увидит абонент.")
        password = one_time_password()
        row = {
            "login": login,
            "name": name,
            "role": role.value,
            "password_hash": await self._passwords.hash(password),
            "must_change_password": True,
            "created_at": self._clock.now(),
        }
        async with self._database.work() as connection:
            created = insert(agents).values(row).on_conflict_do_nothing().returning(agents.c.id)
            agent_id = (await connection.execute(created)).scalar_one_or_none()
        if agent_id is None:
            raise Unacceptable("Такой логин уже есть. Возьмите другой.")
        log.info("agent_created", agent=agent_id, role=role.value)
        return OneTimePassword(login, password)

    async def ensure_first_admin(self) -> OneTimePassword | None:
        """The login of the first administrator; None when there is one."""
        is_admin = agents.c.role == Role.ADMIN.value
        async with self._database.reading() as connection:
            known = (await connection.execute(select(func.count()).where(is_admin).select_from(agents))).scalar_one()
        return None if known else await self.create(FIRST_ADMIN, "Администратор", Role.ADMIN)

    async def everyone(self) -> list[Agent]:
        async with self._database.reading() as connection:
            rows = await connection.execute(select(agents).order_by(agents.c.name, agents.c.id))
            return [agent_from(row) for row in rows.mappings()]

    async def authenticate(self, login: str, password: str) -> Agent | None:
        """None for an unknown login, a wrong password and a locked login alike, and in the same time.

        An attempt counts as failed until its password has proved right, so many at once win nothing.
        """
        row = await self._begin_attempt(login.strip().lower())
        if not await self._passwords.matches(password, row["password_hash"] if row else None) or row is None:
            return None
        async with self._database.work() as connection:
            await connection.execute(
                update(agents).where(agents.c.id == row["id"]).values(failed_logins=0, locked_until=None)
            )
        return agent_from(row)

    async def change_password(self, agent: Agent, old: str, new: str) -> None:
        """Raises Unacceptable. The caller ends the other sessions."""
        if fault := fault_of(new, agent.login):
            raise Unacceptable(fault)
        if new == old:
            raise Unacceptable("Новый пароль совпадает с нынешним.")
        if await self.authenticate(agent.login, old) is None:
            raise Unacceptable("Нынешний пароль не подошёл. После пяти ошибок вход закрывается на 15 минут.")
        await self._set_password(agent.id, new, must_change=False)

    async def reset_password(self, agent_id: int) -> OneTimePassword:
        """A new one-time password; also opens a locked login. The caller ends the sessions."""
        async with self._database.reading() as connection:
            login = (
                await connection.execute(select(agents.c.login).where(agents.c.id == agent_id))
            ).scalar_one_or_none()
        if login is None:
            raise NotFound
        password = one_time_password()
        await self._set_password(agent_id, password, must_change=True)
        log.info("agent_password_reset", agent=agent_id)
        return OneTimePassword(login, password)

    async def set_duty(self, agent_id: int, *, on: bool) -> None:
        async with self._database.work() as connection:
            await connection.execute(update(agents).where(agents.c.id == agent_id).values(on_duty=on))

    async def _begin_attempt(self, login: str) -> RowMapping | None:
        """The agent's row if the login may be tried now; the attempt is already counted."""
        now = self._clock.now()
        async with self._database.work() as connection:
            row = (await connection.execute(select(agents).where(agents.c.login == login))).mappings().one_or_none()
            if row is None or (row["locked_until"] and row["locked_until"] > now):
                return None
            await _count_failure(connection, row, locked_until=now + LOCK)
        return row

    async def _set_password(self, agent_id: int, password: str, *, must_change: bool) -> None:
        password_hash = await self._passwords.hash(password)
        async with self._database.work() as connection:
            await connection.execute(
                update(agents)
                .where(agents.c.id == agent_id)
                .values(
                    password_hash=password_hash, must_change_password=must_change, failed_logins=0, locked_until=None
                )
            )


def agent_from(row: RowMapping) -> Agent:
    return Agent(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        on_duty=row["on_duty"],
        must_change_password=row["must_change_password"],
    )


async def _count_failure(connection: AsyncConnection, row: RowMapping, locked_until: datetime) -> None:
    """A lock that has ended begins a new count."""
    failures = 1 if row["locked_until"] else row["failed_logins"] + 1
    locks = failures >= FAILURES_BEFORE_LOCK
    if locks:
        log.warning("agent_login_locked", agent=row["id"])
    await connection.execute(
        update(agents)
        .where(agents.c.id == row["id"])
        .values(failed_logins=failures, locked_until=locked_until if locks else None)
    )
