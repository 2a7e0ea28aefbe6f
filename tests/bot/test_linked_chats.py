"""Two messengers of one person, over the real database: a code given in one is typed in the other."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.dialogue.conversation import Status
from bot.messages import Incoming
from bot.storage import links
from bot.storage.tables import link_codes
from tests.support.channel import FakeChannel
from tests.support.core import Core, open_core, subscriber, written

ASK = "связать чаты"


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    channels = [FakeChannel(name) for name in ("telegram", "vk", "viber")]
    async with open_core(tmp_path, *channels) as opened:
        opened.knowledge.finds(ASK, app_link_chats=0.9)
        yield opened


class Person:
    """Somebody with a chat in some messengers; every message has an id of its own."""

    def __init__(self, core: Core, chat: str = "1") -> None:
        self._core = core
        self._chat = chat
        self._written = 0

    def message(self, channel: str, text: str) -> Incoming:
        self._written += 1
        message = written(f"{self._chat}:{self._written}", text)
        return replace(message, sender=subscriber(self._chat, channel))

    async def writes(self, channel: str, text: str) -> str:
        """The last thing heard there."""
        await self._core.inbox.accept(self.message(channel, text))
        await self._core.settled()
        return self._core.channels[channel].texts[-1]

    async def code(self, channel: str) -> str:
        found = re.fullmatch(r"link_code (\d{4}-\d{4}) 10", await self.writes(channel, ASK))
        assert found
        return found[1]


async def linked(core: Core, conversation_id: int) -> list[int]:
    async with core.database.reading() as connection:
        return await links.linked(connection, conversation_id)


async def test_the_chat_that_the_code_was_given_to_hears_of_the_link(core: Core) -> None:
    """Whoever gave the code away notices."""
    person = Person(core)
    code = await person.code("telegram")
    await person.writes("vk", code)
    assert core.channels["telegram"].texts[-1].startswith("link_news")


async def test_the_bot_does_not_tell_it_while_a_person_has_the_conversation(core: Core) -> None:
    person = Person(core)
    code = await person.code("telegram")
    await core.move(1, Status.QUEUED)
    heard = list(core.channels["telegram"].texts)
    assert await person.writes("vk", code) == "linked"
    assert core.channels["telegram"].texts == heard


async def test_a_code_links_two_chats_once(core: Core) -> None:
    person = Person(core)
    code = await person.code("telegram")
    assert await person.writes("vk", code) == "linked"
    assert await linked(core, 1) == [1, 2]
    assert await Person(core, "2").writes("viber", code) == "link_code_wrong"
    assert await linked(core, 3) == [3]


async def test_three_messengers_become_one_person_and_two_persons_one(core: Core) -> None:
    person, other = Person(core), Person(core, "2")
    await person.writes("vk", await person.code("telegram"))
    await other.writes("viber", await other.code("telegram"))
    await person.writes("viber", await person.code("vk"))
    assert await linked(core, 1) == [1, 2, 5]
    await other.writes("viber", await person.code("telegram"))
    assert await linked(core, 4) == [1, 2, 3, 4, 5]


async def test_a_code_is_too_old_after_ten_minutes(core: Core) -> None:
    person = Person(core)
    code = await person.code("telegram")
    core.clock.advance(10 * 60)
    assert await person.writes("vk", code) == "link_code_wrong"


async def test_only_the_newest_code_of_a_chat_works(core: Core) -> None:
    person = Person(core)
    old, new = await person.code("telegram"), await person.code("telegram")
    assert await person.writes("vk", old) == "link_code_wrong"
    assert await person.writes("vk", new) == "linked"


async def test_a_code_typed_in_its_own_chat_still_works_in_the_other(core: Core) -> None:
    person = Person(core)
    code = await person.code("telegram")
    assert await person.writes("telegram", code) == "link_code_own"
    assert await person.writes("vk", code) == "linked"


async def test_of_two_who_type_the_same_code_at_once_one_is_linked(core: Core) -> None:
    code = await Person(core).code("telegram")
    rivals = [Person(core, str(number)).message("vk", code) for number in range(2, 8)]
    await asyncio.gather(*(core.inbox.accept(message) for message in rivals))
    await core.settled()
    assert sorted(core.channels["vk"].texts) == ["link_code_wrong"] * 5 + ["linked"]
    assert len(await linked(core, 1)) == 2


async def test_while_an_agent_has_the_conversation_it_is_linked_in_silence(core: Core) -> None:
    person = Person(core)
    code = await person.code("telegram")
    said = await person.writes("vk", "спасибо")
    await core.move(2, Status.QUEUED)
    await core.move(2, Status.AGENT)
    assert await person.writes("vk", code) == said
    assert await linked(core, 1) == [1, 2]
    assert (await core.conversation(2)).status is Status.AGENT


async def test_a_code_outlives_the_process(core: Core, tmp_path: Path) -> None:
    code = await Person(core).code("telegram")
    async with open_core(tmp_path, FakeChannel("vk")) as restarted:
        assert await Person(restarted, "2").writes("vk", code) == "linked"


async def test_the_table_of_codes_does_not_tell_them_and_is_empty_after_the_link(core: Core) -> None:
    person = Person(core)
    code = await person.code("telegram")
    for expected in (1, 0):
        async with core.database.reading() as connection:
            rows = (await connection.execute(select(link_codes))).all()
        assert len(rows) == expected
        assert code.replace("-", "") not in str(rows)
        await person.writes("vk", code)


async def test_a_link_is_announced(core: Core) -> None:
    person = Person(core)
    code = await person.code("telegram")
    await person.writes("vk", "спасибо")
    core.changed.clear()
    await person.writes("vk", code)
    assert 2 in core.changed
