"""Codes that link chats live shortly and once; linked conversations are one person's, however they were linked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.storage import conversations, links
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from bot.storage.tables import conversations as conversations_table
from bot.storage.tables import link_codes, persons
from tests.support.clock import MORNING
from tests.support.core import closing, open_database, subscriber
from tests.support.instant import run_instantly

CODE = "12345678"
LATE = MORNING + timedelta(minutes=10)


class People:
    """Chats of the database, by number."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def meet(self, count: int) -> None:
        async with self.database.work() as connection:
            for number in range(1, count + 1):
                assert await conversations.find_or_create(connection, subscriber(str(number)), MORNING) == number

    async def link(self, first: int, second: int) -> None:
        async with self.database.work() as connection:
            await links.link(connection, first, second, MORNING)

    async def linked(self, conversation_id: int) -> list[int]:
        async with self.database.reading() as connection:
            return await links.linked(connection, conversation_id)

    async def issue(self, conversation_id: int, code: str = CODE) -> None:
        async with self.database.work() as connection:
            await links.issue(connection, conversation_id, code, MORNING)

    async def owner(self, code: str = CODE, *, at: datetime = MORNING) -> int | None:
        async with self.database.reading() as connection:
            return await links.owner(connection, code, at)

    async def count_persons(self) -> int:
        async with self.database.reading() as connection:
            return int((await connection.execute(select(func.count()).select_from(persons))).scalar_one())


@pytest.fixture
async def people(database: Database) -> People:
    met = People(database)
    await met.meet(6)
    return met


async def test_a_code_leads_to_its_conversation(people: People) -> None:
    await people.issue(3)
    assert await people.owner() == 3
    assert await people.owner("87654321") is None


async def test_a_code_lives_for_ten_minutes(people: People) -> None:
    await people.issue(3)
    assert await people.owner(at=LATE - timedelta(seconds=1)) == 3
    assert await people.owner(at=LATE) is None


async def test_a_conversation_has_one_code_the_newest(people: People) -> None:
    await people.issue(3)
    await people.issue(3, "11112222")
    assert await people.owner() is None
    assert await people.owner("11112222") == 3


async def test_codes_of_other_conversations_stay(people: People) -> None:
    await people.issue(3)
    await people.issue(4, "11112222")
    assert (await people.owner(), await people.owner("11112222")) == (3, 4)


async def test_a_used_code_leads_nowhere(people: People) -> None:
    await people.issue(3)
    async with people.database.reading() as connection:
        assert await links.has_code(connection, 3, MORNING)
        assert not await links.has_code(connection, 3, LATE)
        assert not await links.has_code(connection, 4, MORNING)
    await people.link(3, 4)
    assert await people.owner() is None
    async with people.database.reading() as connection:
        assert not await links.has_code(connection, 3, MORNING)


async def test_the_table_does_not_tell_the_code(people: People) -> None:
    await people.issue(3)
    async with people.database.reading() as connection:
        (row,) = (await connection.execute(select(link_codes))).all()
    assert CODE not in str(row)


async def test_who_is_linked_to_nobody_is_alone(people: People) -> None:
    assert await people.linked(5) == [5]
    await people.link(1, 2)
    assert await people.linked(5) == [5]


async def test_two_linked_chats_are_one_person_s(people: People) -> None:
    await people.link(4, 2)
    assert await people.linked(2) == await people.linked(4) == [2, 4]


async def test_three_channels_may_be_one_person_s(people: People) -> None:
    await people.link(1, 2)
    await people.link(3, 1)
    assert await people.linked(3) == [1, 2, 3]
    assert await people.count_persons() == 1


async def test_two_persons_become_one(people: People) -> None:
    await people.link(1, 2)
    await people.link(3, 4)
    await people.link(2, 3)
    assert await people.linked(1) == [1, 2, 3, 4]
    assert await people.count_persons() == 1


async def test_linking_again_changes_nothing(people: People) -> None:
    await people.link(1, 2)
    await people.link(2, 1)
    assert await people.linked(1) == [1, 2]
    assert await people.count_persons() == 1


CHATS = st.integers(1, 6)
LINKS = st.lists(st.tuples(CHATS, CHATS), max_size=8)


def test_linked_is_an_equivalence(tmp_path_factory: pytest.TempPathFactory) -> None:
    """As good as a set of sets, and no person is left over without a conversation."""

    @settings(max_examples=25)
    @given(LINKS)
    def check(pairs: Sequence[tuple[int, int]]) -> None:
        run_instantly(_compare(tmp_path_factory.mktemp("links"), pairs))

    check()


async def _compare(folder: Path, pairs: Sequence[tuple[int, int]]) -> None:
    async with closing(open_database(folder)) as database:
        await upgrade(database)
        people = People(database)
        await people.meet(6)
        sets = {number: {number} for number in range(1, 7)}
        for first, second in pairs:
            await people.link(first, second)
            together = sets[first] | sets[second]
            sets |= dict.fromkeys(together, together)
        assert [await people.linked(number) for number in sets] == [sorted(found) for found in sets.values()]
        used = select(func.count(conversations_table.c.person_id.distinct()))
        async with database.reading() as connection:
            assert await people.count_persons() == (await connection.execute(used)).scalar_one()
