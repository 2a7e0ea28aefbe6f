"""Accept every event once, durably; hand conversations to the dialogue one turn at a time."""

import asyncio
import hmac
from collections.abc import Callable

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.announcements import Announcements
from bot.dialogue.permission import OPEN, Permission, without_content
from bot.dialogue.ports import Clock
from bot.dialogue.turn import Dialogue
from bot.lanes import Lanes
from bot.messages import Audience, Event, Ignored, Incoming, Report, SubscriberLeft, SubscriberReturned
from bot.storage import conversations, inbox, receipts
from bot.storage.attachments import is_wanted
from bot.storage.database import Database

EVENTS = Counter("otklik_events", "Events from messengers", ["channel", "outcome"])


class Inbox:
    """`accept` is the border: when it has returned, the event survives the death of the process."""

    def __init__(  # noqa: PLR0913  # joined once, in bot.app
        self,
        *,
        database: Database,
        dialogue: Dialogue,
        announcements: Announcements,
        clock: Clock,
        permission: Permission = OPEN,
        business_key: str = "",
        collect: Callable[[int], None] = lambda _conversation_id: None,
    ) -> None:
        """`business_key`: a chat opened by a link that carries it is a business customer's.

        `collect` hears of conversations with a message that its messenger did not bring whole.
        """
        self._database = database
        self._dialogue = dialogue
        self._announcements = announcements
        self._clock = clock
        self._permission = permission
        self._business_key = business_key
        self._collect = collect
        self.lanes = Lanes("turn", self._handle, clock.sleep)

    async def accept(self, event: Event) -> None:
        """Shielded: a tab that closes at this moment must not leave a message stored and nobody woken to answer it."""
        await asyncio.shield(self._accept(event))

    async def _accept(self, event: Event) -> None:
        match event:
            case Incoming():
                await self._accept_message(event)
            case SubscriberLeft():
                await self._accept_leaving(event)
            case SubscriberReturned():
                await self._accept_return(event)
            case Report():
                await self._accept_report(event)
            case Ignored(kind, channel):
                EVENTS.labels(channel, f"ignored:{kind}"[:60]).inc()

    async def resume(self) -> None:
        """After a start: go on with everything accepted and not yet handled."""
        async with self._database.reading() as connection:
            waiting = await inbox.unhandled_conversations(connection)
        for conversation_id in waiting:
            self.lanes.wake(conversation_id)

    async def _accept_message(self, incoming: Incoming) -> None:
        now = self._clock.now()
        async with self._database.work() as connection:
            is_business = self._is_business(incoming)
            may_answer = await self._may_answer(connection, incoming, is_business=is_business)
            if not may_answer:
                incoming = without_content(incoming)
            conversation_id = await conversations.find_or_create(connection, incoming.sender, now)
            if is_business:
                await conversations.mark_business(connection, conversation_id)
            if incoming.is_greeted:
                await conversations.mark_greeted(connection, conversation_id)
            is_new = await inbox.accept(connection, conversation_id, incoming, now)
        EVENTS.labels(incoming.sender.channel, "accepted" if is_new else "repeated").inc()
        if is_new:
            self.lanes.wake(conversation_id)
            if may_answer and is_incomplete(incoming):
                self._collect(conversation_id)
            self._announcements.changed(conversation_id)

    def _is_business(self, incoming: Incoming) -> bool:
        key = self._business_key
        return bool(key) and hmac.compare_digest(incoming.referral.encode("utf-8", "surrogatepass"), key.encode())

    async def _may_answer(self, connection: AsyncConnection, incoming: Incoming, *, is_business: bool) -> bool:
        sender = incoming.sender
        if self._permission.is_open(sender.channel):
            return True
        audience = Audience.BUSINESS if is_business else await conversations.audience_of(connection, sender)
        return self._permission.permits(sender.channel, audience)

    async def _accept_leaving(self, event: SubscriberLeft) -> None:
        async with self._database.work() as connection:
            conversation_id = await conversations.mark_unreachable(connection, event.sender, event.left_at)
        EVENTS.labels(event.sender.channel, "left").inc()
        if conversation_id is not None:
            self._announcements.changed(conversation_id)

    async def _accept_return(self, event: SubscriberReturned) -> None:
        async with self._database.work() as connection:
            conversation_id = await conversations.mark_reachable(connection, event.sender)
        EVENTS.labels(event.sender.channel, "returned").inc()
        if conversation_id is not None:
            self._announcements.changed(conversation_id)

    async def _accept_report(self, report: Report) -> None:
        async with self._database.work() as connection:
            conversation_id = await receipts.take_report(connection, report, self._clock.now())
        EVENTS.labels(report.sender.channel, report.receipt.value).inc()
        if conversation_id is not None:
            self._announcements.changed(conversation_id)

    async def _handle(self, conversation_id: int) -> None:
        try:
            while await self._dialogue.take_turn(conversation_id):
                self._announcements.changed(conversation_id)
        except Exception:
            async with self._database.work() as connection:
                await inbox.count_failure(connection, conversation_id)
            raise


def is_incomplete(incoming: Incoming) -> bool:
    """Whether the messenger has more of it than it brought: the subscriber's name, the bytes of attachments."""
    return not incoming.sender.name or any(is_wanted(attachment) for attachment in incoming.attachments)
