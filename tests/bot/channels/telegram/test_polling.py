"""Long polling: in order, nothing confirmed before it is stored, and no hiccup ends it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import Timing
from bot.channels.telegram.polling import Polling
from bot.errors import ChannelDown, TryLater, Unreachable
from bot.messages import Event, Ignored, Incoming, IncomingKind, SubscriberLeft, SubscriberReturned
from standins.pulse import Pulse
from standins.telegram import How, StandInTelegram
from tests.bot.channels.telegram.conftest import make_channel


@dataclass(slots=True)
class Inbox:
    """Stores what it accepts; fails as often as told."""

    events: list[Event] = field(default_factory=list)
    failures: int = 0
    pulse: Pulse = field(default_factory=Pulse)

    async def accept(self, event: Event) -> None:
        await asyncio.sleep(0)
        self.pulse.beat()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is gone; it was asked to store: мой секрет")
        self.events.append(event)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Incoming)]

    async def has(self, condition: Callable[["Inbox"], bool]) -> None:
        await self.pulse.until(lambda: condition(self), 5)


@asynccontextmanager
async def listening(channel: TelegramChannel, inbox: Inbox) -> AsyncIterator[Inbox]:
    await channel.connect()
    task = asyncio.create_task(channel.listen(inbox.accept))
    yield inbox
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def inbox(channel: TelegramChannel) -> AsyncIterator[Inbox]:
    async with listening(channel, Inbox()) as inbox:
        yield inbox


async def confirmed(telegram: StandInTelegram) -> None:
    await telegram.world.pulse.until(lambda: not telegram.updates.pending, 5)


async def test_messages_of_many_come_in_order(telegram: StandInTelegram, inbox: Inbox) -> None:
    said = [f"{n}" for n in range(250)]
    for n, text in enumerate(said):
        await telegram.phone(n % 3 + 1).write(text)
    await inbox.has(lambda inbox: len(inbox.texts) == 250)
    assert inbox.texts == said
    await confirmed(telegram)


async def test_what_was_said_while_the_bot_was_away_is_not_lost(
    telegram: StandInTelegram, channel: TelegramChannel
) -> None:
    await telegram.phone(1).write("Есть кто живой?")
    async with listening(channel, Inbox()) as inbox:
        await inbox.has(lambda inbox: inbox.texts == ["Есть кто живой?"])


async def test_nothing_is_confirmed_before_it_is_stored(telegram: StandInTelegram, channel: TelegramChannel) -> None:
    storing, stored = asyncio.Event(), asyncio.Event()

    class Slow(Inbox):
        async def accept(self, event: Event) -> None:
            storing.set()
            await stored.wait()

    await telegram.phone(1).write("Баланс")
    async with listening(channel, Slow()):
        await asyncio.wait_for(storing.wait(), 5)
        assert len(telegram.updates.pending) == 1
        assert len(telegram.called("getUpdates")) == 1
        stored.set()
        await confirmed(telegram)


async def test_a_bot_that_dies_while_storing_gets_the_same_message_again(telegram: StandInTelegram) -> None:
    await telegram.phone(1).write("Баланс")
    first, second = make_channel(telegram), make_channel(telegram)
    died = Inbox(failures=1_000_000)
    async with listening(first, died):
        await died.has(lambda inbox: inbox.failures < 1_000_000)
    await first.close()
    async with listening(second, Inbox()) as inbox:
        await inbox.has(lambda inbox: inbox.texts == ["Баланс"])
    await second.close()


async def test_a_message_that_could_not_be_stored_comes_again_and_its_neighbours_keep_their_order(
    telegram: StandInTelegram, channel: TelegramChannel
) -> None:
    for text in ("раз", "два", "три"):
        await telegram.phone(1).write(text)
    with capture_logs() as logs:
        async with listening(channel, Inbox(failures=3)) as inbox:
            await inbox.has(lambda inbox: len(inbox.texts) == 3)
            assert inbox.texts == ["раз", "два", "три"]
            await confirmed(telegram)
    failures = [log for log in logs if log["event"] == "telegram_update_not_taken"]
    assert [log["error"] for log in failures] == ["ConnectionError"] * 3
    assert "секрет" not in str(logs)


async def test_an_unreadable_update_is_counted_and_its_neighbours_come(
    telegram: StandInTelegram, channel: TelegramChannel
) -> None:
    await telegram.phone(1).write("раз")
    telegram.updates.put("message", {"message_id": "no number", "chat": [], "text": "мой секрет"})
    await telegram.phone(1).write("два")
    with capture_logs() as logs:
        async with listening(channel, Inbox()) as inbox:
            await inbox.has(lambda inbox: len(inbox.events) == 3)
            await confirmed(telegram)
    assert inbox.texts == ["раз", "два"]
    assert inbox.events[1] == Ignored("unreadable")
    assert [log["event"] for log in logs] == ["telegram_update_unreadable"]
    assert "секрет" not in str(logs)


async def test_what_is_no_update_at_all_blocks_nobody(telegram: StandInTelegram, channel: TelegramChannel) -> None:
    telegram.updates.pending += [{"no": "id"}, {"update_id": "7"}, {"update_id": True}]  # of a broken proxy
    with capture_logs() as logs:
        async with listening(channel, Inbox()) as inbox:
            await telegram.world.pulse.until(lambda: len(telegram.called("getUpdates")) > 2, 5)
            telegram.updates.pending.clear()
            await telegram.phone(1).write("раз")
            await inbox.has(lambda inbox: inbox.texts == ["раз"])
    assert {log["event"] for log in logs} == {"telegram_updates_without_ids"}


async def test_updates_out_of_order_are_put_in_order(telegram: StandInTelegram, inbox: Inbox) -> None:
    telegram.updates.hold()
    for text in ("раз", "два", "три"):
        await telegram.phone(1).write(text)
    telegram.updates.release(lambda late: late[::-1])
    await inbox.has(lambda inbox: len(inbox.texts) == 3)
    assert inbox.texts == ["раз", "два", "три"]
    await confirmed(telegram)


async def test_a_repeated_update_is_the_same_event(telegram: StandInTelegram, inbox: Inbox) -> None:
    telegram.updates.twice = True
    await telegram.phone(1).write("Баланс")
    await inbox.has(lambda inbox: len(inbox.events) == 2)
    assert inbox.events[0] == inbox.events[1]


async def test_ids_that_start_lower_after_a_quiet_week_are_heard(telegram: StandInTelegram) -> None:
    channel = make_channel(telegram, Timing(poll_s=0, first_pause_s=0.01))
    async with listening(channel, Inbox()) as inbox:
        await telegram.phone(1).write("раз")
        await confirmed(telegram)
        polls = len(telegram.called("getUpdates"))
        await telegram.world.pulse.until(lambda: len(telegram.called("getUpdates")) > polls + 1, 5)
        telegram.updates.next_id = 5
        await telegram.phone(1).write("два")
        await inbox.has(lambda inbox: inbox.texts == ["раз", "два"])
    await channel.close()


FAULTS = [
    (How.STATUS, 500, 0),
    (How.STATUS, 429, 1),
    (How.STATUS, 409, 0),
    (How.STATUS, 401, 0),
    (How.PAGE, 502, 0),
    (How.DROP_BEFORE, 0, 0),
    (How.DROP_AFTER, 0, 0),
    (How.GARBAGE, 0, 0),
    (How.HANG, 0, 0),
]


@pytest.mark.parametrize(("how", "status", "retry_after"), FAULTS)
async def test_polling_survives(
    telegram: StandInTelegram, impatient: TelegramChannel, how: How, status: int, retry_after: int
) -> None:
    telegram.fail_next("getUpdates", how, status=status or 500, retry_after=retry_after)
    await telegram.phone(1).write("Баланс")
    async with listening(impatient, Inbox()) as inbox:
        await inbox.has(lambda inbox: inbox.texts == ["Баланс"])


async def test_a_token_that_was_taken_away_is_told_to_whoever_keeps_the_connection(
    telegram: StandInTelegram, impatient: TelegramChannel
) -> None:
    """At the second refusal: /health must not say "up" meanwhile."""
    await impatient.connect()
    telegram.revoke_token()
    with pytest.raises(ChannelDown, match="token is refused"):
        await asyncio.wait_for(impatient.listen(Inbox().accept), 10)
    assert len(telegram.called("getUpdates")) == 2


async def test_polling_survives_a_server_that_goes_away_and_comes_back(
    telegram: StandInTelegram, channel: TelegramChannel, inbox: Inbox
) -> None:
    with capture_logs() as logs:
        await telegram.stop()
        await telegram.phone(1).write("Баланс")
        await asyncio.sleep(0.05)
        await telegram.start()
        await inbox.has(lambda inbox: inbox.texts == ["Баланс"])
    assert {log["event"] for log in logs} == {"telegram_poll_failed"}


async def test_another_poller_is_named_in_the_log(telegram: StandInTelegram, channel: TelegramChannel) -> None:
    rival = make_channel(telegram)
    with capture_logs() as logs:
        async with listening(channel, Inbox()), listening(rival, Inbox()):
            await telegram.world.pulse.until(lambda: len(telegram.called("getUpdates")) > 3, 5)
    await rival.close()
    assert "stop it" in next(log["what_to_do"] for log in logs if log["event"] == "telegram_polling_conflict")


async def test_a_pressed_button_stops_spinning(
    telegram: StandInTelegram, channel: TelegramChannel, inbox: Inbox
) -> None:
    phone = telegram.phone(1)
    await phone.start()
    chat = telegram.world.chats[1]
    keyboard = {"inline_keyboard": [[{"text": "Тарифы", "callback_data": "17:0"}]]}
    telegram.world.message(chat, telegram.world.bot, text="Что выбрать?", reply_markup=keyboard)
    for is_old in (False, True):
        await phone.press("Тарифы", is_old=is_old)
        await phone.sees(lambda phone: not phone.spinning)
    await inbox.has(lambda inbox: len(inbox.events) == 3)
    presses = [event for event in inbox.events if isinstance(event, Incoming) and event.kind is IncomingKind.PRESS]
    assert [press.press for press in presses] == ["17:0", "17:0"]


async def test_a_press_that_cannot_be_answered_holds_nothing_up(
    telegram: StandInTelegram, channel: TelegramChannel, inbox: Inbox
) -> None:
    telegram.fail_next("answerCallbackQuery", How.HANG)
    press = {"id": "1", "from": telegram.phone(1).chat.user, "chat_instance": "1", "data": "17:0"}
    telegram.updates.put("callback_query", press)
    await telegram.phone(1).write("Баланс")
    await inbox.has(lambda inbox: inbox.texts == ["", "Баланс"])


async def test_everything_a_phone_can_send_arrives(telegram: StandInTelegram, inbox: Inbox) -> None:
    phone = telegram.phone(1)
    message = await phone.write("Опечтка")
    await phone.edit(message, "Опечатка")
    await phone.send_photo(caption="Снимок")
    await phone.send_voice()
    await phone.send_document()
    await phone.send_sticker()
    await phone.send_location()
    await phone.send_contact()
    await phone.send_contact(own=False)
    await phone.block()
    await phone.unblock()
    await inbox.has(lambda inbox: len(inbox.events) == 11)
    kinds = [
        event.attachments[0].kind if isinstance(event, Incoming) and event.attachments else event
        for event in inbox.events
    ]
    assert kinds[1] == Ignored("edited_message")
    assert kinds[2:9] == ["photo", "voice", "document", "sticker", "location", "contact", "contact"]
    assert isinstance(kinds[9], SubscriberLeft)
    assert isinstance(kinds[10], SubscriberReturned)


def test_pauses_grow_to_the_longest_and_keep_to_what_telegram_asks() -> None:
    async def take(_raw: object) -> None: ...

    polling = Polling(None, take, Timing(first_pause_s=1, longest_pause_s=30))  # type: ignore[arg-type]  # not called
    pauses = [polling._after_failure(Unreachable("x")) for _ in range(10)]
    assert all(0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses[:5]))
    assert all(15 <= pause <= 30 for pause in pauses[5:])
    assert polling._after_failure(TryLater(10072)) == 10072
    with pytest.raises(ChannelDown, match="x"):
        polling._after_failure(Unreachable("x"))
