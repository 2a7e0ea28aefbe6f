"""The way out: in order, one at a time, and for every failure of the messenger what the bot does next."""

import asyncio
import io
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import FORGOTTEN, GIVE_UP_AFTER, SESSION_OVER, TOO_OLD, retry_delay_s
from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable
from bot.messages import Attachment, File, Incoming, IncomingKind, Outgoing
from bot.storage import outbox
from bot.storage.files import Upload
from tests.support.channel import LIMITS, FakeChannel
from tests.support.core import Core, open_core, subscriber, written

IDEMPOTENT = replace(LIMITS, idempotent_send=True)
PDF = b"%PDF-1.4 of nobody"


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
async def core(tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
    async with open_core(tmp_path, channel) as opened:
        yield opened


@pytest.fixture
async def safe(tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
    """Over a messenger that a repeat cannot double."""
    channel.capabilities = IDEMPOTENT
    async with open_core(tmp_path, channel) as opened:
        yield opened


async def test_messages_of_a_conversation_are_sent_in_order_one_at_a_time(core: Core, channel: FakeChannel) -> None:
    channel.gate = asyncio.Event()
    await core.queue("один", "два", "три")
    core.outbox.lanes.wake(1)
    while not channel.tried:
        await asyncio.sleep(0)
    assert await core.deliveries() == ["sending", "pending", "pending"]
    assert len(channel.tried) == 1
    channel.gate.set()
    await core.settled()
    assert channel.texts == ["один", "два", "три"]
    rows = await core.rows()
    assert [(row["delivery"], row["sent_as"], row["attempts"]) for row in rows] == [
        ("sent", "fake-1", 1),
        ("sent", "fake-2", 1),
        ("sent", "fake-3", 1),
    ]


async def test_one_conversation_does_not_wait_for_another(tmp_path: Path) -> None:
    gate = asyncio.Event()

    class Slow(FakeChannel):
        async def send(self, message: Outgoing) -> str:
            if message.chat_id == "slow":
                await gate.wait()
            return await super().send(message)

    channel = Slow()
    async with open_core(tmp_path, channel) as core:
        slow, quick = await core.queue("один", chat="slow"), await core.queue("два", chat="quick")
        core.outbox.lanes.wake(slow)
        core.outbox.lanes.wake(quick)
        while not channel.sent:
            await asyncio.sleep(0)
        gate.set()
        await core.settled()
    assert channel.texts == ["два", "один"]


class TestTryLater:
    async def test_waits_as_long_as_the_messenger_asks_and_costs_no_attempt(
        self, core: Core, channel: FakeChannel
    ) -> None:
        channel.failures = [TryLater(30), TryLater(5)]
        await core.queue("один", "два")
        await core.deliver()
        assert channel.texts == ["один", "два"]
        assert [seconds for seconds in core.clock.slept if seconds] == [30, 5]
        assert [row["attempts"] for row in await core.rows()] == [1, 1]

    async def test_goes_on_waiting_after_a_restart(self, core: Core, channel: FakeChannel, tmp_path: Path) -> None:
        await core.queue("один")
        async with core.database.work() as connection:
            until = core.clock.now() + timedelta(seconds=30)
            pending = await outbox.oldest_undelivered(connection, 1)
            assert pending
            await outbox.mark_sending(connection, 1, core.clock.now())
            await outbox.postpone(connection, pending, until, "wait", free=True)
        async with open_core(tmp_path, channel) as restarted:
            await restarted.outbox.resume()
            await restarted.settled()
            assert restarted.clock.slept == [30]
        assert channel.texts == ["один"]

    async def test_is_given_up_when_the_wait_would_end_after_a_day(self, core: Core, channel: FakeChannel) -> None:
        channel.failures = [TryLater(23 * 3600), TryLater(2 * 3600)]
        await core.queue("один", "два")
        await core.deliver()
        assert channel.texts == ["два"]
        assert await core.deliveries() == ["failed", "sent"]
        assert "given up" in (await core.rows())[0]["error"]
        assert [seconds for seconds in core.clock.slept if seconds] == [23 * 3600]

    async def test_is_not_given_up_within_the_day(self, core: Core, channel: FakeChannel) -> None:
        channel.failures = [TryLater(8 * 3600)] * 3
        await core.queue("один")
        await core.deliver()
        assert channel.texts == ["один"]


class TestUnreachable:
    async def test_is_tried_again_with_growing_waits_until_it_is_sent(self, core: Core, channel: FakeChannel) -> None:
        channel.failures = [Unreachable("no route") for _ in range(4)]
        await core.queue("один", "два")
        await core.deliver()
        assert channel.texts == ["один", "два"]
        waits = [seconds for seconds in core.clock.slept if seconds]
        assert len(waits) == 4
        assert all(2**number / 2 <= wait <= 2**number for number, wait in enumerate(waits))
        assert [row["attempts"] for row in await core.rows()] == [5, 1]

    async def test_is_given_up_after_a_day(self, core: Core, channel: FakeChannel) -> None:
        created_at = core.clock.now()
        await core.queue("один", "два")
        channel.failures = [Unreachable("no route") for _ in range(3)]
        core.clock.advance(GIVE_UP_AFTER.total_seconds() - 0.1)
        await core.deliver()
        assert core.clock.now() - created_at > GIVE_UP_AFTER
        assert await core.deliveries() == ["failed", "failed"]
        assert channel.texts == []

    async def test_is_not_given_up_before(self, core: Core, channel: FakeChannel) -> None:
        await core.queue("один")
        channel.failures = [Unreachable("no route")]
        core.clock.advance(GIVE_UP_AFTER.total_seconds() - 60)
        await core.deliver()
        assert channel.texts == ["один"]


class TestUncertain:
    @pytest.fixture(params=["said by the channel", "too long without an answer"])
    def failure(self, request: pytest.FixtureRequest) -> Exception:
        return Uncertain("cut off") if request.param == "said by the channel" else TimeoutError()

    async def test_is_never_repeated_where_that_could_double_the_message(
        self, core: Core, channel: FakeChannel, failure: Exception
    ) -> None:
        channel.failures = [failure]
        await core.queue("один", "два")
        await core.deliver()
        assert channel.texts == ["два"]
        assert channel.tried == [1, 2]
        assert await core.deliveries() == ["uncertain", "sent"]

    async def test_is_repeated_where_it_cannot(self, safe: Core, channel: FakeChannel, failure: Exception) -> None:
        channel.failures = [failure]
        await safe.queue("один", "два")
        await safe.deliver()
        assert channel.texts == ["один", "два"]
        assert channel.tried == [1, 1, 2]


class TestBlocked:
    async def test_fails_the_rest_too(self, core: Core, channel: FakeChannel) -> None:
        channel.failures = [None, Blocked("blocked by the user")]
        await core.queue("один", "два", "три", "четыре")
        await core.deliver()
        assert channel.tried == [1, 2]
        assert await core.deliveries() == ["sent", "failed", "failed", "failed"]
        assert not (await core.conversation()).reachable

    async def test_nothing_more_is_tried_until_the_subscriber_writes_again(
        self, core: Core, channel: FakeChannel
    ) -> None:
        channel.failures = [Blocked("blocked by the user")]
        await core.queue("один")
        await core.deliver()
        async with core.database.work() as connection:
            conversation = await core.conversation()
            assert not conversation.reachable
            await outbox.add(connection, conversation, [outbox.Draft("два")], core.clock.now())
        await core.deliver()
        assert channel.tried == [1]
        assert await core.deliveries() == ["failed", "failed"]
        await core.queue("три")
        await core.deliver()
        assert channel.texts == ["три"]


@pytest.mark.parametrize("failure", [Rejected("text is empty"), SendError("of a new kind")])
async def test_a_rejected_message_is_a_dead_letter_and_the_next_is_sent(
    core: Core, channel: FakeChannel, failure: SendError
) -> None:
    channel.failures = [failure]
    await core.queue("один", "два")
    await core.deliver()
    assert channel.texts == ["два"]
    assert await core.deliveries() == ["failed", "sent"]
    async with core.database.reading() as connection:
        (letter,) = await outbox.dead_letters(connection)
    assert letter.error == str(failure)


@pytest.mark.parametrize("of", [lambda core, safe: core, lambda core, safe: safe], ids=["once", "idempotent"])
async def test_a_channel_that_breaks_its_promise_holds_up_nobody(
    core: Core, safe: Core, channel: FakeChannel, of: Callable[[Core, Core], Core]
) -> None:
    world = of(core, safe)
    channel.failures = [KeyError("a fault of ours")]
    await world.queue("один", "два")
    await world.deliver()
    assert channel.texts == ["два"]
    assert await world.deliveries() == ["uncertain", "sent"]


async def test_what_an_error_of_the_database_left_half_sent_is_settled_without_a_restart(
    core: Core, channel: FakeChannel
) -> None:
    """The row says "sending" and no worker is at it: the commit after the send had failed."""
    await core.queue("один", "два")
    async with core.database.work() as connection:
        await outbox.mark_sending(connection, 1, core.clock.now())
    await core.deliver()
    assert await core.deliveries() == ["uncertain", "sent"]
    assert channel.texts == ["два"]


async def test_where_a_repeat_is_harmless_it_is_sent_again(safe: Core, channel: FakeChannel) -> None:
    await safe.queue("один", "два")
    async with safe.database.work() as connection:
        await outbox.mark_sending(connection, 1, safe.clock.now())
    await safe.deliver()
    assert channel.texts == ["один", "два"]


class TestForgetfulMessenger:
    """It knows a repeat for one only for an hour after the first send."""

    @pytest.fixture
    async def forgetful(self, tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
        channel.capabilities = replace(IDEMPOTENT, idempotent_for=timedelta(hours=1))
        async with open_core(tmp_path, channel) as opened:
            yield opened

    async def test_what_was_being_sent_when_the_process_died_is_repeated_soon_and_never_later(
        self, forgetful: Core, channel: FakeChannel
    ) -> None:
        for number, (away_s, delivery) in enumerate(((3599, "sent"), (3601, "uncertain")), start=1):
            await forgetful.queue("один", chat=str(number))
            async with forgetful.database.work() as connection:
                await outbox.mark_sending(connection, number, forgetful.clock.now())
            forgetful.clock.advance(away_s)
            await forgetful.outbox.resume()
            await forgetful.settled()
            assert await forgetful.deliveries(number) == [delivery]
        assert len(channel.sent) == 1

    async def test_what_may_have_arrived_is_not_repeated_after_an_hour_of_failures(
        self, forgetful: Core, channel: FakeChannel
    ) -> None:
        channel.failures = [Unreachable("no route"), Uncertain("no answer"), *[TryLater(1200)] * 3]
        await forgetful.queue("один", "два")
        await forgetful.deliver()
        assert await forgetful.deliveries() == ["uncertain", "sent"]
        assert channel.tried == [1, 1, 1, 1, 1, 2]
        assert (await forgetful.rows())[0]["error"] == FORGOTTEN

    async def test_what_surely_did_not_arrive_is_sent_however_late(self, forgetful: Core, channel: FakeChannel) -> None:
        channel.failures = [Unreachable("no route"), *[TryLater(3000)] * 4]
        await forgetful.queue("один")
        await forgetful.deliver()
        assert channel.texts == ["один"]


async def test_who_writes_while_a_send_is_refused_is_back_and_gets_the_rest(core: Core, channel: FakeChannel) -> None:
    channel.gate, channel.failures = asyncio.Event(), [Blocked("left")]
    conversation_id = await core.queue("один", "два")
    core.outbox.lanes.wake(conversation_id)
    while not channel.tried:
        await asyncio.sleep(0)
    core.clock.advance(1)
    await core.inbox.accept(replace(written("a-1", "я снова тут"), sent_at=core.clock.now()))
    channel.gate.set()
    await core.settled()
    assert (await core.conversation()).reachable
    assert await core.deliveries() == ["failed", "sent", *["sent"] * (len(channel.sent) - 1)]
    assert len(channel.sent) > 1


async def test_a_channel_that_is_off_keeps_its_messages_until_it_is_on(
    core: Core, channel: FakeChannel, tmp_path: Path
) -> None:
    conversation_id = await core.queue("один", channel="other")
    await core.deliver(conversation_id)
    assert await core.deliveries() == ["pending"]
    other = FakeChannel("other")
    async with open_core(tmp_path, other) as restarted:
        await restarted.outbox.resume()
        await restarted.settled()
    assert other.texts == ["один"]
    assert not channel.sent


async def test_after_a_crash_what_was_in_flight_is_settled_and_the_rest_is_sent(
    core: Core, channel: FakeChannel, tmp_path: Path
) -> None:
    channel.gate = asyncio.Event()
    await core.queue("один", "два")
    core.outbox.lanes.wake(1)
    while not channel.tried:
        await asyncio.sleep(0)
    await core.outbox.lanes.stop(0)
    channel.gate = None
    async with open_core(tmp_path, channel) as restarted:
        await restarted.outbox.resume()
        await restarted.settled()
        assert await restarted.deliveries() == ["uncertain", "sent"]
    assert channel.texts == ["два"]


async def test_everything_that_happens_to_a_message_is_announced(core: Core, channel: FakeChannel) -> None:
    channel.failures = [Rejected("no"), None]
    await core.queue("один", "два")
    await core.deliver()
    assert core.changed.count(1) >= 2


async def test_the_subscriber_is_written_to_in_their_own_chat(core: Core, channel: FakeChannel) -> None:
    await core.queue("один", chat="77")
    await core.deliver()
    assert channel.sent[0].chat_id == subscriber("77").chat_id


class TestSession:
    """A messenger that lets us write only for a day after the subscriber did."""

    @pytest.fixture
    async def strict(self, tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
        channel.capabilities = replace(LIMITS, session=timedelta(hours=24))
        async with open_core(tmp_path, channel) as opened:
            yield opened

    async def test_the_first_answer_and_all_within_it_are_sent(self, strict: Core, channel: FakeChannel) -> None:
        await strict.inbox.accept(written("1", "спасибо"))
        await strict.settled()
        strict.clock.advance(timedelta(hours=24).total_seconds())
        await strict.queue("два")
        await strict.deliver()
        assert channel.texts == ["thanks", "два"]

    async def test_a_later_message_fails_and_says_why(self, strict: Core, channel: FakeChannel) -> None:
        await strict.inbox.accept(written("1", "спасибо"))
        await strict.settled()
        strict.clock.advance(timedelta(hours=24, seconds=1).total_seconds())
        await strict.queue("два", "три")
        await strict.deliver()
        assert channel.texts == ["thanks"]
        assert await strict.deliveries() == ["sent", "failed", "failed"]
        assert (await strict.rows())[-1]["error"] == SESSION_OVER
        assert (await strict.conversation()).reachable

    async def test_that_ended_while_the_messenger_let_us_wait_is_over(self, strict: Core, channel: FakeChannel) -> None:
        await strict.inbox.accept(written("1", "спасибо"))
        await strict.settled()
        strict.clock.advance(timedelta(hours=23, minutes=30).total_seconds())
        channel.failures = [TryLater(3600)]
        await strict.queue("два")
        await strict.deliver()
        assert (await strict.rows())[-1]["error"] == SESSION_OVER

    async def test_begins_anew_when_the_subscriber_writes(self, strict: Core, channel: FakeChannel) -> None:
        for external_id in ("1", "2"):
            await strict.inbox.accept(replace(written(external_id, "спасибо"), sent_at=strict.clock.now()))
            await strict.settled()
            strict.clock.advance(timedelta(hours=30).total_seconds())
        assert channel.texts == ["thanks", "thanks"]

    async def test_begins_when_a_message_was_written_not_when_it_was_brought(
        self, strict: Core, channel: FakeChannel
    ) -> None:
        strict.clock.advance(3600)
        await strict.inbox.accept(replace(written("2", "спасибо"), sent_at=strict.clock.now()))
        strict.clock.advance(3600)
        await strict.inbox.accept(written("1", "спасибо"))
        await strict.settled()
        for hours, delivery in ((23, "sent"), (1, "failed")):
            strict.clock.advance(timedelta(hours=hours, seconds=-1 if hours == 23 else 2).total_seconds())
            await strict.queue("два")
            await strict.deliver()
            assert (await strict.deliveries())[-1] == delivery

    async def test_is_not_begun_by_opening_the_chat_or_a_repeat(self, strict: Core, channel: FakeChannel) -> None:
        await strict.inbox.accept(written("1", "спасибо"))
        await strict.settled()
        strict.clock.advance(timedelta(hours=25).total_seconds())
        opened = Incoming("2", subscriber(), IncomingKind.START, strict.clock.now(), is_greeted=True)
        await strict.inbox.accept(opened)
        await strict.inbox.accept(written("1", "спасибо"))
        await strict.queue("два")
        await strict.deliver()
        assert channel.texts == ["thanks"]

    async def test_is_not_over_before_anybody_wrote(self, strict: Core, channel: FakeChannel) -> None:
        """Conversations of the time before we noted it."""
        await strict.queue("один")
        await strict.deliver()
        assert channel.texts == ["один"]


class TestFile:
    @pytest.fixture
    def bill(self, core: Core) -> Attachment:
        return core.files.save(subscriber(), Upload("счёт.pdf", io.BytesIO(PDF)), 1000)

    async def test_goes_out_with_its_bytes_in_its_turn(
        self, core: Core, channel: FakeChannel, bill: Attachment
    ) -> None:
        await core.queue("вот ваш счёт", file=bill)
        await core.queue("три")
        await core.deliver()
        assert channel.texts == ["вот ваш счёт", "", "три"]
        sent = channel.sent[1]
        assert sent.attachment == bill
        assert sent.file == File(PDF, "application/pdf", "счёт.pdf")

    async def test_that_was_erased_is_a_dead_letter_and_the_next_is_sent(
        self, core: Core, channel: FakeChannel, bill: Attachment, tmp_path: Path
    ) -> None:
        await core.queue(file=bill)
        await core.queue("два")
        shutil.rmtree(tmp_path / "files")
        await core.deliver()
        assert channel.texts == ["два"]
        assert await core.deliveries() == ["failed", "sent"]

    async def test_of_which_only_the_card_is_left_is_a_dead_letter_too(
        self, core: Core, bill: Attachment, tmp_path: Path
    ) -> None:
        (tmp_path / "files" / bill.kept).unlink()
        await core.queue(file=bill)
        await core.deliver()
        assert await core.deliveries() == ["failed"]

    async def test_outlives_the_process(
        self, core: Core, channel: FakeChannel, bill: Attachment, tmp_path: Path
    ) -> None:
        await core.queue(file=bill)
        async with open_core(tmp_path, channel) as restarted:
            await restarted.outbox.resume()
            await restarted.settled()
        assert [message.attachment for message in channel.sent] == [bill]


async def test_every_message_has_a_key_of_its_own_that_a_retry_keeps(safe: Core, channel: FakeChannel) -> None:
    channel.failures = [Uncertain("cut off")]
    await safe.queue("один", "два")
    await safe.deliver()
    assert channel.keys[0] == channel.keys[1] != channel.keys[2]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_between_retries_are_bounded(attempts: int, chance: float) -> None:
    assert 0.5 <= retry_delay_s(attempts, chance) <= 60


@given(st.integers(1, 1000), st.floats(0, 1))
def test_waits_between_retries_never_shrink(attempts: int, chance: float) -> None:
    assert retry_delay_s(attempts, chance) <= retry_delay_s(attempts + 1, chance)


async def test_an_answer_of_the_day_before_yesterday_is_not_sent(core: Core, channel: FakeChannel) -> None:
    """The bot was stopped for two days with an answer pending."""
    await core.queue("один")
    core.clock.advance(2 * GIVE_UP_AFTER.total_seconds())
    await core.deliver()
    (row,) = await core.rows()
    assert (row["delivery"], row["error"]) == ("failed", TOO_OLD)
    assert channel.texts == []
