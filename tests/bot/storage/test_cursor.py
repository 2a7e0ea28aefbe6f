"""The cursor of a conversation: who asks for "everything after N" again and again misses nothing, whatever happens."""

import asyncio
import random
from collections.abc import Callable, Coroutine

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.ports import Draft, Verdict
from bot.storage import conversations, inbox, outbox
from bot.storage.database import Database
from bot.storage.delivery_states import Delivery
from bot.storage.tables import messages
from tests.support.clock import MORNING
from tests.support.core import subscriber, written

Row = tuple[int, str, bool, str | None]
Act = Callable[[AsyncConnection, int, str], Coroutine[None, None, object]]
SHOWN = (messages.c.id, messages.c.text, messages.c.handled_at.is_not(None), messages.c.delivery)


class Follower:
    """Keeps a copy of the conversation by asking for news only."""

    def __init__(self, database: Database, conversation_id: int) -> None:
        self._database = database
        self._news = select(messages.c.change, *SHOWN).where(messages.c.conversation_id == conversation_id)
        self._cursor = 0
        self.copy: dict[int, Row] = {}

    async def ask(self) -> None:
        query = self._news.where(messages.c.change > self._cursor).order_by(messages.c.change).limit(2)
        async with self._database.reading() as connection:
            for change, *row in (await connection.execute(query)).all():
                self._cursor = change
                self.copy[row[0]] = tuple(row)


async def receive(connection: AsyncConnection, conversation_id: int, name: str) -> None:
    await inbox.accept(connection, conversation_id, written(name, name), MORNING)


async def handle(connection: AsyncConnection, conversation_id: int, name: str) -> None:
    if received := await inbox.oldest_unhandled(connection, conversation_id):
        await inbox.mark_handled(connection, received, Verdict("record"), MORNING)


async def say(connection: AsyncConnection, conversation_id: int, name: str) -> None:
    conversation = await conversations.load(connection, conversation_id)
    await outbox.add(connection, conversation, [Draft(name), Draft(name)], MORNING)


async def send(connection: AsyncConnection, conversation_id: int, name: str) -> None:
    if pending := await outbox.oldest_undelivered(connection, conversation_id):
        await outbox.mark_sent(connection, pending.message.id, name)


async def bury(connection: AsyncConnection, conversation_id: int, name: str) -> None:
    if pending := await outbox.oldest_undelivered(connection, conversation_id):
        await outbox.mark_dead(connection, pending.message.id, Delivery.FAILED, name)


async def fail_all(connection: AsyncConnection, conversation_id: int, name: str) -> None:
    await outbox.fail_all_pending(connection, conversation_id, name)


ACTS: list[Act] = [receive, receive, handle, say, send, send, bury, fail_all]


async def test_a_follower_of_the_cursor_ends_with_the_same_messages_as_the_table(database: Database) -> None:
    chance = random.Random(20)
    async with database.work() as connection:
        conversation_id = await conversations.find_or_create(connection, subscriber(), MORNING)
    follower = Follower(database, conversation_id)

    async def act(number: int) -> None:
        async with database.work() as connection:
            for turn in range(chance.randint(1, 3)):
                await chance.choice(ACTS)(connection, conversation_id, f"{number}.{turn}")
                await asyncio.sleep(0)
        await follower.ask()

    for start in range(0, 120, 8):
        await asyncio.gather(*(act(number) for number in range(start, start + 8)))
    for _ in range(200):
        await follower.ask()
    async with database.reading() as connection:
        query = select(*SHOWN).where(messages.c.conversation_id == conversation_id)
        table = {row[0]: tuple(row) for row in (await connection.execute(query)).all()}
    assert follower.copy == table
    assert len(table) > 100
