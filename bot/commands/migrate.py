"""`otklik migrate`: bring the database to the newest schema. `run` does it by itself."""

import asyncio

from bot.commands.options import DEFAULT_CONFIG, ConfigOption, say, start
from bot.config import database_url
from bot.storage.database import Database
from bot.storage.migrate import upgrade


def migrate(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to the newest schema; harmless when it is there already."""
    settings, secrets = start(config, quiet=True)
    asyncio.run(_upgrade(database_url(settings, secrets)))
    say("The database has the newest schema.")


async def _upgrade(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()
