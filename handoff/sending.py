"""Files of agents on their way to subscribers: kept with the subscriber's own, then sent as any other message."""

import asyncio

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.announcements import Announcements
from bot.dialogue.conversation import Conversation
from bot.dialogue.ports import Clock, Draft
from bot.messages import Attachment
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.files import FileRefused, Files, Upload
from handoff import wording
from handoff.agents import Agent
from handoff.desk import conversation_for, is_stored, require_holder
from handoff.errors import Barred, Unacceptable
from handoff.reach import Reach

log = structlog.get_logger()


class FileDesk:
    """One file is one message."""

    def __init__(
        self, *, database: Database, reach: Reach, files: Files, announcements: Announcements, clock: Clock
    ) -> None:
        self._database = database
        self._reach = reach
        self._files = files
        self._announcements = announcements
        self._clock = clock

    async def send(self, agent: Agent, conversation_id: int, upload: Upload, client_key: str) -> None:
        """As `Desk.reply`: a repeated key is the same file, whatever became of the conversation since."""
        async with self._database.reading() as connection:
            conversation = await self._to_send(connection, agent, conversation_id, client_key)
        if conversation is None:
            return
        kept = await self._keep(conversation, upload)
        async with self._database.work() as connection:
            conversation = await self._to_send(connection, agent, conversation_id, client_key)
            if conversation is None:
                return
            draft = Draft("", attachment=kept)
            await outbox.add(
                connection, conversation, [draft], self._clock.now(), agent_id=agent.id, client_key=client_key
            )
        log.info(
            "agent_sent_file",
            agent=agent.id,
            conversation=conversation_id,
            kind=kept.kind.value,
            size_bytes=kept.size_bytes,
        )
        self._announcements.changed(conversation_id)

    async def _to_send(
        self, connection: AsyncConnection, agent: Agent, conversation_id: int, client_key: str
    ) -> Conversation | None:
        """The conversation that the agent may send to; None when this file is on its way already."""
        conversation = await conversation_for(connection, agent, conversation_id)
        if await is_stored(connection, agent, conversation_id, client_key):
            return None
        require_holder(agent, conversation)
        if not self._reach.permits(conversation):
            raise Barred
        return conversation

    async def _keep(self, conversation: Conversation, upload: Upload) -> Attachment:
        largest = self._reach.largest_file(conversation)
        if not largest:
            raise Unacceptable(wording.TAKES_NO_FILES)
        try:
            return await asyncio.to_thread(self._files.save, conversation.sender, upload, largest)
        except FileRefused as refused:
            raise Unacceptable(wording.file_refused(refused.reason, largest)) from refused
