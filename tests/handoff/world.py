"""A desk over a real database, with fakes of everything around it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select

from bot.announcements import Announcements
from bot.dialogue.conversation import Conversation, Reason, Status
from bot.dialogue.permission import Permission
from bot.dialogue.ports import Draft, Verdict
from bot.dialogue.replies import Replies
from bot.errors import Rejected
from bot.messages import Attachment, Audience, Button, File, Incoming, IncomingKind, Receipt, Report, Sender
from bot.storage import conversations, inbox, links, outbox, receipts
from bot.storage.database import Database
from bot.storage.delivery_states import Delivery
from bot.storage.files import Files
from bot.storage.tables import agents, messages, metadata
from handoff.agents import Agent, Agents, OneTimePassword, Role, agent_from
from handoff.assembly import Handoff, Surroundings
from handoff.desk import Desk
from handoff.passwords import Passwords
from handoff.reach import Reach
from handoff.reading import Reader
from handoff.sending import FileDesk
from handoff.settings import DeskSettings
from knowledge.search import Hit
from knowledge.topic import Topic

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TITLES = {"telegram": "Telegram", "vk": "ВКонтакте"}
# "abroad" is a messenger in which private persons may not be advised.
PERMISSION = Permission({"abroad": frozenset({Audience.BUSINESS})})
SELL = Topic("market.sell", "Как продать гигабайты", (), "")
PASSWORD = "верный пароль к столу"


class FakeClock:
    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class RealClock(FakeClock):
    """For pages in a browser, whose own clock cannot be moved."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FakeKnowledge:
    hits: list[Hit] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def find(self, query: str) -> Sequence[Hit]:
        self.asked.append(query)
        return self.hits

    def topic(self, topic_id: str) -> Topic | None:
        return SELL if topic_id == SELL.id else None

    def topic_named_in(self, text: str, last: Topic) -> Topic | None:
        return None

    def answer(self, topic_id: str, language: str = "ru") -> str:
        return "Откройте **Маркет**.\n\n1. Укажите объём.\n2. Нажмите «Выставить лот»."

    def reply(self, name: str, language: str = "ru", **values: object) -> str:
        return " ".join([name, *map(str, values.values())])


def hit(topic: str, title: str, probability: float) -> Hit:
    return Hit(topic=topic, title=title, probability=probability, phrasing=title, similarity=probability)


@dataclass
class FakeMessenger:
    """Gives the bytes of attachments: those we keep, those it has itself. Takes files of at most `largest` bytes."""

    kept: Files
    files: dict[str, File] = field(default_factory=dict)
    largest: int = 1024 * 1024

    async def fetch(self, channel: str, attachment: Attachment) -> File:
        file = self.kept.read(attachment.kept) or self.files.get(attachment.ref)
        if file is None:
            raise Rejected("no such file")
        return file

    def largest_file(self, sender: Sender) -> int:
        return self.largest


def fit(sender: Sender, draft: Draft) -> tuple[Draft, ...]:
    """Parts of at most 1000 characters."""
    parts = [draft.text[start : start + 1000] for start in range(0, len(draft.text), 1000)] or [""]
    return (*map(Draft, parts[:-1]), Draft(parts[-1], draft.buttons))


