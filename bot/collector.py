"""Fetches what an accepted message only refers to, while its messenger still gives it: the bytes of attachments and the
subscriber's name. The dialogue does not wait for it."""

import asyncio
import io
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.announcements import Announcements
from bot.channels.channel import Channel
from bot.delivery import retry_delay_s
from bot.dialogue.permission import OPEN, Permission
from bot.dialogue.ports import Clock
from bot.errors import Blocked, Rejected, SendError, TryLater, Unreachable
from bot.lanes import Lanes
from bot.messages import Attachment, File, Sender, one_line
from bot.storage import attachments, conversations
from bot.storage.database import Database
from bot.storage.files import FileRefused, Files, Upload

LARGEST_BYTES = 20 * 1024 * 1024
FETCH_TIMEOUT_S = 60.0
FETCH_FOR = timedelta(hours=1)  # no messenger promises the addresses of its files for longer
FETCHES_AT_ONCE = 4  # of one messenger: each holds a whole file in memory
NAME_TIMEOUT_S = 15.0
NAME_PAUSE_S = 60.0  # a messenger that could not tell one name is not asked for others
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
        permission: Permission = OPEN,
    ) -> None:
        self._database = database
        self._channels = channels
        self._files = files
        self._announcements = announcements
        self._clock = clock
        self._permission = permission
        self._slots = {name: asyncio.Semaphore(FETCHES_AT_ONCE) for name in channels}
        self._asked: set[int] = set()  # conversations whose subscriber's name was asked for
        self._paused_until: dict[str, datetime] = {}  # asking for names, by channel
        self.lanes = Lanes("collecting", self._collect, clock.sleep)

    async def resume(self) -> None:
        """After a start: go on with everything not fetched yet."""
        async with self._database.reading() as connection:
            waiting = await attachments.conversations_to_collect(connection)
        for conversation_id in waiting:
            self.lanes.wake(conversation_id)

    async def _collect(self, conversation_id: int) -> None:
        async with self._database.reading() as connection:
            conversation = await conversations.load(connection, conversation_id)
        sender = conversation.sender
        if sender.channel not in self._channels:  # switched off: its files wait until it is on again
            return
        if not self._permission.permits(sender.channel, conversation.audience):
            return
        if not sender.name and conversation_id not in self._asked:
            await self._learn_name(conversation_id, sender)
        while (message := await self._next(conversation_id)) is not None:
            give_up_at = self._clock.now() + FETCH_FOR
            collected = tuple([await self._collected(sender, each, give_up_at) for each in message.attachments])
            async with self._database.work() as connection:
                await attachments.mark_collected(connection, conversation_id, message.message_id, collected)
            self._announcements.changed(conversation_id)

    async def _next(self, conversation_id: int) -> attachments.Uncollected | None:
        async with self._database.reading() as connection:
            return await attachments.oldest_uncollected(connection, conversation_id)

    async def _learn_name(self, conversation_id: int, sender: Sender) -> None:
        """Asked for once; when the messenger failed to answer, again with a later message."""
        now = self._clock.now()
        if now < self._paused_until.get(sender.channel, now):
            return
        try:
            name = await self._name_of(sender)
        except Exception as error:  # a name is worth no trouble: the files must not wait for it
            pause_s = error.after_s if isinstance(error, TryLater) else NAME_PAUSE_S
            self._paused_until[sender.channel] = now + timedelta(seconds=pause_s)
            log.info("name_not_learned", channel=sender.channel, reason=_reason(error))
            return
        self._asked.add(conversation_id)
        if name:
            async with self._database.work() as connection:
                await conversations.name_subscriber(connection, conversation_id, name)
            self._announcements.changed(conversation_id)

    async def _name_of(self, sender: Sender) -> str:
        """Empty, too, for somebody whose name the messenger refuses to tell."""
        try:
            async with asyncio.timeout(NAME_TIMEOUT_S):
                return one_line(await self._channels[sender.channel].name_of(sender.chat_id), LONGEST_NAME)
        except (Blocked, Rejected):
            return ""

    async def _collected(self, sender: Sender, attachment: Attachment, give_up_at: datetime) -> Attachment:
        """The attachment with its bytes kept, or with the reason why they are not."""
        if not attachments.is_wanted(attachment):
            return attachment
        if attachment.size_bytes > LARGEST_BYTES:
            return replace(attachment, refused="too_large")
        try:
            file = await self._fetched(sender.channel, attachment, give_up_at)
            upload = Upload(attachment.name or file.name, io.BytesIO(file.content))
            kept = await asyncio.to_thread(self._files.save, sender, upload, LARGEST_BYTES)
        except FileRefused as refusal:
            return replace(attachment, refused=refusal.reason)
        except OSError as error:  # our disk; the file would be fetched again and again
            log.error("attachment_not_kept", channel=sender.channel, error=type(error).__name__)
            return replace(attachment, refused="no_room")
        except SendError as error:
            log.warning("attachment_not_fetched", channel=sender.channel, reason=str(error))
            return replace(attachment, refused="gone")
        name = kept.name if attachment.name else ""
        return replace(attachment, name=name, mime=kept.mime, size_bytes=kept.size_bytes, kept=kept.kept)

    async def _fetched(self, channel: str, attachment: Attachment, give_up_at: datetime) -> File:
        """Raises SendError when it was refused, or when trying again has become hopeless."""
        attempt = 1
        while True:
            try:
                return await self._fetch(channel, attachment)
            except (Blocked, Rejected):
                raise
            except SendError as error:
                wait_s = error.after_s if isinstance(error, TryLater) else retry_delay_s(attempt, random.random())  # noqa: S311
                if self._clock.now() + timedelta(seconds=wait_s) > give_up_at:
                    raise
            await self._clock.sleep(wait_s)
            attempt += 1

    async def _fetch(self, channel: str, attachment: Attachment) -> File:
        try:
            async with self._slots[channel], asyncio.timeout(FETCH_TIMEOUT_S):
                return await self._channels[channel].fetch(attachment)
        except TimeoutError:
            raise Unreachable(f"{channel}: the file did not come in {FETCH_TIMEOUT_S:g} s") from None
        except SendError:
            raise
        except Exception as error:  # a fault of ours in the channel must not hold up the other files
            raise Rejected(f"{channel}: the channel broke: {type(error).__name__}") from error


def _reason(error: Exception) -> str:
    """Only our own errors promise to tell nothing personal."""
    return str(error) if isinstance(error, SendError) else type(error).__name__
