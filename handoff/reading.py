"""Everything the desk shows, read for one agent through the one door `conversation_for`. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.ports import Knowledge
from bot.messages import Attachment
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.tables import agents, messages
from bot.storage.values import attachments_from_json
from handoff import history, queue, wording
from handoff.agents import Agent
from handoff.desk import conversation_for
from handoff.errors import NotFound
from handoff.suggestions import Suggestion, last_question, suggest


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the history."""

    id: int
    name: str = field(repr=False)
    channel: str
    reason: str
    status: str
    status_text: str = field(repr=False)
    mine: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of the history, with the header as it is now."""

    conversation: Header
    messages: list[history.ShownMessage]
    cursor: int
    more: bool


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A dead letter in the desk's words; `error` is the technical cause, as the messenger told it."""

    conversation_id: int
    channel: str
    state: str
    error: str
    at: datetime


class Reader:
    """`channel_titles`: how people call a channel ("telegram" -> "Telegram")."""

    def __init__(self, database: Database, knowledge: Knowledge, channel_titles: Mapping[str, str]) -> None:
        self._database = database
        self._knowledge = knowledge
        self._channel_titles = channel_titles

    async def queue(self, agent: Agent) -> queue.Queue:
        async with self._database.reading() as connection:
            return await queue.load(connection, agent, self._channel_titles)

    async def header(self, agent: Agent, conversation_id: int) -> Header:
        async with self._database.reading() as connection:
            return await self._header(connection, agent, await conversation_for(connection, agent, conversation_id))

    async def history(
        self, agent: Agent, conversation_id: int, *, after: int | None = None, before: int | None = None
    ) -> Opened:
        """The newest messages; or those before the message `before`; or what changed after the cursor `after`."""
        async with self._database.reading() as connection:
            conversation = await conversation_for(connection, agent, conversation_id)
            if after is not None:
                page = await history.changed(connection, conversation, self._title, after=after)
            else:
                page = await history.newest(connection, conversation, self._title, before=before)
            return Opened(await self._header(connection, agent, conversation), page.messages, page.cursor, page.more)

    async def suggestions(self, agent: Agent, conversation_id: int) -> list[Suggestion]:
        async with self._database.reading() as connection:
            conversation = await conversation_for(connection, agent, conversation_id)
            question = await last_question(connection, conversation)
        return await suggest(self._knowledge, question)

    async def attachment(self, agent: Agent, message_id: int, position: int) -> tuple[str, Attachment]:
        """The channel that can fetch it, and the attachment."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(messages).where(messages.c.id == message_id))
            row = rows.mappings().one_or_none()
            if row is None:
                raise NotFound
            await conversation_for(connection, agent, row["conversation_id"])
        attachments = attachments_from_json(row["attachments"])
        if not 0 <= position < len(attachments):
            raise NotFound
        return row["channel"], attachments[position]

    async def undelivered(self) -> list[Undelivered]:
        async with self._database.reading() as connection:
            letters = await outbox.dead_letters(connection)
        return [
            Undelivered(
                conversation_id=letter.conversation_id,
                channel=self._channel_titles.get(letter.channel, letter.channel),
                state=wording.delivery(letter.delivery),
                error=letter.error,
                at=letter.created_at,
            )
            for letter in letters
        ]

    async def _header(self, connection: AsyncConnection, agent: Agent, conversation: Conversation) -> Header:
        holder = await connection.execute(select(agents.c.name).where(agents.c.id == conversation.agent_id))
        mine = conversation.status is Status.AGENT and conversation.agent_id == agent.id
        return Header(
            id=conversation.id,
            name=conversation.sender.name or "Без имени",
            channel=self._channel_titles.get(conversation.sender.channel, conversation.sender.channel),
            reason=wording.reason(conversation.reason),
            status=conversation.status.value,
            status_text=wording.status(conversation.status, holder=holder.scalar_one_or_none() or "", mine=mine),
            mine=mine,
            reachable=conversation.reachable,
        )

    def _title(self, topic_id: str) -> str:
        topic = self._knowledge.topic(topic_id)
        return topic.title if topic else "удалённая тема"
