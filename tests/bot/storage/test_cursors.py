"""How far pollers have read: kept over restarts, for each account of each channel."""

from pathlib import Path

from bot.storage.cursors import DatabaseCursors
from bot.storage.database import Database
from tests.support.core import closing, open_database


async def test_there_is_none_at_first(database: Database) -> None:
    assert await DatabaseCursors(database).load("vk", "1") == ""


async def test_the_last_one_counts_also_for_the_next_process(database: Database, tmp_path: Path) -> None:
    cursors = DatabaseCursors(database)
    await cursors.save("vk", "1", "41")
    await cursors.save("vk", "1", "42")
    async with closing(open_database(tmp_path)) as reopened:
        assert await DatabaseCursors(reopened).load("vk", "1") == "42"


async def test_channels_and_accounts_do_not_mix(database: Database) -> None:
    cursors = DatabaseCursors(database)
    await cursors.save("vk", "1", "one")
    await cursors.save("vk", "2", "two")
    await cursors.save("telegram", "1", "three")
    found = [await cursors.load(*key) for key in (("vk", "1"), ("vk", "2"), ("telegram", "1"), ("telegram", "2"))]
    assert found == ["one", "two", "three", ""]
