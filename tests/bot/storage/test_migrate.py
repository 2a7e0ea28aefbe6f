"""The migrations make exactly the tables that the code knows, and can be taken back."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.dialogue.ports import Draft
from bot.messages import Audience
from bot.storage import attachments, conversations, inbox, outbox
from bot.storage.database import Database
from bot.storage.delivery_states import settle
from bot.storage.migrate import MIGRATIONS, is_current, upgrade
from bot.storage.tables import metadata
from tests.support.clock import MORNING
from tests.support.core import open_database, subscriber, written


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def downgrade(connection: Connection, to: str = "base") -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, to)


async def test_a_migrated_database_is_what_the_code_expects(database: Database) -> None:
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_indexes_defaults_and_nullability_are_the_same_as_those_of_the_tables(
    database: Database, tmp_path: Path
) -> None:
    """What alembic's comparison does not look at, or takes for different when it is not."""
    plain = Database(f"sqlite+aiosqlite:///{tmp_path / 'plain.db'}")
    async with plain.work() as connection:
        await connection.run_sync(metadata.create_all)
    assert await schema(plain) == await schema(database)
    await plain.close()


async def schema(database: Database) -> dict[str, list[tuple[object, ...]]]:
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    columns = "SELECT name, \"notnull\", dflt_value, pk FROM pragma_table_info('{}') ORDER BY name"
    async with database.reading() as connection:
        found = {"indexes": (await connection.exec_driver_sql(indexes)).all()}
        for table in metadata.tables:
            found[table] = (await connection.exec_driver_sql(columns.format(table))).all()
    return {name: [tuple(row) for row in rows] for name, rows in found.items()}


async def test_a_database_that_is_new_or_old_is_not_current(tmp_path: Path) -> None:
    fresh = open_database(tmp_path)
    assert not await is_current(fresh)
    await upgrade(fresh)
    assert await is_current(fresh)
    await upgrade(fresh)
    assert await is_current(fresh)
    await fresh.close()


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    fresh = open_database(tmp_path / "not" / "yet" / "there")
    await upgrade(fresh)
    assert await is_current(fresh)
    await fresh.close()


async def test_every_migration_can_be_taken_back_and_done_again(database: Database) -> None:
    async with database.work() as connection:
        await connection.run_sync(downgrade)
    async with database.reading() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert tables == ["alembic_version"]
    await upgrade(database)
    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


async def test_messages_live_through_the_way_back_and_forth_with_a_delivery_that_each_version_knows(
    database: Database,
) -> None:
    async with database.work() as connection:
        conversation_id = await conversations.find_or_create(connection, subscriber(), MORNING)
        await inbox.accept(connection, conversation_id, written("1", "привет"), MORNING)
        conversation = await conversations.load(connection, conversation_id)
        ids = await outbox.add(connection, conversation, [Draft(name) for name in ("а", "б", "в", "г")], MORNING)
        for message_id, delivery in zip(ids, ("sent", "delivered", "read", "failed"), strict=True):
            await settle(connection, message_id, delivery=delivery)
    async with database.migrating() as connection:
        await connection.run_sync(downgrade, "0001")
    async with database.reading() as connection:
        found = await connection.exec_driver_sql("SELECT delivery FROM messages ORDER BY id")
        assert found.scalars().all() == [None, "sent", "sent", "sent", "failed"]
    await upgrade(database)
    async with database.reading() as connection:
        assert (await conversations.load(connection, conversation_id)).audience is Audience.PRIVATE
        assert await attachments.conversations_to_collect(connection) == []
        turn = await inbox.oldest_unhandled(connection, conversation_id)
    assert turn
    assert turn.text == "привет"
