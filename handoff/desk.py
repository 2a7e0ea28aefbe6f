"""What agents do with conversations. Each act is one unit of work; who needs to know is told after its commit."""

import structlog
from sqlalchemy import or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import markdown
from bot.announcements import Announcements
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.ports import Clock, Draft
from bot.dialogue.replies import Replies
from bot.storage import conversations, links, outbox
from bot.storage.database import Database
from bot.storage.delivery_states import DEAD
from bot.storage.tables import agents, messages
from handoff.agents import Agent, Role
from handoff.duty import Roster
from handoff.errors import AlreadyTaken, Barred, NotFound, NotHeld, WrongStatus
from handoff.reach import Reach

log = structlog.get_logger()


async def conversation_for(connection: AsyncConnection, agent: Agent, conversation_id: int) -> Conversation:
    """The only door to a conversation: those people deal with, those the agent wrote in, those with a failed message.

    What subscribers tell the bot alone is not for agents; an administrator may open everything.
    """
    try:
        conversation = await conversations.load(connection, conversation_id)
    except NoResultFound:
        raise NotFound from None
    open_to_all = agent.role is Role.ADMIN or conversation.status in (Status.QUEUED, Status.AGENT)
    if open_to_all or await _concerns(connection, agent, conversation_id):
        return conversation
    raise NotFound


async def _concerns(connection: AsyncConnection, agent: Agent, conversation_id: int) -> bool:
    reason = or_(messages.c.agent_id == agent.id, messages.c.delivery.in_(DEAD))
    rows = await connection.execute(
        select(messages.c.id).where(messages.c.conversation_id == conversation_id, reason).limit(1)
    )
    return rows.first() is not None


async def require_readable(connection: AsyncConnection, agent: Agent, conversation_id: int) -> None:
    """Who may open one conversation of a person may read all of them. Raises NotFound."""
    for linked_id in await links.linked(connection, conversation_id):
        try:
            await conversation_for(connection, agent, linked_id)
        except NotFound:
            continue
        return
    raise NotFound


class Desk:
    """The acts. The subscriber is told of each, in the bot's words, through the outbox, where we may advise them."""

    def __init__(
        self,
        *,
        database: Database,
        replies: Replies,
        roster: Roster,
        reach: Reach,
        announcements: Announcements,
        clock: Clock,
    ) -> None:
        self._database = database
        self._replies = replies
        self._roster = roster
        self._reach = reach
        self._announcements = announcements
        self._clock = clock

    async def take(self, agent: Agent, conversation_id: int) -> None:
        """Exactly one of several agents gets it, the others get AlreadyTaken; a second press changes nothing."""
        async with self._database.work() as connection:
            before = await conversation_for(connection, agent, conversation_id)
            if _holds(agent, before):
                return
            if before.agent_id is not None:
                raise AlreadyTaken(conversation_id, await _name(connection, before.agent_id))
            if before.status is not Status.QUEUED:
                raise WrongStatus
            after = before.move(Status.AGENT, now=self._clock.now(), agent_id=agent.id)
            news = self._speaking_to(before).say("agent_joined", agent=markdown.escape(agent.name))
            await self._store(connection, before, after, news)
        self._changed("conversation_taken", agent, conversation_id)

    async def reply(self, agent: Agent, conversation_id: int, *, text: str, client_key: str) -> None:
        """A repeated key is the same reply: it is not sent again, whatever became of the conversation since."""
        async with self._database.work() as connection:
            conversation = await conversation_for(connection, agent, conversation_id)
            if await is_stored(connection, agent, conversation_id, client_key):
                return
            require_holder(agent, conversation)
            if not self._reach.permits(conversation):
                raise Barred
            drafts = self._reach.fit(conversation.sender, Draft(markdown.escape(text)))
            await outbox.add(
                connection, conversation, drafts, self._clock.now(), agent_id=agent.id, client_key=client_key
            )
        self._changed("agent_replied", agent, conversation_id)

    async def return_to_bot(self, agent: Agent, conversation_id: int) -> None:
        async with self._database.work() as connection:
            before = await conversation_for(connection, agent, conversation_id)
            require_holder(agent, before)
            after = before.move(Status.BOT, now=self._clock.now())
            await self._store(connection, before, after, self._speaking_to(before).say("returned_to_bot"))
        self._changed("conversation_returned", agent, conversation_id)

    async def release(self, agent: Agent, conversation_id: int) -> None:
        """Back to the queue, for a colleague. An administrator may release what an absent agent holds."""
        async with self._database.work() as connection:
            before = await conversation_for(connection, agent, conversation_id)
            if before.status is not Status.AGENT:
                raise WrongStatus
            if agent.role is not Role.ADMIN:
                require_holder(agent, before)
            now = self._clock.now()
            place = await conversations.queue_place(connection, conversation_id)
            news = self._speaking_to(before).queued(place, await self._roster.duty(), now)
            await self._store(connection, before, before.move(Status.QUEUED, now=now), news)
        self._changed("conversation_released", agent, conversation_id)

    async def close(self, agent: Agent, conversation_id: int) -> None:
        """Closes what the agent holds, or what waits in the queue and needs no answer."""
        async with self._database.work() as connection:
            before = await conversation_for(connection, agent, conversation_id)
            if before.status is not Status.QUEUED:
                require_holder(agent, before)
            after = before.move(Status.CLOSED, now=self._clock.now())
            await self._store(connection, before, after, self._speaking_to(before).agent_closed())
        self._changed("conversation_closed", agent, conversation_id)

    def _speaking_to(self, conversation: Conversation) -> Replies:
        return self._replies.speaking(conversation.memory.language)

    async def _store(self, connection: AsyncConnection, before: Conversation, after: Conversation, news: Draft) -> None:
        now = self._clock.now()
        if not await conversations.save(connection, before, after, now):
            raise WrongStatus
        if self._reach.permits(after):
            await outbox.add(connection, after, self._reach.fit(after.sender, news), now)
        else:  # pages learn of an act by its message; without one the cursor alone moves
            await conversations.next_change(connection, after.id)

    def _changed(self, event: str, agent: Agent, conversation_id: int) -> None:
        log.info(event, agent=agent.id, conversation=conversation_id)
        self._announcements.changed(conversation_id)


def _holds(agent: Agent, conversation: Conversation) -> bool:
    return conversation.status is Status.AGENT and conversation.agent_id == agent.id


def require_holder(agent: Agent, conversation: Conversation) -> None:
    """Raises WrongStatus or NotHeld."""
    if conversation.status is not Status.AGENT:
        raise WrongStatus
    if not _holds(agent, conversation):
        raise NotHeld


async def _name(connection: AsyncConnection, agent_id: int) -> str:
    return str((await connection.execute(select(agents.c.name).where(agents.c.id == agent_id))).scalar_one())


async def is_stored(connection: AsyncConnection, agent: Agent, conversation_id: int, client_key: str) -> bool:
    """Whether the agent's reply or file with this key is stored already."""
    rows = await connection.execute(
        select(messages.c.id).where(
            messages.c.conversation_id == conversation_id,
            messages.c.agent_id == agent.id,
            messages.c.client_key.startswith(f"{client_key}:", autoescape=True),
        )
    )
    return rows.first() is not None
