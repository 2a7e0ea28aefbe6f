"""A messenger is connected, and connected again, until the bot stops."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.channels.channel import Accept, Standing
from bot.connections import Connection, State
from bot.errors import ChannelDown
from bot.messages import Event, Ignored
from tests.support.channel import FakeChannel
from tests.support.clock import FakeClock


async def accept(event: Event) -> None:
    """Nothing comes here."""


def down(why: str = "no route") -> ChannelDown:
    return ChannelDown(why)


async def test_a_messenger_that_only_calls_our_webhook_is_up_after_the_connect() -> None:
    connection = Connection(FakeChannel(), accept, FakeClock())
    assert connection.state == State("fake", "connecting", "")
    await connection.keep()
    assert connection.state == State("fake", "up", "@fake")


async def test_a_messenger_that_is_down_is_tried_with_growing_bounded_waits() -> None:
    clock, channel = FakeClock(), FakeChannel(breaks=[down() for _ in range(9)])
    await Connection(channel, accept, clock).keep()
    assert channel.connects == 10
    longest = [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert all(most / 2 <= wait <= most for wait, most in zip(clock.slept, longest, strict=True))


async def test_up_and_down_are_one_line_each_however_long_they_last() -> None:
    """Down twice, up, cut off, down again for the same reason, up for good."""
    channel = FakeChannel(breaks=[down(), down(), None, down(), down("token refused")])
    with capture_logs() as lines:
        await Connection(channel, accept, FakeClock()).keep()
    seen = [(line["event"], line["note"]) for line in lines]
    assert seen == [
        ("channel_down", "no route"),
        ("channel_up", "@fake"),
        ("channel_down", "the connection was cut"),
        ("channel_down", "no route"),
        ("channel_down", "token refused"),
        ("channel_up", "@fake"),
    ]
    assert [line["log_level"] for line in lines] == ["warning", "info", "warning", "warning", "warning", "info"]


class Flaky(FakeChannel):
    """Connects, and is cut off after a while; the last time it stays."""

    clock: FakeClock
    lasts_s: float
    cuts: int = 6

    async def listen(self, accept: Accept) -> None:
        if self.connects <= self.cuts:
            self.clock.advance(self.lasts_s)
            raise ChannelDown("the connection was cut")


@pytest.mark.parametrize(("lasts_s", "longest_last_wait_s"), [(0.0, 32.0), (3600.0, 1.0)])
async def test_the_waits_begin_anew_only_after_the_messenger_was_up_for_a_while(
    lasts_s: float, longest_last_wait_s: float
) -> None:
    clock, channel = FakeClock(), Flaky()
    channel.clock, channel.lasts_s = clock, lasts_s
    await Connection(channel, accept, clock).keep()
    assert longest_last_wait_s / 2 <= clock.slept[-1] <= longest_last_wait_s


@pytest.mark.parametrize(
    ("failure", "note"),
    [
        (TimeoutError(), "no answer in 30 s"),
        (KeyError("a secret detail"), "KeyError: see the log"),
    ],
)
async def test_a_silent_or_broken_channel_is_down_and_takes_no_other_with_it(failure: Exception, note: str) -> None:
    states = []
    clock = FakeClock()
    channel = FakeChannel(breaks=[failure])
    connection = Connection(channel, accept, clock)

    async def sleep(seconds: float) -> None:
        states.append(connection.state)

    clock.sleep = sleep  # type: ignore[method-assign]  # the state between two tries
    await connection.keep()
    assert states == [State("fake", "down", note)]
    assert connection.state.state == "up"


class Hooked(FakeChannel):
    """Calls our webhook; `says` are its answers to "how do you get on", and then the bot stops."""

    says: list[Standing | ChannelDown]

    async def inspect(self) -> Standing:
        if not self.says:
            raise asyncio.CancelledError
        answer = self.says.pop(0)
        if isinstance(answer, ChannelDown):
            raise answer
        return answer

    async def set_webhook(self) -> str:
        return "https://bot.example.org/webhooks/fake"

    async def delete_webhook(self) -> None:
        """There is none."""


async def test_a_messenger_that_calls_us_is_asked_whether_it_still_can() -> None:
    well = Standing("@fake, 3 updates wait")
    channel = Hooked()
    channel.says = [well, Standing("@fake", faults=("fake: it calls no address",)), well, down("token refused"), well]
    with capture_logs() as lines, pytest.raises(asyncio.CancelledError):
        await Connection(channel, accept, FakeClock()).keep()
    assert [(line["event"], line["note"]) for line in lines] == [
        ("channel_up", "@fake"),
        ("channel_down", "fake: it calls no address"),
        ("channel_up", "@fake"),
        ("channel_down", "token refused"),
        ("channel_up", "@fake"),
    ]
    assert channel.connects == 2


async def test_what_a_messenger_brings_carries_its_name() -> None:
    class Listening(FakeChannel):
        async def listen(self, accept: Accept) -> None:
            await accept(Ignored("poll"))

    taken: list[Event] = []

    async def take(event: Event) -> None:
        taken.append(event)

    await Connection(Listening(), take, FakeClock()).keep()
    assert [event.channel for event in taken if isinstance(event, Ignored)] == ["fake"]


async def test_a_stop_ends_the_keeping_at_once() -> None:
    class Listening(FakeChannel):
        async def listen(self, accept: Accept) -> None:
            await asyncio.Event().wait()

    connection = Connection(Listening(), accept, FakeClock())
    keeping = asyncio.create_task(connection.keep())
    while connection.state.state != "up":
        await asyncio.sleep(0)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