class World:
    """What a test does to the desk's surroundings: subscribers write, agents exist, time goes by."""

    def __init__(self, database: Database, clock: FakeClock, settings: DeskSettings, files: Files) -> None:
        self.database = database
        self.clock = clock
        self.files = files
        self.knowledge = FakeKnowledge()
        self.messenger = FakeMessenger(files)
        self.announcements = Announcements()
        self.changed: list[int] = []
        self.announcements.listen(self.changed.append)
        self.passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.handoff = Handoff(
            settings,
            Surroundings(
                database=database,
                knowledge=self.knowledge,
                replies=Replies(self.knowledge, ()),
                fit=fit,
                fetch=self.messenger.fetch,
                announcements=self.announcements,
                clock=clock,
                channel_titles=TITLES,
                files=files,
                largest_file=self.messenger.largest_file,
                permission=PERMISSION,
            ),
            passwords=self.passwords,
        )
        self.agents: Agents = self.handoff.agents
        self.reach = Reach(fit, self.messenger.largest_file, PERMISSION)
        self.reader = Reader(database=database, knowledge=self.knowledge, channel_titles=TITLES, reach=self.reach)
        self.desk = Desk(
            database=database,
            replies=Replies(self.knowledge, ()),
            roster=self.handoff.roster,
            reach=self.reach,
            announcements=self.announcements,
            clock=clock,
        )
        self.file_desk = FileDesk(
            database=database, reach=self.reach, files=files, announcements=self.announcements, clock=clock
        )
        self._written = 0

    def app(self) -> FastAPI:
        app = FastAPI()
        app.include_router(self.handoff.router)
        return app

    async def agent(self, login: str = "anna", name: str = "Специалист Первый", role: Role = Role.AGENT) -> Agent:
        """An agent who has changed the one-time password to PASSWORD."""
        issued: OneTimePassword = await self.agents.create(login, name, role)
        await self.agents.change_password(await self.stored_agent(login), issued.password, PASSWORD)
        return await self.stored_agent(login)

    async def stored_agent(self, login: str) -> Agent:
        async with self.database.reading() as connection:
            row = (await connection.execute(select(agents).where(agents.c.login == login))).mappings().one()
        return agent_from(row)

    async def writes(
        self,
        text: str = "",
        *,
        channel: str = "telegram",
        chat: str = "1",
        name: str = "Абонент",
        attachments: tuple[Attachment, ...] = (),
        kind: IncomingKind = IncomingKind.TEXT,
    ) -> int:
        """A subscriber's message is accepted; the id of the conversation."""
        self._written += 1
        sender = Sender(channel, "bot", chat, name)
        incoming = Incoming(str(self._written), sender, kind, self.clock.now(), text=text, attachments=attachments)
        async with self.database.work() as connection:
            conversation_id = await conversations.find_or_create(connection, sender, self.clock.now())
            await inbox.accept(connection, conversation_id, incoming, self.clock.now())
        self.announcements.changed(conversation_id)
        return conversation_id

    async def queued(self, text: str = "позовите специалиста", **more: str) -> int:
        """A conversation that the bot has passed on."""
        conversation_id = await self.writes(text, **more)  # type: ignore[arg-type]  # channel, chat and name only
        await self.handle(conversation_id, Verdict("escalate"))
        await self.move(conversation_id, Status.QUEUED, reason=Reason.ASKED)
        return conversation_id

    async def handle(self, conversation_id: int, verdict: Verdict) -> None:
        async with self.database.work() as connection:
            received = await inbox.oldest_unhandled(connection, conversation_id)
            assert received
            await inbox.mark_handled(connection, received, verdict, self.clock.now())

    async def bot_says(self, conversation_id: int, text: str, *buttons: str) -> int:
        async with self.database.work() as connection:
            conversation = await conversations.load(connection, conversation_id)
            draft = Draft(text, tuple(Button(each, "menu") for each in buttons))
            (message_id,) = await outbox.add(connection, conversation, [draft], self.clock.now())
        self.announcements.changed(conversation_id)
        return message_id

    async def move(self, conversation_id: int, status: Status, reason: Reason | None = None) -> None:
        async with self.database.work() as connection:
            before = await conversations.load(connection, conversation_id)
            after = before.move(status, now=self.clock.now(), reason=reason)
            assert await conversations.save(connection, before, after, self.clock.now())
        self.announcements.changed(conversation_id)

    async def delivered(self, conversation_id: int) -> None:
        """The messenger takes everything that waits in the outbox."""
        async with self.database.work() as connection:
            while pending := await outbox.oldest_undelivered(connection, conversation_id):
                await outbox.mark_sent(connection, pending.message.id, f"sent-{pending.message.id}")
        self.announcements.changed(conversation_id)

    async def reported(self, message_id: int, receipt: Receipt) -> None:
        """The messenger tells what became of a message that it took."""
        async with self.database.work() as connection:
            query = select(messages.c.conversation_id).where(messages.c.id == message_id)
            conversation = await conversations.load(connection, (await connection.execute(query)).scalar_one())
            report = Report(conversation.sender, f"sent-{message_id}", receipt)
            await receipts.take_report(connection, report, self.clock.now())
        self.announcements.changed(conversation.id)

    async def linked(self, first: int, second: int) -> None:
        """The subscriber typed the code of the first conversation in the second."""
        async with self.database.work() as connection:
            await links.link(connection, first, second, self.clock.now())
        self.announcements.changed(second)

    async def failed(self, message_id: int, error: str = "chat not found") -> None:
        async with self.database.work() as connection:
            await outbox.mark_dead(connection, message_id, Delivery.FAILED, error)

    async def conversation(self, conversation_id: int) -> Conversation:
        async with self.database.reading() as connection:
            return await conversations.load(connection, conversation_id)

    async def said(self, conversation_id: int) -> list[str]:
        """What the subscriber has been told, in order."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                select(messages.c.text)
                .where(messages.c.conversation_id == conversation_id, messages.c.delivery.is_not(None))
                .order_by(messages.c.id)
            )
            return list(rows.scalars())


@asynccontextmanager
async def open_world(
    folder: Path, *, clock: FakeClock | None = None, settings: DeskSettings | None = None
) -> AsyncIterator[World]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'desk.db'}")
    async with database.work() as connection:
        await connection.run_sync(metadata.create_all)
    try:
        yield World(database, clock or FakeClock(), settings or DeskSettings(), Files(folder / "files"))
    finally:
        await database.close()
