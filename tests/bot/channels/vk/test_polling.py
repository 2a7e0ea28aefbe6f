"""Bots Long Poll: in order, the place kept only after everything before it is stored, and no hiccup ends it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from bot.channels.vk.channel import VkChannel
from bot.channels.vk.client import Timing
from bot.channels.vk.polling import Polling
from bot.errors import ChannelDown, TryLater, Unreachable
from bot.messages import Event, Ignored, Incoming, IncomingKind, Report, SubscriberLeft
from standins.pulse import Pulse
from standins.vk import How, StandInVk
from tests.bot.channels.vk.conftest import KeptCursors, make_channel

KEY = ("vk", "222333444")


@dataclass(slots=True)
class Inbox:
    """Stores what it accepts, each event once; fails as often as told."""

    events: list[Event] = field(default_factory=list)
    failures: int = 0
    pulse: Pulse = field(default_factory=Pulse)

    async def accept(self, event: Event) -> None:
        await asyncio.sleep(0)
        self.pulse.beat()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is gone; it was asked to store: мой секрет")
        if event not in self.events or isinstance(event, Ignored):
            self.events.append(event)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Incoming)]

    async def has(self, condition: Callable[["Inbox"], bool]) -> None:
        await self.pulse.until(lambda: condition(self), 5)


@asynccontextmanager
async def listening(channel: VkChannel, inbox: Inbox) -> AsyncIterator[Inbox]:
    await channel.connect()
    task = asyncio.create_task(channel.listen(inbox.accept))
    yield inbox
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def inbox(vk: StandInVk, channel: VkChannel) -> AsyncIterator[Inbox]:
    async with listening(channel, Inbox()) as inbox:
        await joined(vk)
        yield inbox


async def joined(vk: StandInVk, times: int = 1) -> None:
    """Beside the first call, with which connecting takes our place."""
    await vk.world.pulse.until(lambda: len(vk.called("groups.getLongPollServer")) > times, 5)


async def kept(vk: StandInVk, cursors: KeptCursors) -> None:
    async with asyncio.timeout(5):
        while cursors.values.get(KEY) != str(vk.longpoll.end):
            await asyncio.sleep(0.01)


async def test_messages_of_many_come_in_order(vk: StandInVk, inbox: Inbox, cursors: KeptCursors) -> None:
    said = [f"{n}" for n in range(250)]
    for n, text in enumerate(said):
        await vk.phone(n % 3 + 1).write(text)
    await inbox.has(lambda inbox: len(inbox.texts) == 250)
    assert inbox.texts == said
    await kept(vk, cursors)


async def test_what_was_said_while_the_bot_was_away_is_not_lost(
    vk: StandInVk, channel: VkChannel, cursors: KeptCursors
) -> None:
    async with listening(channel, Inbox()) as inbox:
        await joined(vk)
        await vk.phone(1).write("раз")
        await inbox.has(lambda inbox: inbox.texts == ["раз"])
        await kept(vk, cursors)
    await vk.phone(1).write("Есть кто живой?")
    second = make_channel(vk, cursors)
    async with listening(second, Inbox()) as inbox:
        await inbox.has(lambda inbox: inbox.texts == ["Есть кто живой?"])
    await second.close()


async def test_a_bot_that_dies_before_it_has_stored_anything_gets_it_at_the_next_start(
    vk: StandInVk, cursors: KeptCursors
) -> None:
    first, second = make_channel(vk, cursors), make_channel(vk, cursors)
    died, inbox = Inbox(failures=1_000_000), Inbox()
    async with listening(first, died):
        await joined(vk)
        await kept(vk, cursors)
        await vk.phone(1).write("раз")
        await died.has(lambda inbox: inbox.failures < 1_000_000)
    await first.close()
    async with listening(second, inbox):
        await inbox.has(lambda inbox: inbox.texts == ["раз"])
    await second.close()


async def test_a_bot_that_dies_while_storing_gets_the_same_messages_again(vk: StandInVk, cursors: KeptCursors) -> None:
    first, second = make_channel(vk, cursors), make_channel(vk, cursors)
    died, inbox = Inbox(), Inbox()
    async with listening(first, died):
        await joined(vk)
        await vk.phone(1).write("раз")
        await died.has(lambda inbox: inbox.texts == ["раз"])
        await kept(vk, cursors)
        died.failures = 1_000_000
        await vk.phone(1).write("два")
        await died.has(lambda inbox: inbox.failures < 1_000_000)
    await first.close()
    async with listening(second, inbox):
        await inbox.has(lambda inbox: inbox.texts == ["два"])
    await second.close()


async def test_the_place_is_not_kept_before_everything_is_stored(
    vk: StandInVk, channel: VkChannel, cursors: KeptCursors
) -> None:
    storing, stored = asyncio.Event(), asyncio.Event()

    class Slow(Inbox):
        async def accept(self, event: Event) -> None:
            storing.set()
            await stored.wait()

    async with listening(channel, Slow()):
        await joined(vk)
        await vk.phone(1).write("Баланс")
        await asyncio.wait_for(storing.wait(), 5)
        assert cursors.values[KEY] == "1"
        stored.set()
        await kept(vk, cursors)


async def test_a_message_that_could_not_be_stored_comes_again_and_its_neighbours_keep_their_order(
    vk: StandInVk, inbox: Inbox, cursors: KeptCursors
) -> None:
    inbox.failures = 3
    with capture_logs() as logs:
        for text in ("раз", "два", "три"):
            await vk.phone(1).write(text)
        await inbox.has(lambda inbox: len(inbox.texts) == 3)
        await kept(vk, cursors)
    assert inbox.texts == ["раз", "два", "три"]
    assert {log["event"] for log in logs} == {"vk_events_not_taken"}
    assert [log["error"] for log in logs] == ["ConnectionError"] * 3
    assert "секрет" not in str(logs)


async def test_a_place_that_could_not_be_kept_stops_nothing(
    vk: StandInVk, channel: VkChannel, cursors: KeptCursors
) -> None:
    async with listening(channel, Inbox()) as inbox:
        await joined(vk)
        cursors.failures = 4
        await vk.phone(1).write("раз")
        await inbox.has(lambda inbox: inbox.texts == ["раз"])
        await kept(vk, cursors)


@pytest.mark.parametrize("broken", [{"type": "message_new", "object": {}}, {"no": "type"}, "text", None, 7, []])
async def test_an_unreadable_event_is_counted_and_its_neighbours_come(
    vk: StandInVk, inbox: Inbox, cursors: KeptCursors, broken: object
) -> None:
    with capture_logs() as logs:
        vk.longpoll.log.append(broken)  # type: ignore[arg-type]  # that is the test
        await vk.phone(1).write("раз")
        await inbox.has(lambda inbox: inbox.texts == ["раз"])
        await kept(vk, cursors)
    assert inbox.events[0] == Ignored("unreadable")
    assert [log["event"] for log in logs] == ["vk_event_unreadable"]


async def test_a_repeated_event_is_the_same_event(vk: StandInVk, inbox: Inbox, cursors: KeptCursors) -> None:
    vk.events.twice = True
    await vk.phone(1).write("Баланс")
    await kept(vk, cursors)
    assert len(inbox.events) == 1


async def test_a_key_that_ran_out_loses_nothing(vk: StandInVk, inbox: Inbox) -> None:
    vk.expire_key()
    await joined(vk, 2)
    await vk.phone(1).write("Баланс")
    await inbox.has(lambda inbox: inbox.texts == ["Баланс"])


async def test_a_place_that_vk_forgot_is_left_for_the_one_it_tells(
    vk: StandInVk, channel: VkChannel, cursors: KeptCursors
) -> None:
    await channel.connect()
    await vk.phone(1).write("забыто")
    vk.lose_history()
    cursors.values[KEY] = "0"
    with capture_logs() as logs:
        async with listening(channel, Inbox()) as inbox:
            await kept(vk, cursors)
            await vk.phone(1).write("раз")
            await inbox.has(lambda inbox: inbox.texts == ["раз"])
    assert [log["event"] for log in logs] == ["vk_events_lost"]


async def test_a_vk_that_forgot_everything_is_heard_again(vk: StandInVk, inbox: Inbox, cursors: KeptCursors) -> None:
    for n in range(5):
        await vk.phone(1).write(f"{n}")
    await inbox.has(lambda inbox: len(inbox.texts) == 5)
    with capture_logs() as logs:
        vk.lose_all()
        await joined(vk, 2)
        await vk.phone(1).write("раз")
        await inbox.has(lambda inbox: "раз" in inbox.texts)
    assert [log["event"] for log in logs] == ["vk_events_lost"]
    await kept(vk, cursors)


FAULTS = [
    ("longpoll", How.PAGE, 500),
    ("longpoll", How.PAGE, 404),
    ("longpoll", How.STATUS, 4),
    ("longpoll", How.STATUS, 99),
    ("longpoll", How.DROP_BEFORE, 0),
    ("longpoll", How.DROP_AFTER, 0),
    ("longpoll", How.GARBAGE, 0),
    ("longpoll", How.HANG, 0),
    ("groups.getLongPollServer", How.STATUS, 6),
    ("groups.getLongPollServer", How.STATUS, 10),
    ("groups.getLongPollServer", How.STATUS, 5),
    ("groups.getLongPollServer", How.PAGE, 502),
    ("groups.getLongPollServer", How.HANG, 0),
]


@pytest.mark.parametrize(("method", "how", "status"), FAULTS)
async def test_polling_survives(
    vk: StandInVk, impatient: VkChannel, cursors: KeptCursors, method: str, how: How, status: int
) -> None:
    await impatient.connect()
    cursors.values[KEY] = str(vk.longpoll.end)
    await vk.phone(1).write("Баланс")
    vk.fail_next(method, how, status=status or 502)
    async with listening(impatient, Inbox()) as inbox:
        await inbox.has(lambda inbox: inbox.texts == ["Баланс"])


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"server": "ftp://x", "key": "k", "ts": "1"}, {"server": "https://vk.com", "key": 7}]
)
async def test_polling_survives_a_strange_server(
    vk: StandInVk, impatient: VkChannel, cursors: KeptCursors, answer: object
) -> None:
    async def strange(_params: object) -> object:
        return answer

    real = vk._routes.methods.community.get_long_poll_server
    await impatient.connect()
    cursors.values[KEY] = str(vk.longpoll.end)
    vk.answer_with("groups.getLongPollServer", strange)
    async with listening(impatient, Inbox()) as inbox:
        await joined(vk, 2)
        vk.answer_with("groups.getLongPollServer", real)
        await vk.phone(1).write("Баланс")
        await inbox.has(lambda inbox: inbox.texts == ["Баланс"])


async def test_a_token_that_was_taken_away_is_told_to_whoever_keeps_the_connection(
    vk: StandInVk, impatient: VkChannel
) -> None:
    await impatient.connect()
    vk.revoke_token()
    with pytest.raises(ChannelDown, match="token is refused"):
        await asyncio.wait_for(impatient.listen(Inbox().accept), 10)


async def test_polling_survives_a_server_that_goes_away_and_comes_back(
    vk: StandInVk, inbox: Inbox, cursors: KeptCursors
) -> None:
    await vk.phone(1).write("раз")
    await kept(vk, cursors)
    with capture_logs() as logs:
        await vk.stop()
        await vk.phone(1).write("Баланс")
        await asyncio.sleep(0.05)
        await vk.start()
        await inbox.has(lambda inbox: inbox.texts == ["раз", "Баланс"])
    assert {log["event"] for log in logs} == {"vk_poll_failed"}


async def test_stopping_does_not_wait_for_the_answer_of_vk(vk: StandInVk) -> None:
    channel = make_channel(vk, timing=Timing(poll_s=25))
    async with asyncio.timeout(5):
        async with listening(channel, Inbox()):
            await joined(vk)
        await channel.close()


async def test_a_pressed_button_stops_spinning(vk: StandInVk, inbox: Inbox) -> None:
    phone = vk.phone(1)
    await phone.start()
    button = {"action": {"type": "callback", "label": "Тарифы", "payload": '{"button":"17:0"}'}}
    vk.world.message(phone.chat, out=True, text="Что выбрать?", keyboard={"inline": True, "buttons": [[button]]})
    await phone.press("Тарифы")
    await phone.sees(lambda phone: not phone.spinning)
    await inbox.has(lambda inbox: len(inbox.events) == 2)
    press = inbox.events[1]
    assert isinstance(press, Incoming)
    assert (press.kind, press.press) == (IncomingKind.PRESS, "17:0")


async def test_everything_a_phone_can_send_arrives(vk: StandInVk, inbox: Inbox, channel: VkChannel) -> None:
    phone = vk.phone(1)
    await phone.start(ref="link-4f7a")
    await phone.write_in_group_chat("Всем привет")
    for send in (phone.send_photo, phone.send_voice, phone.send_document, phone.send_sticker, phone.send_location):
        await send()
    await phone.send_video()
    await phone.allow()
    vk.world.message(phone.chat, out=True, text="Ответ")
    await phone.read()
    await phone.deny()
    await inbox.has(lambda inbox: any(isinstance(event, SubscriberLeft) for event in inbox.events))
    start, group, *files = inbox.events
    assert isinstance(start, Incoming)
    assert (start.kind, start.referral) == (IncomingKind.START, "link-4f7a")
    assert group == Ignored("not_private")
    kinds = [event.attachments[0].kind for event in files if isinstance(event, Incoming)]
    assert kinds == ["photo", "voice", "document", "sticker", "location", "video"]
    assert any(isinstance(event, Report) for event in files)


def test_pauses_grow_to_the_longest_and_keep_to_what_vk_asks(vk: StandInVk) -> None:
    class Client:
        timing = Timing(first_pause_s=1, longest_pause_s=30)

    async def take(_raw: object) -> None: ...

    polling = Polling(Client(), "1", KeptCursors(), take)  # type: ignore[arg-type]  # not called
    pauses = [polling._after_failure(Unreachable("x")) for _ in range(10)]
    assert all(0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses[:5]))
    assert all(15 <= pause <= 30 for pause in pauses[5:])
    assert polling._after_failure(TryLater(10072)) == 10072
    with pytest.raises(ChannelDown, match="x"):
        polling._after_failure(Unreachable("x"))
