"""The dialogue's records over the database: a turn is read, and stored in one unit of work."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.ports import Clock, Draft, Plan, Received
from bot.storage import conversations, inbox, links, outbox
from bot.storage.database import Database


class DatabaseRecords:
    """Implements bot.dialogue.ports.Records."""

    def __init__(self, database: Database, clock: Clock, changed: Callable[[int], None] = lambda _id: None) -> None:
        """`changed` hears of another conversation that a turn has changed beside its own."""
        self._database = database
        self._clock = clock
        self._changed = changed

    async def next_turn(self, conversation_id: int) -> tuple[Conversation, Received] | None:
        async with self._database.reading() as connection:
            received = await inbox.oldest_unhandled(connection, conversation_id)
            if received is None:
                return None
            return await conversations.load(connection, conversation_id), received

    async def finish(self, before: Conversation, received: Received, plan: Plan) -> bool:
        now = self._clock.now()
        async with self._database.work() as connection:
            # Of two chats in which the same code was typed at once, the second decides anew.
            if plan.link_with is not None and not await links.has_code(connection, plan.link_with, now):
                return False
            if not await conversations.save(connection, before, plan.conversation, now):
                return False
            await inbox.mark_handled(connection, received, plan.verdict, now)
            await outbox.add(connection, plan.conversation, plan.drafts, now)
            if plan.issued_code:
                await links.issue(connection, before.id, plan.issued_code, now)
            if plan.link_with is not None:
                await links.link(connection, plan.link_with, before.id, now)
                await self._tell(connection, plan.link_with, plan.link_news)
        if plan.link_with is not None:
            self._changed(plan.link_with)
        return True

    async def _tell(self, connection: AsyncConnection, conversation_id: int, news: Draft | None) -> None:
        """Unless a person has the conversation: the bot never talks over one."""
        conversation = await conversations.load(connection, conversation_id)
        if news and conversation.status in (Status.BOT, Status.CLOSED):
            await outbox.add(connection, conversation, [news], self._clock.now())

    async def code_owner(self, code: str) -> int | None:
        async with self._database.reading() as connection:
            return await links.owner(connection, code, self._clock.now())

    async def queue_place(self, conversation_id: int) -> int:
        async with self._database.reading() as connection:
            return await conversations.queue_place(connection, conversation_id)
