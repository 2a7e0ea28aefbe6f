"""The real inbox, outbox and database, with fakes of the messengers, the knowledge and the time."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.announcements import Announcements
from bot.channels.fitting import fit
from bot.collector import Collector
from bot.delivery import Outbox
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.interpret import Interpreter
from bot.dialogue.permission import OPEN, Permission
from bot.dialogue.ports import Draft
from bot.dialogue.replies import Replies
from bot.dialogue.turn import Dialogue
from bot.inbox import Inbox
from bot.messages import Attachment, Incoming, IncomingKind, Sender
from bot.storage import conversations, outbox
from bot.storage.database import Database
from bot.storage.files import Files
from bot.storage.migrate import upgrade
from bot.storage.records import DatabaseRecords
from bot.storage.tables import messages
from tests.support.channel import FakeChannel
from tests.support.clock import FakeClock
from tests.support.knowledge import FakeKnowledge
from tests.support.talk import LIMITS, FakeRoster, FakeTyping

BUSINESS_KEY = "a-key-of-the-tests"


def subscriber(chat: str = "1", channel: str = "fake") -> Sender:
    return Sender(channel, "bot", chat, "Абонент")


def written(external_id: str, text: str, chat: str = "1", **rest: Any) -> Incoming:
    """A text message that came at no special time."""
    return Incoming(external_id, subscriber(chat), IncomingKind.TEXT, FakeClock().now(), text=text, **rest)


class Core:
    """What a process holds. A second one over the same database is the process after a restart."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, FakeChannel],
        clock: FakeClock,
        files: Files,
        permission: Permission = OPEN,
    ) -> None:
        self.database = database
        self.clock = clock
        self.channels = channels
        self.knowledge = FakeKnowledge()
        self.announcements = Announcements()
        self.changed: list[int] = []
        self.announcements.listen(self.changed.append)
        self.records = DatabaseRecords(database, clock, self.announcements.changed)
        self.files = files
        self.permission = permission
        shared: dict[str, Any] = {"database": database, "announcements": self.announcements, "clock": clock}
        self.outbox = Outbox(channels=channels, files=files, **shared)
        self.collector = Collector(channels=channels, files=files, permission=permission, **shared)
        self.inbox = Inbox(
            dialogue=self._dialogue(),
            permission=permission,
            business_key=BUSINESS_KEY,
            collect=self.collector.lanes.wake,
            **shared,
        )
        self.announcements.listen(self.outbox.lanes.wake)

    def _dialogue(self) -> Dialogue:
        return Dialogue(
            records=self.records,
            interpreter=Interpreter(self.knowledge, LIMITS),
            replies=Replies(self.knowledge, ()),
            roster=FakeRoster(),
            fit=lambda sender, draft: fit(draft, self.channels[sender.channel].capabilities),
            typing=FakeTyping(),
            clock=self.clock,
            permission=self.permission,
            channel_titles={name: f"чат {name}" for name in self.channels},
        )

    async def settled(self) -> None:
        await self.inbox.lanes.settle()
        await self.outbox.lanes.settle()
        await self.collector.lanes.settle()

    async def queue(self, *texts: str, chat: str = "1", channel: str = "fake", file: Attachment | None = None) -> int:
        """Messages of the bot, and then a kept file, wait for delivery; the id of their conversation."""
        drafts = [*(Draft(text) for text in texts), *([Draft("", attachment=file)] if file else [])]
        async with self.database.work() as connection:
            conversation_id = await conversations.find_or_create(
                connection, subscriber(chat, channel), self.clock.now()
            )
            conversation = await conversations.load(connection, conversation_id)
            await outbox.add(connection, conversation, drafts, self.clock.now())
        return conversation_id

    async def deliver(self, conversation_id: int = 1) -> None:
        self.outbox.lanes.wake(conversation_id)
        await self.outbox.lanes.settle()

    async def move(self, conversation_id: int, status: Status) -> None:
        async with self.database.work() as connection:
            before = await conversations.load(connection, conversation_id)
            after = before.move(status, now=self.clock.now())
            assert await conversations.save(connection, before, after, self.clock.now())

    async def conversation(self, conversation_id: int = 1) -> Conversation:
        async with self.database.reading() as connection:
            return await conversations.load(connection, conversation_id)

    async def rows(self, conversation_id: int = 1) -> list[Mapping[str, Any]]:
        """The conversation's messages as stored."""
        query = select(messages).where(messages.c.conversation_id == conversation_id).order_by(messages.c.id)
        async with self.database.reading() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def deliveries(self, conversation_id: int = 1) -> list[str]:
        return [row["delivery"] for row in await self.rows(conversation_id) if row["delivery"]]


def open_database(folder: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{folder / 'otklik.db'}")


@asynccontextmanager
async def open_core(
    folder: Path, *channels: FakeChannel, clock: FakeClock | None = None, permission: Permission = OPEN
) -> AsyncIterator[Core]:
    by_name = {channel.name: channel for channel in channels or (FakeChannel(),)}
    async with closing(open_database(folder)) as database:
        await upgrade(database)
        core = Core(database, by_name, clock or FakeClock(), Files(folder / "files"), permission)
        try:
            yield core
        finally:
            for lanes in (core.inbox.lanes, core.outbox.lanes, core.collector.lanes):
                await lanes.stop(0)


@asynccontextmanager
async def closing(database: Database) -> AsyncIterator[Database]:
    """A database left open keeps a thread, and the test run with it, alive."""
    try:
        yield database
    finally:
        await database.close()
