"""One person, one history: conversations of a person in several messengers."""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Attachment, AttachmentKind, File
from handoff.agents import Agent
from handoff.errors import NotFound
from handoff.history import PAGE
from handoff.person import cursors_of, read_cursor, write_cursor
from handoff.reading import Opened
from tests.handoff.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


async def person(world: World) -> tuple[int, int]:
    """A talk with the bot in one messenger, a call for a person in another, both of one subscriber."""
    earlier = await world.writes("вопрос в Telegram", chat="1", name="Колобок")
    await world.bot_says(earlier, "ответ бота")
    asked = await world.queued("позовите человека", channel="vk", chat="2", name="Колобок К.")
    await world.linked(earlier, asked)
    return earlier, asked


def texts(opened: Opened) -> list[str]:
    return [message.html for message in opened.messages]


async def test_the_history_joins_linked_conversations_in_order_of_time_and_says_where(world: World) -> None:
    agent = await world.agent()
    earlier, asked = await person(world)
    await world.writes("и ещё в Telegram", chat="1", name="Колобок")
    opened = await world.reader.history(agent, asked)
    assert [(message.channel, message.name) for message in opened.messages] == [
        ("Telegram", "Колобок"),
        ("Telegram", "Бот"),
        ("", "Колобок К."),
        ("Telegram", "Колобок"),
    ]
    assert (opened.conversation.channel, opened.conversation.also_in) == ("ВКонтакте", ("Telegram",))
    assert read_cursor(opened.cursor).keys() == {earlier, asked}


async def test_replies_go_into_the_open_conversation(world: World) -> None:
    agent = await world.agent()
    earlier, asked = await person(world)
    await world.desk.take(agent, asked)
    await world.desk.reply(agent, asked, text="Здравствуйте!", client_key="key-0001")
    assert (await world.said(asked))[-1] == "Здравствуйте!"
    assert await world.said(earlier) == ["ответ бота"]


async def test_a_question_asked_in_a_linked_conversation_has_suggestions(world: World) -> None:
    agent = await world.agent()
    earlier = await world.writes("как продать гигабайты на маркете", chat="1")
    asked = await world.queued("позовите человека", channel="vk", chat="2")
    await world.linked(earlier, asked)
    await world.reader.suggestions(agent, asked)
    assert world.knowledge.asked == ["как продать гигабайты на маркете"]


async def test_what_happens_in_a_linked_conversation_comes_after_the_cursor_once(world: World) -> None:
    agent = await world.agent()
    earlier, asked = await person(world)
    opened = await world.reader.history(agent, asked)
    await world.delivered(earlier)
    await world.writes("ещё в Telegram", chat="1")
    news = await world.reader.history(agent, asked, after=opened.cursor)
    assert [message.html for message in news.messages] == ["<p>ответ бота</p>", "ещё в Telegram"]
    assert not news.fresh
    assert not (await world.reader.history(agent, asked, after=news.cursor)).messages


async def test_a_link_made_while_the_page_is_open_begins_the_history_anew(world: World) -> None:
    agent = await world.agent()
    earlier = await world.writes("раньше", chat="1")
    asked = await world.queued("позже", channel="vk", chat="2")
    opened = await world.reader.history(agent, asked)
    assert (texts(opened), opened.fresh, opened.conversation.also_in) == (["позже"], True, ())
    await world.linked(earlier, asked)
    anew = await world.reader.history(agent, asked, after=opened.cursor)
    assert (texts(anew), anew.fresh) == (["раньше", "позже"], True)
    assert not (await world.reader.history(agent, asked, after=anew.cursor)).fresh


async def test_older_pages_of_a_joined_history_have_no_gap_and_nothing_twice(world: World) -> None:
    agent = await world.agent()
    earlier, asked = await person(world)
    for number in range(PAGE):
        await world.bot_says(earlier, str(number))
        await world.bot_says(asked, str(number))
    page = await world.reader.history(agent, asked)
    seen = [message.id for message in page.messages]
    while page.more:
        page = await world.reader.history(agent, asked, before=seen[0])
        seen = [message.id for message in page.messages] + seen
    assert seen == list(range(1, 2 * PAGE + 4))


