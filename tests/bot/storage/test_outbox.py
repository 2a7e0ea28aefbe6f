"""What is to be sent: in order, once, through restarts; what could not be sent is kept and listed."""

from datetime import timedelta

import pytest

from bot.dialogue.ports import Draft
from bot.messages import Author, Button, Outgoing
from bot.storage import conversations, outbox
from bot.storage.database import Database
from bot.storage.delivery_states import Delivery
from bot.storage.outbox import Pending
from bot.storage.tables import agents
from tests.support.clock import MORNING
from tests.support.core import subscriber


async def add(
    database: Database, *drafts: Draft | str, chat: str = "1", channel: str = "fake", **rest: object
) -> list[int]:
    async with database.work() as connection:
        conversation_id = await conversations.find_or_create(connection, subscriber(chat, channel), MORNING)
        conversation = await conversations.load(connection, conversation_id)
        wanted = [draft if isinstance(draft, Draft) else Draft(draft) for draft in drafts]
        return await outbox.add(connection, conversation, wanted, MORNING, **rest)  # type: ignore[arg-type]  # its keywords


async def oldest(database: Database, conversation_id: int = 1) -> Pending | None:
    async with database.reading() as connection:
        return await outbox.oldest_undelivered(connection, conversation_id)


async def settle(database: Database, message_id: int, delivery: Delivery, error: str = "") -> None:
    async with database.work() as connection:
        if delivery is Delivery.SENDING:
            await outbox.mark_sending(connection, message_id, MORNING)
        elif delivery is Delivery.SENT:
            await outbox.mark_sent(connection, message_id, "m-1")
        else:
            await outbox.mark_dead(connection, message_id, delivery, error)


async def test_drafts_are_sent_in_their_order(database: Database) -> None:
    first, second = await add(database, Draft("один", (Button("Да", "menu"),)), "два")
    pending = await oldest(database)
    assert pending
    key = f"{first}:{MORNING.isoformat()}"
    assert pending.message == Outgoing(first, "1", "один", (Button("Да", "menu"),), Author.BOT, key=key)
    assert (pending.channel, pending.attempts, pending.created_at) == ("fake", 0, MORNING)
    await settle(database, first, Delivery.SENT)
    following = await oldest(database)
    assert following
    assert following.message.id == second
    await settle(database, second, Delivery.SENT)
    assert await oldest(database) is None


async def test_a_reply_of_an_agent_carries_the_name_and_a_repeated_key_adds_nothing(database: Database) -> None:
    async with database.work() as connection:
        values = {"login": "a", "name": "Специалист", "role": "agent", "password_hash": "", "created_at": MORNING}
        await connection.execute(agents.insert().values(values))
    added = await add(database, "один", "два", agent_id=1, client_key="k")
    assert len(added) == 2
    assert await add(database, "один", "два", agent_id=1, client_key="k") == []
    pending = await oldest(database)
    assert pending
    assert (pending.message.author, pending.message.agent_name) == (Author.AGENT, "Специалист")


async def test_a_postponed_message_waits_and_keeps_its_place(database: Database) -> None:
    first, _ = await add(database, "один", "два")
    until = MORNING + timedelta(seconds=30)
    for free, attempts in ((True, 0), (False, 1), (True, 1)):
        pending = await oldest(database)
        assert pending
        await settle(database, first, Delivery.SENDING)
        async with database.work() as connection:
            await outbox.postpone(connection, pending, until, "wait", free=free)
        pending = await oldest(database)
        assert pending
        assert (pending.message.id, pending.not_before, pending.attempts) == (first, until, attempts)


async def test_after_a_restart_what_was_being_sent_is_repeated_only_where_that_cannot_double_it(
    database: Database,
) -> None:
    (safe,) = await add(database, "один", chat="1", channel="safe")
    (unsafe,) = await add(database, "один", chat="2", channel="unsafe")
    await add(database, "один", chat="3", channel="unsafe")
    for message_id in (safe, unsafe):
        await settle(database, message_id, Delivery.SENDING)
    async with database.work() as connection:
        assert await outbox.recover(connection, ["safe"]) == 2
        assert await outbox.undelivered_conversations(connection) == [1, 3]
        (letter,) = await outbox.dead_letters(connection)
    assert (letter.message_id, letter.delivery) == (unsafe, Delivery.UNCERTAIN)
    pending = await oldest(database, 1)
    assert pending
    assert pending.message.id == safe
    async with database.work() as connection:
        assert await outbox.recover(connection, ["safe"]) == 0


async def test_conversations_with_something_to_send_come_the_longest_waiting_first(database: Database) -> None:
    await add(database, "один", chat="b")
    await add(database, "один", chat="a")
    await add(database, "два", chat="b")
    async with database.reading() as connection:
        assert await outbox.undelivered_conversations(connection) == [1, 2]


@pytest.mark.parametrize("delivery", [Delivery.FAILED, Delivery.UNCERTAIN])
async def test_a_dead_letter_is_listed_without_its_text_and_never_sent_again(
    database: Database, delivery: Delivery
) -> None:
    (message_id,) = await add(database, "тайный текст")
    await settle(database, message_id, delivery, "x" * 5000)
    assert await oldest(database) is None
    async with database.reading() as connection:
        assert await outbox.undelivered_conversations(connection) == []
        (letter,) = await outbox.dead_letters(connection)
    assert (letter.delivery, letter.channel, letter.error) == (delivery, "fake", "x" * 1000)
    assert "тайный текст" not in repr(letter)


async def test_the_newest_dead_letters_come_first_and_not_all(database: Database) -> None:
    ids = await add(database, *"абвгд")
    async with database.work() as connection:
        await outbox.fail_all_pending(connection, 1, "gone")
        letters = await outbox.dead_letters(connection, limit=3)
    assert [letter.message_id for letter in letters] == ids[:1:-1]
