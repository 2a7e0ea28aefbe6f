"""How far a messenger that is asked for events has been read, for those that do not remember it themselves."""

from typing import Protocol

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.storage.database import Database
from bot.storage.tables import cursors


class Cursors(Protocol):
    async def load(self, channel: str, account: str) -> str:
        """Empty when there is none yet."""
        ...

    async def save(self, channel: str, account: str, value: str) -> None:
        """Only after everything before it was accepted."""
        ...


class DatabaseCursors:
    """Implements Cursors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, channel: str, account: str) -> str:
        query = select(cursors.c.value).where(cursors.c.channel == channel, cursors.c.account == account)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none() or ""

    async def save(self, channel: str, account: str, value: str) -> None:
        row = {"channel": channel, "account": account, "value": value}
        stored = insert(cursors).values(row)
        async with self._database.work() as connection:
            await connection.execute(
                stored.on_conflict_do_update(index_elements=["channel", "account"], set_={"value": value})
            )
