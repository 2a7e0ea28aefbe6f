"""Accepted messages: each once, in order, until they are handled."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.dialogue.conversation import Status
from bot.dialogue.ports import Draft, Received, Verdict
from bot.messages import Attachment, AttachmentKind, Button, Incoming, IncomingKind
from bot.storage import conversations, inbox, outbox
from bot.storage.database import Database
from bot.storage.tables import conversations as conversation_table
from bot.storage.tables import messages
from tests.support.clock import MORNING
from tests.support.core import subscriber, written


async def accept(database: Database, incoming: Incoming) -> tuple[int, bool]:
    async with database.work() as connection:
        conversation_id = await conversations.find_or_create(connection, incoming.sender, MORNING)
        return conversation_id, await inbox.accept(connection, conversation_id, incoming, MORNING)


async def oldest(database: Database, conversation_id: int) -> Received | None:
    async with database.reading() as connection:
        return await inbox.oldest_unhandled(connection, conversation_id)


async def handle(database: Database, received: Received) -> None:
    async with database.work() as connection:
        await inbox.mark_handled(connection, received, Verdict("answer", "a.b", 0.9), MORNING)


async def everything(database: Database) -> list[object]:
    async with database.reading() as connection:
        rows = await connection.execute(select(messages))
        chats = await connection.execute(select(conversation_table))
        return [*rows.all(), *chats.all()]


async def test_a_message_is_accepted_once_and_a_repeat_changes_nothing(database: Database) -> None:
    conversation_id, is_new = await accept(database, written("a", "привет"))
    before = await everything(database)
    for repeat in (written("a", "привет"), written("a", "другой текст")):
        assert await accept(database, repeat) == (conversation_id, False)
    assert is_new
    assert await everything(database) == before


async def test_the_same_id_in_another_account_is_another_message(database: Database) -> None:
    other = replace(written("a", "привет"), sender=replace(subscriber(), account="bot-2"))
    assert [(await accept(database, each))[1] for each in (written("a", "привет"), other)] == [True, True]


async def test_messages_are_handled_in_the_order_they_were_accepted(database: Database) -> None:
    for text in ("один", "два", "три"):
        conversation_id, _ = await accept(database, written(text, text))
    handled = []
    while received := await oldest(database, conversation_id):
        handled.append(received.text)
        await handle(database, received)
    assert handled == ["один", "два", "три"]


async def test_everything_of_a_message_is_stored(database: Database) -> None:
    attachments = (Attachment(AttachmentKind.CONTACT, text="1"), Attachment(AttachmentKind.PHOTO, "ref", "a.png"))
    conversation_id, _ = await accept(database, written("a", "смотрите", attachments=attachments))
    received = await oldest(database, conversation_id)
    assert received == Received(received.id, conversation_id, IncomingKind.TEXT, "смотрите", None, attachments)


class TestPresses:
    async def bot_offers(self, database: Database, chat: str = "1") -> int:
        """A message with two buttons; its row id."""
        async with database.work() as connection:
            conversation_id = await conversations.find_or_create(connection, subscriber(chat), MORNING)
            conversation = await conversations.load(connection, conversation_id)
            draft = Draft("что?", (Button("Это", "topic:a.b"), Button("Другое", "other")))
            (row_id,) = await outbox.add(connection, conversation, [draft], MORNING)
        return row_id

    async def pressed(self, database: Database, key: str) -> Received:
        press = replace(written(f"press {key}", ""), kind=IncomingKind.PRESS, press=key)
        conversation_id, _ = await accept(database, press)
        received = await oldest(database, conversation_id)
        assert received is not None
        return received

    async def test_a_press_is_the_button_and_reads_as_its_label(self, database: Database) -> None:
        received = await self.pressed(database, f"{await self.bot_offers(database)}:1")
        assert received.pressed == Button("Другое", "other")
        assert received.text == "Другое"

    async def test_a_button_of_another_conversation_cannot_be_pressed(self, database: Database) -> None:
        row_id = await self.bot_offers(database, chat="2")
        assert (await self.pressed(database, f"{row_id}:0")).pressed is None

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "x",
            "1:9",
            "99:0",
            "-1:0",
            "1:-1",
            "9" * 38 + ":0",
            "9" * 19 + ":0",
            "1:" + "9" * 60,
            "9" * 5000 + ":1",
            "¹:0",
        ],
    )
    async def test_a_key_of_nothing_presses_nothing_and_breaks_nothing(self, database: Database, key: str) -> None:
        await self.bot_offers(database)
        received = await self.pressed(database, key)
        assert received.pressed is None
        assert received.kind is IncomingKind.PRESS


async def test_conversations_with_work_come_the_longest_waiting_first(database: Database) -> None:
    await accept(database, written("1", "один", chat="b"))
    await accept(database, written("2", "один", chat="a"))
    await accept(database, written("3", "два", chat="b"))
    async with database.reading() as connection:
        assert await inbox.unhandled_conversations(connection) == [1, 2]


async def test_a_handled_conversation_has_no_work(database: Database) -> None:
    conversation_id, _ = await accept(database, written("1", "один"))
    received = await oldest(database, conversation_id)
    assert received
    await handle(database, received)
    async with database.reading() as connection:
        assert await inbox.unhandled_conversations(connection) == []
    assert await oldest(database, conversation_id) is None


async def test_a_failure_is_counted_for_the_oldest_message_only(database: Database) -> None:
    for text in ("один", "два"):
        conversation_id, _ = await accept(database, written(text, text))
    for _ in range(2):
        async with database.work() as connection:
            await inbox.count_failure(connection, conversation_id)
    async with database.reading() as connection:
        failures = (await connection.execute(select(messages.c.failures).order_by(messages.c.id))).scalars().all()
    assert failures == [2, 0]


async def test_the_last_turn_tells_where_the_conversation_stands(database: Database) -> None:
    conversation_id, _ = await accept(database, written("1", "один"))
    received = await oldest(database, conversation_id)
    assert received
    await handle(database, received)
    await accept(database, written("2", "два"))
    async with database.reading() as connection:
        assert await inbox.last_turn(connection, subscriber()) == (Status.BOT, Verdict("answer", "a.b", 0.9))


async def test_accepting_and_handling_move_the_cursor_of_the_conversation(database: Database) -> None:
    conversation_id, _ = await accept(database, written("1", "один"))
    received = await oldest(database, conversation_id)
    assert received
    await handle(database, received)
    async with database.reading() as connection:
        assert (await connection.execute(select(messages.c.change))).scalar_one() == 2
        assert (await connection.execute(select(func.max(conversation_table.c.changes)))).scalar_one() == 2
