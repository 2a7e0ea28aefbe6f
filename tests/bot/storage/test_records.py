"""The dialogue's records over the database: a turn is stored whole, or not at all."""

from dataclasses import replace

from bot.dialogue.conversation import Memory, Status
from bot.dialogue.ports import Draft, Plan, Verdict
from bot.storage import conversations, inbox, links
from bot.storage.database import Database
from bot.storage.records import DatabaseRecords
from tests.support.clock import MORNING, FakeClock
from tests.support.core import subscriber, written


async def accepted(database: Database, *texts: str) -> DatabaseRecords:
    async with database.work() as connection:
        conversation_id = await conversations.find_or_create(connection, subscriber(), MORNING)
        for text in texts:
            await inbox.accept(connection, conversation_id, written(text, text), MORNING)
    return DatabaseRecords(database, FakeClock())


async def test_a_turn_is_the_oldest_message_with_its_conversation(database: Database) -> None:
    records = await accepted(database, "один", "два")
    turn = await records.next_turn(1)
    assert turn
    assert (turn[0].id, turn[0].status, turn[1].text) == (1, Status.BOT, "один")


async def test_a_finished_turn_is_stored_whole(database: Database) -> None:
    records = await accepted(database, "один")
    turn = await records.next_turn(1)
    assert turn
    before, received = turn
    after = before.remember(Memory(greeted=True)).move(Status.QUEUED, now=MORNING)
    assert await records.finish(before, received, Plan(after, (Draft("а"), Draft("б")), Verdict("escalate")))
    assert await records.next_turn(1) is None
    assert await records.queue_place(1) == 1
    async with database.reading() as connection:
        assert await conversations.load(connection, 1) == replace(after, version=1)
        assert await inbox.last_turn(connection, subscriber()) == (Status.QUEUED, Verdict("escalate"))


async def test_when_somebody_changed_the_conversation_meanwhile_nothing_is_stored(database: Database) -> None:
    records = await accepted(database, "один")
    turn = await records.next_turn(1)
    assert turn
    before, received = turn
    async with database.work() as connection:
        assert await conversations.save(connection, before, before.move(Status.QUEUED, now=MORNING), MORNING)
    assert not await records.finish(before, received, Plan(before, (Draft("а"),), Verdict("answer")))
    again = await records.next_turn(1)
    assert again
    assert (again[0].status, again[1]) == (Status.QUEUED, received)
    async with database.reading() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM messages WHERE delivery IS NOT NULL")
        assert count.scalar_one() == 0


async def test_a_code_that_was_used_up_meanwhile_links_nothing_and_the_turn_is_decided_anew(
    database: Database,
) -> None:
    records = await accepted(database, "1234-5678")
    turn = await records.next_turn(1)
    assert turn
    async with database.work() as connection:
        owner = await conversations.find_or_create(connection, subscriber("2"), MORNING)
        third = await conversations.find_or_create(connection, subscriber("3"), MORNING)
        await links.issue(connection, owner, "12345678", MORNING)
    assert await records.code_owner("12345678") == owner
    plan = Plan(turn[0], (Draft("linked"),), Verdict("record"), link_with=owner)
    async with database.work() as connection:
        await links.link(connection, owner, third, MORNING)
    assert not await records.finish(*turn, plan)
    async with database.reading() as connection:
        assert await links.linked(connection, 1) == [1]
    assert await records.next_turn(1) == turn


async def test_a_code_is_stored_and_used_up_together_with_its_turn(database: Database) -> None:
    records = await accepted(database, "связать чаты")
    turn = await records.next_turn(1)
    assert turn
    plan = Plan(turn[0], (Draft("код"),), Verdict("answer"), issued_code="12345678")
    assert await records.finish(*turn, plan)
    assert await records.code_owner("12345678") == 1
