"""Send what is pending: each conversation in order, one message in flight, within the messenger's rates."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter

from bot.announcements import Announcements
from bot.channels.channel import Channel
from bot.dialogue.ports import Clock
from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable
from bot.lanes import Lanes
from bot.messages import Outgoing
from bot.rates import Rates
from bot.storage import conversations, outbox
from bot.storage.database import Database
from bot.storage.delivery_states import Delivery
from bot.storage.files import Files
from bot.storage.outbox import Pending

SEND_TIMEOUT_S = 30.0
UPLOAD_TIMEOUT_S = 180.0  # of a message that is a file
GIVE_UP_AFTER = timedelta(hours=24)  # Telegram itself keeps updates for a day; later an answer answers nothing

SESSION_OVER = "the messenger lets us write only for some hours after the subscriber did, and they are over"
TOO_OLD = "waited for more than a day: an answer of yesterday answers nothing"
FORGOTTEN = "an earlier send may have arrived, and the messenger would not know a repeat for one any more"

SENDS = Counter("otklik_sends", "Messages handed to messengers", ["channel", "outcome"])
log = structlog.get_logger()


def retry_delay_s(attempts: int, chance: float) -> float:
    """Back-off: 1, 2, 4 ... 60 s, each shortened by up to half by `chance` (0..1) so that retries spread out."""
    return float(min(60.0, 2.0 ** min(attempts - 1, 6)) * (1 - chance / 2))


def too_late(pending: Pending, channel: Channel, now: datetime) -> tuple[Delivery, str] | None:
    """Why a message may not be sent any more, and what becomes of it; None: it may be."""
    known_for, session = channel.capabilities.idempotent_for, channel.capabilities.session
    if known_for is not None and pending.maybe_sent_at is not None and now - pending.maybe_sent_at > known_for:
        return Delivery.UNCERTAIN, FORGOTTEN
    if now - pending.created_at > GIVE_UP_AFTER:
        return Delivery.FAILED, TOO_OLD
    if session is not None and pending.heard_at is not None and now - pending.heard_at > session:
        return Delivery.FAILED, SESSION_OVER
    return None


class Outbox:
    """Delivers by channel name; knows no messenger."""

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
        self._repeatable = [name for name, channel in channels.items() if channel.capabilities.idempotent_send]
        self._rates = {name: Rates(channel.capabilities) for name, channel in channels.items()}
        self.lanes = Lanes("delivery", self._deliver, clock.sleep)

    async def resume(self) -> None:
        """After a start: settle what was in flight, go on with what is pending."""
        async with self._database.work() as connection:
            interrupted = await outbox.recover(connection, self._repeatable)
            waiting = await outbox.undelivered_conversations(connection)
        log.info("delivery_resumed", interrupted=interrupted, conversations=len(waiting))
        for conversation_id in waiting:
            self.lanes.wake(conversation_id)

    async def _deliver(self, conversation_id: int) -> None:
        while (pending := await self._next(conversation_id)) is not None:
            channel = self._channels.get(pending.channel)
            if pending.is_interrupted:  # by an error here: this worker is the only one
                await self._recover(conversation_id)
                continue
            if channel is None:  # switched off: keep the messages until it is on again
                log.warning("delivery_waits", channel=pending.channel, why="the channel is off")
                return
            if not pending.reachable:
                await self._fail_all(conversation_id)
                return
            await self._wait(pending)
            if obstacle := too_late(pending, channel, self._clock.now()):
                log.warning("too_late_to_send", channel=pending.channel, message=pending.message.id, why=obstacle[1])
                await self._bury(pending, *obstacle)
            else:
                await self._send(conversation_id, pending, channel)
            self._announcements.changed(conversation_id)

    async def _next(self, conversation_id: int) -> Pending | None:
        async with self._database.reading() as connection:
            return await outbox.oldest_undelivered(connection, conversation_id)

    async def _recover(self, conversation_id: int) -> None:
        async with self._database.work() as connection:
            await outbox.recover(connection, self._repeatable, conversation_id)
        self._announcements.changed(conversation_id)

    async def _wait(self, pending: Pending) -> None:
        if pending.not_before:
            wait = (pending.not_before - self._clock.now()).total_seconds()
            await self._clock.sleep(max(0.0, wait))
        await self._rates[pending.channel].take(pending.message.chat_id)

    async def _send(self, conversation_id: int, pending: Pending, channel: Channel) -> None:
        message_id = pending.message.id
        async with self._database.work() as connection:
            await outbox.mark_sending(connection, message_id, self._clock.now())
        try:
            async with asyncio.timeout(UPLOAD_TIMEOUT_S if pending.message.attachment else SEND_TIMEOUT_S):
                sent_as = await channel.send(await self._with_file(pending.message))
        except TimeoutError:
            await self._take_error(conversation_id, pending, Uncertain("no answer in time"))
        except SendError as error:
            await self._take_error(conversation_id, pending, error)
        except Exception as error:  # a fault of ours in the channel must not hold up the rest of the conversation
            log.error("channel_broke", channel=pending.channel, message=message_id, error=type(error).__name__)
            await self._bury(pending, Delivery.UNCERTAIN, f"{type(error).__name__} in the channel, see the log")
        else:
            async with self._database.work() as connection:
                await outbox.mark_sent(connection, message_id, sent_as)
            SENDS.labels(pending.channel, "sent").inc()

    async def _with_file(self, message: Outgoing) -> Outgoing:
        """With the bytes of its attachment. Raises Rejected when they are gone."""
        if message.attachment is None:
            return message
        file = await asyncio.to_thread(self._files.read, message.attachment.kept)
        if file is None:
            raise Rejected("the attached file is gone; it was erased or the files folder has changed")
        return replace(message, file=file)

    async def _take_error(self, conversation_id: int, pending: Pending, error: SendError) -> None:
        SENDS.labels(pending.channel, type(error).__name__.lower()).inc()
        log.warning(
            "send_failed",
            channel=pending.channel,
            message=pending.message.id,
            attempts=pending.attempts + 1,
            kind=type(error).__name__,
            error=str(error),
        )
        match error:
            case TryLater(after_s=after_s):
                await self._try_later(pending, after_s, str(error))
            case Uncertain() if not self._channels[pending.channel].capabilities.idempotent_send:
                await self._bury(pending, Delivery.UNCERTAIN, str(error))
            case Uncertain():
                since = pending.maybe_sent_at or self._clock.now()
                await self._retry(replace(pending, maybe_sent_at=since), str(error))
            case Unreachable():
                await self._retry(pending, str(error))
            case Blocked():
                await self._bury(pending, Delivery.FAILED, str(error))
                await self._take_block(conversation_id, pending)
            case Rejected() | _:
                await self._bury(pending, Delivery.FAILED, str(error))

    async def _retry(self, pending: Pending, error: str) -> None:
        if not await self._give_up(pending, error):
            await self._postpone(pending, retry_delay_s(pending.attempts + 1, random.random()), error, free=False)  # noqa: S311

    async def _try_later(self, pending: Pending, after_s: float, error: str) -> None:
        if not await self._give_up(pending, error, after_s):
            await self._postpone(pending, after_s, error, free=True)

    async def _give_up(self, pending: Pending, error: str, after_s: float = 0.0) -> bool:
        """An answer of the day before yesterday answers nothing: nor does one that would be it after `after_s`."""
        is_old = self._clock.now() + timedelta(seconds=after_s) - pending.created_at > GIVE_UP_AFTER
        if is_old:
            await self._bury(pending, Delivery.FAILED, f"given up after {GIVE_UP_AFTER}: {error}")
        return is_old

    async def _postpone(self, pending: Pending, after_s: float, error: str, *, free: bool) -> None:
        not_before = self._clock.now() + timedelta(seconds=after_s)
        async with self._database.work() as connection:
            await outbox.postpone(connection, pending, not_before, error, free=free)

    async def _bury(self, pending: Pending, delivery: Delivery, error: str) -> None:
        async with self._database.work() as connection:
            await outbox.mark_dead(connection, pending.message.id, delivery, error)

    async def _take_block(self, conversation_id: int, pending: Pending) -> None:
        async with self._database.work() as connection:
            is_gone = await conversations.mark_blocked(connection, conversation_id, pending.heard_at)
        if is_gone:
            await self._fail_all(conversation_id)

    async def _fail_all(self, conversation_id: int) -> None:
        async with self._database.work() as connection:
            await outbox.fail_all_pending(connection, conversation_id, "the subscriber blocked the bot")
        self._announcements.changed(conversation_id)
