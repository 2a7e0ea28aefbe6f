"""What is still to be fetched: found oldest first, and noted once it is kept or refused."""

from dataclasses import replace

import pytest

from bot.messages import Attachment, AttachmentKind
from bot.storage import attachments, conversations, inbox
from bot.storage.database import Database
from tests.support.clock import MORNING
from tests.support.core import subscriber, written

PHOTO = Attachment(AttachmentKind.PHOTO, "at-the-messenger")
PLACE = Attachment(AttachmentKind.LOCATION, text="55.7, 37.6")
KEPT = replace(PHOTO, kept="key")


async def receive(database: Database, external_id: str, *attached: Attachment, chat: str = "1") -> int:
    async with database.work() as connection:
        conversation_id = await conversations.find_or_create(connection, subscriber(chat), MORNING)
        message = written(external_id, "", chat, attachments=attached)
        assert await inbox.accept(connection, conversation_id, message, MORNING)
    return conversation_id


async def next_of(database: Database, conversation_id: int) -> attachments.Uncollected | None:
    async with database.reading() as connection:
        return await attachments.oldest_uncollected(connection, conversation_id)


@pytest.mark.parametrize(
    ("attachment", "wanted"),
    [(PHOTO, True), (PLACE, False), (KEPT, False), (replace(PHOTO, refused="gone"), False)],
    ids=["at the messenger", "without bytes", "kept", "refused"],
)
def test_wanted_is_what_the_messenger_has_and_we_have_not(attachment: Attachment, wanted: bool) -> None:
    assert attachments.is_wanted(attachment) is wanted


async def test_messages_are_collected_the_oldest_first_and_each_once(database: Database) -> None:
    await receive(database, "1", PHOTO, PLACE)
    await receive(database, "2", PHOTO)
    for message_id in (1, 2):
        found = await next_of(database, 1)
        assert found
        assert found.message_id == message_id
        async with database.work() as connection:
            done = tuple(replace(each, kept="key") if each.ref else each for each in found.attachments)
            await attachments.mark_collected(connection, 1, found.message_id, done)
    assert await next_of(database, 1) is None
    async with database.reading() as connection:
        assert await attachments.conversations_to_collect(connection) == []
        message = await inbox.oldest_unhandled(connection, 1)
    assert message
    assert message.attachments == (KEPT, PLACE)


async def test_only_conversations_with_something_to_fetch_are_named_and_each_once(database: Database) -> None:
    await receive(database, "1", PLACE)
    wanting = await receive(database, "2", PHOTO, chat="2")
    await receive(database, "3", PHOTO, chat="2")
    await receive(database, "4", KEPT, chat="3")
    async with database.reading() as connection:
        assert await attachments.conversations_to_collect(connection) == [wanting]


async def test_collecting_stamps_a_change_so_that_the_desk_sees_it(database: Database) -> None:
    conversation_id = await receive(database, "1", PHOTO)
    async with database.work() as connection:
        before = await conversations.next_change(connection, conversation_id)
        await attachments.mark_collected(connection, conversation_id, 1, (KEPT,))
        assert await conversations.next_change(connection, conversation_id) == before + 2
