"""A real SQLite file, made by the migrations."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from bot.storage.migrate import upgrade
from tests.support.core import open_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = open_database(tmp_path)
    await upgrade(opened)
    yield opened
    await opened.close()
