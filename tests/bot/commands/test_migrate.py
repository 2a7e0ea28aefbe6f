"""`otklik migrate`, and what all commands do with a configuration that is not there."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.storage.migrate import is_current
from tests.bot.commands.conftest import Run
from tests.support.core import open_database


async def current(folder: Path) -> bool:
    database = open_database(folder)
    try:
        return await is_current(database)
    finally:
        await database.close()


def test_a_database_is_made_and_made_again_without_harm(otklik: Run, folder: Path) -> None:
    for _ in range(2):
        assert otklik("migrate").exit_code == 0
        assert asyncio.run(current(folder))


def test_the_address_in_the_environment_wins(otklik: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = folder / "elsewhere"
    monkeypatch.setenv("OTKLIK_DATABASE_URL", f"sqlite+aiosqlite:///{elsewhere}/otklik.db")
    assert otklik("migrate").exit_code == 0
    assert asyncio.run(current(elsewhere))
    assert not (folder / "otklik.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [["run"], ["chat"], ["ask", "вопрос"], ["migrate"], ["knowledge", "stats"], ["knowledge", "build"]],
    ids=lambda arguments: arguments[0],
)
def test_a_configuration_that_is_not_there_is_one_plain_sentence(otklik: Run, arguments: list[str]) -> None:
    result = otklik(*arguments, "--config", "nowhere.yml")
    assert result.exit_code == 1
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception).startswith("nowhere.yml: there is no such file")
