"""The unit of work: all or nothing, one writer at a time, readers see only what is committed."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.storage import conversations
from bot.storage.database import Database
from bot.storage.tables import conversations as table
from tests.support.clock import MORNING
from tests.support.core import open_database, subscriber


async def count(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_work_is_stored_at_its_end(database: Database) -> None:
    async with database.work() as connection:
        await conversations.find_or_create(connection, subscriber(), MORNING)
    assert await count(database) == 1


async def test_an_exception_stores_nothing(database: Database) -> None:
    async def break_down() -> None:
        async with database.work() as connection:
            await conversations.find_or_create(connection, subscriber(), MORNING)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_down()
    assert await count(database) == 0


async def test_an_error_quotes_nothing_of_what_was_to_be_stored(database: Database) -> None:
    """The web server logs what nobody caught."""
    async with database.work() as connection:
        await connection.exec_driver_sql("ALTER TABLE conversations RENAME TO gone")
    with pytest.raises(OperationalError) as fault:
        async with database.work() as connection:
            await conversations.find_or_create(connection, subscriber("private"), MORNING)
    assert "private" not in str(fault.value)
    assert subscriber().name not in str(fault.value)


async def test_readers_see_nothing_half_done(database: Database) -> None:
    async with database.work() as connection:
        await conversations.find_or_create(connection, subscriber("1"), MORNING)
        assert await count(database) == 0
        await conversations.find_or_create(connection, subscriber("2"), MORNING)
        assert await count(database) == 0
    assert await count(database) == 2


async def test_a_cancelled_work_stores_nothing_and_blocks_nobody(database: Database) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with database.work() as connection:
            await conversations.find_or_create(connection, subscriber("1"), MORNING)
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await count(database) == 0
    async with asyncio.timeout(5), database.work() as connection:
        await conversations.find_or_create(connection, subscriber("2"), MORNING)
    assert await count(database) == 1


async def test_work_cancelled_at_any_moment_is_stored_whole_or_not_at_all(database: Database) -> None:
    async def work(number: int) -> None:
        async with database.work() as connection:
            for half in ("a", "b"):
                await conversations.find_or_create(connection, subscriber(f"{number}{half}"), MORNING)

    for number in range(60):
        task = asyncio.create_task(work(number))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with database.work():
        pass  # whoever was cancelled last has let go
    async with database.reading() as connection:
        chats = set((await connection.execute(select(table.c.chat_id))).scalars())
    halves = Counter(chat[:-1] for chat in chats)
    assert set(halves.values()) <= {2}


async def test_writers_wait_for_each_other_and_none_fails(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.work() as connection:
            await conversations.find_or_create(connection, subscriber(str(number)), MORNING)
            await asyncio.sleep(0)

    await asyncio.gather(*(write(number) for number in range(40)))
    assert await count(database) == 40


async def test_two_processes_write_the_same_file(database: Database, tmp_path: Path) -> None:
    other = open_database(tmp_path)

    async def write(through: Database, number: int) -> None:
        async with through.work() as connection:
            await conversations.find_or_create(connection, subscriber(str(number)), MORNING)

    await asyncio.gather(*(write((database, other)[number % 2], number) for number in range(20)))
    assert await count(database) == 20
    await other.close()


async def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    async def take_by_nobody() -> None:
        async with database.work() as connection:
            await conversations.find_or_create(connection, subscriber(), MORNING)
            await connection.execute(table.update().values(agent_id=99))

    with pytest.raises(IntegrityError):
        await take_by_nobody()
    assert await count(database) == 0


async def test_every_connection_checks_references_and_writes_ahead(database: Database) -> None:
    async with database.reading() as first, database.reading() as second:
        for connection in (first, second):
            assert (await connection.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1
            assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
