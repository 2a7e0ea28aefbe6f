"""Everything the desk shows, read for one agent through the one door `conversation_for`. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.ports import Knowledge
from bot.messages import Attachment
from bot.storage import links, outbox
from bot.storage.database import Database
from bot.storage.tables import agents, messages
from bot.storage.values import attachments_from_json
from handoff import history, queue, wording
from handoff.agents import Agent
from handoff.desk import conversation_for, require_readable
from handoff.errors import NotFound
from handoff.person import Chat, chats_of, read_cursor
from handoff.reach import Reach
from handoff.suggestions import Suggestion, last_question, suggest


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the history, and what the agent may send.

    `also_in`: the channels of the person's other conversations. `barred`: why nothing may be sent; empty when it may.
    """

    id: int
    name: str = field(repr=False)
    channel: str
    also_in: tuple[str, ...]
    reason: str
    status: str
    status_text: str = field(repr=False)
    mine: bool
    reachable: bool
    barred: str
    largest_file: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of the history, with the header as it is now."""

    conversation: Header
    messages: list[history.ShownMessage]
    cursor: str
    more: bool
    fresh: bool


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

    def __init__(
        self, *, database: Database, knowledge: Knowledge, channel_titles: Mapping[str, str], reach: Reach
    ) -> None:
        self._database = database
        self._knowledge = knowledge
        self._channel_titles = channel_titles
        self._reach = reach

    async def queue(self, agent: Agent) -> queue.Queue:
        async with self._database.reading() as connection:
            return await queue.load(connection, agent, self._channel_titles)

    async def header(self, agent: Agent, conversation_id: int) -> Header:
        async with self._database.reading() as connection:
            conversation = await conversation_for(connection, agent, conversation_id)
            return await self._header(connection, agent, conversation, await chats_of(connection, conversation_id))

    async def history(
        self, agent: Agent, conversation_id: int, *, after: str | None = None, before: int | None = None
    ) -> Opened:
        """The newest messages; or those before the message `before`; or what changed after the cursor `after`."""
        async with self._database.reading() as connection:
            conversation = await conversation_for(connection, agent, conversation_id)
            chats = await chats_of(connection, conversation_id)
            view = history.View(conversation_id, chats, self._topic, self._channel)
            if after is not None:
                page = await history.changed(connection, view, after=read_cursor(after))
            else:
                page = await history.newest(connection, view, before=before)
            header = await self._header(connection, agent, conversation, chats)
            return Opened(header, page.messages, page.cursor, page.more, page.fresh)

    async def suggestions(self, agent: Agent, conversation_id: int) -> list[Suggestion]:
        async with self._database.reading() as connection:
            conversation = await conversation_for(connection, agent, conversation_id)
            question = await last_question(connection, conversation, await links.linked(connection, conversation_id))
        return await suggest(self._knowledge, question)

    async def attachment(self, agent: Agent, message_id: int, position: int) -> tuple[str, Attachment]:
        """The channel that can fetch it, and the attachment. Raises NotFound also for one we were refused."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(messages).where(messages.c.id == message_id))
            row = rows.mappings().one_or_none()
            if row is None:
                raise NotFound
            await require_readable(connection, agent, row["conversation_id"])
        attachments = attachments_from_json(row["attachments"])
        if not 0 <= position < len(attachments) or attachments[position].refused:
            raise NotFound
        return row["channel"], attachments[position]

    async def undelivered(self) -> list[Undelivered]:
        async with self._database.reading() as connection:
            letters = await outbox.dead_letters(connection)
        return [
            Undelivered(
                conversation_id=letter.conversation_id,
                channel=self._channel(letter.channel),
                state=wording.delivery(letter.delivery, letter.error, self._channel(letter.channel)),
                error=letter.error,
                at=letter.created_at,
            )
            for letter in letters
        ]

    async def _header(
        self, connection: AsyncConnection, agent: Agent, conversation: Conversation, chats: Mapping[int, Chat]
    ) -> Header:
        holder = await connection.execute(select(agents.c.name).where(agents.c.id == conversation.agent_id))
        mine = conversation.status is Status.AGENT and conversation.agent_id == agent.id
        return Header(
            id=conversation.id,
            name=conversation.sender.name or "Без имени",
            channel=self._channel(conversation.sender.channel),
            also_in=tuple(self._channel(chat.channel) for chat in chats.values() if chat.id != conversation.id),
            reason=wording.reason(conversation.reason),
            status=conversation.status.value,
            status_text=wording.status(conversation.status, holder=holder.scalar_one_or_none() or "", mine=mine),
            mine=mine,
            reachable=conversation.reachable,
            barred="" if self._reach.permits(conversation) else wording.BARRED,
            largest_file=self._reach.largest_file(conversation),
        )

    def _channel(self, name: str) -> str:
        return self._channel_titles.get(name, name)

    def _topic(self, topic_id: str) -> str:
        topic = self._knowledge.topic(topic_id)
        return topic.title if topic else "удалённая тема"