async def test_many_changes_in_several_conversations_come_in_pages_without_a_gap(world: World) -> None:
    agent = await world.agent()
    earlier, asked = await person(world)
    cursor = (await world.reader.history(agent, asked)).cursor
    for number in range(PAGE):
        await world.bot_says(earlier, str(number))
        await world.bot_says(asked, str(number))
    seen: list[int] = []
    more = True
    while more:
        page = await world.reader.history(agent, asked, after=cursor)
        assert len(page.messages) <= PAGE
        seen += [message.id for message in page.messages]
        cursor, more = page.cursor, page.more
    assert sorted(seen) == list(range(4, 2 * PAGE + 4))


async def test_who_may_open_one_conversation_reads_its_linked_ones_and_their_files(world: World) -> None:
    agent = await world.agent()
    earlier, asked = await person(world)
    world.messenger.files["ref"] = File(PNG, "image/png")
    await world.writes(chat="1", attachments=(Attachment(AttachmentKind.PHOTO, "ref"),))
    opened = await world.reader.history(agent, asked)
    message = opened.messages[-1]
    assert (await world.reader.attachment(agent, message.id, 0))[1].ref == "ref"
    with pytest.raises(NotFound):
        await world.reader.history(agent, earlier)
    await world.desk.close(await world.agent("boris"), asked)
    with pytest.raises(NotFound):
        await world.reader.attachment(agent, message.id, 0)


@pytest.mark.parametrize("cursor", ["", "1", "0:1", "1:2,", "1:-1", "1:2;3:4", "1:1' OR 1", "9" * 19 + ":1", "1:2\n"])
async def test_a_cursor_that_is_not_ours_is_refused(world: World, client: httpx.AsyncClient, cursor: str) -> None:
    conversation_id = await world.queued()
    address = f"/desk/api/conversations/{conversation_id}/messages"
    assert (await client.get(address, params={"after": cursor})).status_code == 422
    stale = await client.get(address, params={"after": "9" * 18 + ":" + "9" * 18})
    assert (stale.status_code, stale.json()["fresh"]) == (200, True)


@given(st.dictionaries(st.integers(1, 10**18 - 1), st.integers(0, 10**18 - 1), min_size=1))
def test_a_cursor_is_read_as_it_was_written(cursor: dict[int, int]) -> None:
    assert read_cursor(write_cursor(cursor)) == cursor


async def test_the_live_cursor_equals_the_one_of_a_page_that_knows_everything(world: World) -> None:
    agent = await world.agent()
    _, asked = await person(world)
    alone = await world.queued(chat="3")
    async with world.database.reading() as connection:
        cursors = await cursors_of(connection, [asked, alone, 404])
    assert cursors == {each: (await world.reader.history(agent, each)).cursor for each in (asked, alone)}


class FakePage:
    """What the browser does: keeps what it was told, forgets it when the history begins anew."""

    def __init__(self, world: World, agent: Agent, conversation_id: int) -> None:
        self._ask = lambda after: world.reader.history(agent, conversation_id, after=after)
        self.cursor: str | None = None
        self.known: dict[int, object] = {}

    async def look(self) -> None:
        more = True
        while more:
            page = await self._ask(self.cursor)
            if page.fresh:
                self.known = {}
            self.known |= {message.id: message for message in page.messages}
            self.cursor, more = page.cursor, page.more and not page.fresh


ACTS: Any = st.tuples(st.sampled_from(["writes", "says", "delivers", "links", "looks"]), st.integers(0, 2))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=25))
async def test_whoever_asks_after_the_cursor_knows_what_a_fresh_look_shows(
    world: World, acts: list[tuple[str, int]]
) -> None:
    agent = await world.stored_agent("anna") if world.changed else await world.agent()
    first = len(world.changed)
    chats = [f"{first}-{number}" for number in range(3)]
    ids = [await world.queued(chat=chat) for chat in chats]
    page = FakePage(world, agent, ids[0])
    for act, which in acts:
        match act:
            case "writes":
                await world.writes("вопрос", chat=chats[which])
            case "says":
                await world.bot_says(ids[which], "ответ")
            case "delivers":
                await world.delivered(ids[which])
            case "links" if which:
                await world.linked(ids[which - 1], ids[which])
            case "looks":
                await page.look()
    await page.look()
    fresh = await world.reader.history(agent, ids[0])
    assert page.known == {message.id: message for message in fresh.messages}
    assert page.cursor == fresh.cursor
