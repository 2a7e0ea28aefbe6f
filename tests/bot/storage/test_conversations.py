"""One conversation a chat, compare-and-set, the place in the queue."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.dialogue.conversation import Conversation, Memory, Reason, Status
from bot.messages import Sender
from bot.storage import conversations
from bot.storage.database import Database
from tests.support.clock import MORNING
from tests.support.core import subscriber

LATER = MORNING + timedelta(minutes=5)


async def create(database: Database, sender: Sender) -> int:
    async with database.work() as connection:
        return await conversations.find_or_create(connection, sender, MORNING)


async def load(database: Database, conversation_id: int) -> Conversation:
    async with database.reading() as connection:
        return await conversations.load(connection, conversation_id)


async def save(database: Database, before: Conversation, after: Conversation) -> bool:
    async with database.work() as connection:
        return await conversations.save(connection, before, after, LATER)


async def queue(database: Database, conversation_id: int, minute: int) -> None:
    before = await load(database, conversation_id)
    assert await save(database, before, before.move(Status.QUEUED, now=MORNING + timedelta(minutes=minute)))


async def place(database: Database, conversation_id: int) -> int:
    async with database.reading() as connection:
        return await conversations.queue_place(connection, conversation_id)


async def test_a_chat_has_one_conversation_for_ever(database: Database) -> None:
    ids = await asyncio.gather(*(create(database, subscriber()) for _ in range(10)))
    assert len(set(ids)) == 1


async def test_channel_account_and_chat_together_name_a_conversation(database: Database) -> None:
    senders = [Sender("a", "x", "1"), Sender("b", "x", "1"), Sender("a", "y", "1"), Sender("a", "x", "2")]
    assert len({await create(database, sender) for sender in senders}) == 4


async def test_a_new_conversation_is_the_bots_and_knows_nothing(database: Database) -> None:
    found = await load(database, await create(database, subscriber()))
    assert found == Conversation(found.id, subscriber(), Status.BOT, 0)


async def test_a_name_is_kept_until_a_new_one_is_known(database: Database) -> None:
    conversation_id = await create(database, replace(subscriber(), name="Первый"))
    await create(database, replace(subscriber(), name=""))
    assert (await load(database, conversation_id)).sender.name == "Первый"
    await create(database, replace(subscriber(), name="Второй" * 100))
    assert (await load(database, conversation_id)).sender.name == ("Второй" * 100)[:200]


async def test_everything_of_a_conversation_is_stored(database: Database) -> None:
    before = await load(database, await create(database, subscriber()))
    memory = Memory(greeted=True, misses=1, topic="a.b", question="вопрос", offered=("a.c", "a.d"), reassured=True)
    after = before.remember(memory).move(Status.QUEUED, now=MORNING, reason=Reason.ANGRY)
    assert await save(database, before, after)
    assert await load(database, before.id) == replace(after, version=1)


async def test_of_two_writers_one_wins(database: Database) -> None:
    before = await load(database, await create(database, subscriber()))
    first = before.move(Status.QUEUED, now=MORNING)
    second = before.move(Status.CLOSED, now=MORNING)
    results = await asyncio.gather(save(database, before, first), save(database, before, second))
    assert sorted(results) == [False, True]
    stored = await load(database, before.id)
    assert stored.status is (Status.QUEUED if results[0] else Status.CLOSED)
    assert stored.version == 1


async def test_who_left_is_unreachable_until_they_write_again(database: Database) -> None:
    conversation_id = await create(database, subscriber())
    async with database.work() as connection:
        assert await conversations.mark_unreachable(connection, subscriber()) == conversation_id
    assert not (await load(database, conversation_id)).reachable
    await create(database, subscriber())
    assert (await load(database, conversation_id)).reachable


async def test_a_stranger_who_left_is_nobody(database: Database) -> None:
    async with database.work() as connection:
        assert await conversations.mark_unreachable(connection, subscriber("99")) is None


async def test_places_in_the_queue_follow_the_time_of_waiting(database: Database) -> None:
    first, second, third, outside = [await create(database, subscriber(chat)) for chat in "1234"]
    await queue(database, second, 1)
    await queue(database, third, 2)
    await queue(database, first, 3)
    assert [await place(database, each) for each in (second, third, first)] == [1, 2, 3]
    assert await place(database, outside) == 4


async def test_cursors_of_a_conversation_only_grow(database: Database) -> None:
    conversation_id = await create(database, subscriber())

    async def draw() -> int:
        async with database.work() as connection:
            return await conversations.next_change(connection, conversation_id)

    assert sorted(await asyncio.gather(*(draw() for _ in range(10)))) == list(range(1, 11))
