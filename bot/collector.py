"""Fetches what an accepted message only refers to, while its messenger still gives it: the bytes of attachments and the
subscriber's name. The dialogue does not wait for it."""

import asyncio
import io
import random
from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.announcements import Announcements
from bot.channels.channel import Channel
from bot.delivery import retry_delay_s
from bot.dialogue.ports import Clock
from bot.errors import Rejected, SendError, TryLater
from bot.lanes import Lanes
from bot.messages import Attachment, File, Sender, one_line
from bot.storage import attachments, conversations
from bot.storage.database import Database
from bot.storage.files import FileRefused, Files, Upload

LARGEST_BYTES = 20 * 1024 * 1024
FETCH_TIMEOUT_S = 60.0
TRIES = 6
LONGEST_NAME = 200

log = structlog.get_logger()


class Collector:
    """One worker per conversation; a process that dies begins the unfinished message again."""

    def __init__(
        self,
        *,
        database: Database,
        channels: Mapping[str, Channel],
        files: Files,
        announcements: Announcements,
        clock: Clock,
    ) -> None:
        self._database = database
        self._channels = channels
        self._files = files
        self._announcements = announcements
        self._clock = clock
        self._asked: set[int] = set()  # conversations whose subscriber's name was asked for
        self.lanes = Lanes("collecting", self._collect, clock.sleep)

    async def resume(self) -> None:
        """After a start: go on with everything not fetched yet."""
        async with self._database.reading() as connection:
            waiting = await attachments.conversations_to_collect(connection)
        for conversation_id in waiting:
            self.lanes.wake(conversation_id)

    async def _collect(self, conversation_id: int) -> None:
        sender = await self._sender(conversation_id)
        if sender.channel not in self._channels:  # switched off: its files wait until it is on again
            return
        if not sender.name and conversation_id not in self._asked:
            await self._learn_name(conversation_id, sender)
        while (message := await self._next(conversation_id)) is not None:
            collected = tuple([await self._collected(sender, each) for each in message.attachments])
            async with self._database.work() as connection:
                await attachments.mark_collected(connection, conversation_id, message.message_id, collected)
            self._announcements.changed(conversation_id)

    async def _sender(self, conversation_id: int) -> Sender:
        async with self._database.reading() as connection:
            return (await conversations.load(connection, conversation_id)).sender

    async def _next(self, conversation_id: int) -> attachments.Uncollected | None:
        async with self._database.reading() as connection:
            return await attachments.oldest_uncollected(connection, conversation_id)

    async def _learn_name(self, conversation_id: int, sender: Sender) -> None:
        """Asked for once; when the messenger failed to answer, again with the next message."""
        try:
            name = one_line(await self._channels[sender.channel].name_of(sender.chat_id), LONGEST_NAME)
        except SendError as error:
            log.info("name_not_learned", channel=sender.channel, reason=str(error))
            return
        self._asked.add(conversation_id)
        if name:
            async with self._database.work() as connection:
                await conversations.name_subscriber(connection, conversation_id, name)
            self._announcements.changed(conversation_id)

    async def _collected(self, sender: Sender, attachment: Attachment) -> Attachment:
        """The attachment with its bytes kept, or with the reason why they are not."""
        if not attachments.is_wanted(attachment):
            return attachment
        if attachment.size_bytes > LARGEST_BYTES:
            return replace(attachment, refused="too_large")
        try:
            file = await self._fetched(sender.channel, attachment)
            upload = Upload(attachment.name or file.name, io.BytesIO(file.content))
            kept = await asyncio.to_thread(self._files.save, sender, upload, LARGEST_BYTES)
        except FileRefused as refusal:
            return replace(attachment, refused=refusal.reason)
        except SendError as error:
            log.warning("attachment_not_fetched", channel=sender.channel, reason=str(error))
            return replace(attachment, refused="gone")
        name = kept.name if attachment.name else ""
        return replace(attachment, name=name, mime=kept.mime, size_bytes=kept.size_bytes, kept=kept.kept)

    async def _fetched(self, channel: str, attachment: Attachment) -> File:
        """Raises SendError after the last try."""
        for attempt in range(1, TRIES):
            try:
                return await self._fetch(channel, attachment)
            except Rejected:
                raise
            except SendError as error:
                wait_s = error.after_s if isinstance(error, TryLater) else retry_delay_s(attempt, random.random())  # noqa: S311
                await self._clock.sleep(wait_s)
        return await self._fetch(channel, attachment)

    async def _fetch(self, channel: str, attachment: Attachment) -> File:
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                return await self._channels[channel].fetch(attachment)
        except TimeoutError:
            raise Rejected(f"{channel}: the file did not come in {FETCH_TIMEOUT_S:g} s") from None
