"""`otklik desk add-agent`: a person and a one-time password."""

import asyncio
import re
from pathlib import Path

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.tables import agents
from tests.bot.commands.conftest import Run
from tests.support.core import open_database


def stored(folder: Path) -> list[tuple[object, ...]]:
    async def read(database: Database) -> list[tuple[object, ...]]:
        async with database.reading() as connection:
            rows = await connection.execute(
                select(agents.c.login, agents.c.name, agents.c.role, agents.c.password_hash)
            )
            found = [tuple(row) for row in rows]
        await database.close()
        return found

    return asyncio.run(read(open_database(folder)))


def test_a_person_is_added_and_their_password_shown_once(otklik: Run, folder: Path) -> None:
    result = otklik("desk", "add-agent", "m.test", "--name", "Специалист")
    assert result.exit_code == 0
    shown = re.fullmatch(r"login m\.test, one-time password (\S+)\n", result.stdout)
    assert shown
    ((login, name, role, password_hash),) = stored(folder)
    assert (login, name, role) == ("m.test", "Специалист", "agent")
    assert shown[1] not in str(password_hash)
    assert shown[1] not in result.stderr


def test_an_administrator_is_added_by_the_role(otklik: Run, folder: Path) -> None:
    assert otklik("desk", "add-agent", "boss", "--name", "Старший", "--role", "admin").exit_code == 0
    assert stored(folder)[0][2] == "admin"


def test_a_login_in_use_adds_nobody(otklik: Run, folder: Path) -> None:
    otklik("desk", "add-agent", "m.test", "--name", "Первый")
    assert otklik("desk", "add-agent", "m.test", "--name", "Второй").exit_code == 1
    assert [row[1] for row in stored(folder)] == ["Первый"]


def test_a_malformed_login_adds_nobody(otklik: Run, folder: Path) -> None:
    assert otklik("desk", "add-agent", "Не логин", "--name", "Первый").exit_code == 1
    assert stored(folder) == []


def test_a_wrong_call_says_how_to_call(otklik: Run) -> None:
    for arguments in (["m.test"], ["m.test", "--name", "Имя", "--role", "king"], []):
        assert otklik("desk", "add-agent", *arguments).exit_code == 2
