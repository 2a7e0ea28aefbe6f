"""What an accepted message only refers to is fetched in the background: bytes within limits, a name once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import collector as collector_module
from bot.collector import FETCH_FOR, FETCHES_AT_ONCE, LARGEST_BYTES, NAME_PAUSE_S
from bot.dialogue.permission import Permission
from bot.errors import Blocked, Rejected, TryLater, Uncertain, Unreachable
from bot.messages import Attachment, AttachmentKind, Audience, File, Incoming, Receipt, Report, Sender
from bot.storage import files as files_module
from bot.storage.values import attachments_from_json
from tests.support.channel import FakeChannel
from tests.support.core import BUSINESS_KEY, Core, open_core, subscriber, written

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.4 of nobody"
PHOTO = Attachment(AttachmentKind.PHOTO, "photo")
BILL = Attachment(AttachmentKind.DOCUMENT, "bill", "счёт.pdf", "application/octet-stream", 5)
PLACE = Attachment(AttachmentKind.LOCATION, text="55.7, 37.6")


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel(files={"photo": File(PNG, "image/png"), "bill": File(PDF, "application/pdf", "bill.pdf")})


@pytest.fixture
async def core(tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
    async with open_core(tmp_path, channel) as opened:
        yield opened


def sent(external_id: str, *attached: Attachment, chat: str = "1") -> Incoming:
    return written(external_id, "", chat, attachments=attached)


def nameless(external_id: str, chat: str = "1", channel: str = "fake", **rest: object) -> Incoming:
    return replace(written(external_id, "спасибо", chat), sender=Sender(channel, "bot", chat), **rest)  # type: ignore[arg-type]  # fields of Incoming


async def stored(core: Core, conversation_id: int = 1) -> list[Attachment]:
    """Of all messages of the subscriber."""
    rows = [row for row in await core.rows(conversation_id) if row["delivery"] is None]
    return [attachment for row in rows for attachment in attachments_from_json(row["attachments"])]


async def test_the_bytes_are_kept_and_the_rest_stays_as_it_is(core: Core) -> None:
    await core.inbox.accept(sent("1", PHOTO, PLACE, BILL))
    await core.settled()
    photo, place, bill = await stored(core)
    assert place == PLACE
    assert (photo.kind, photo.name, photo.mime, photo.size_bytes) == (AttachmentKind.PHOTO, "", "image/png", len(PNG))
    assert (bill.name, bill.mime, bill.size_bytes) == ("счёт.pdf", "application/pdf", len(PDF))
    for attachment, content in ((photo, PNG), (bill, PDF)):
        file = core.files.read(attachment.kept)
        assert file
        assert file.content == content
    assert core.changed.count(1) >= 2


async def test_a_message_is_fetched_once(core: Core, channel: FakeChannel) -> None:
    await core.inbox.accept(sent("1", PHOTO))
    await core.settled()
    kept = await stored(core)
    channel.files.clear()
    await core.inbox.accept(sent("1", PHOTO))
    await core.inbox.accept(sent("2", PLACE))
    await core.settled()
    assert await stored(core) == [*kept, PLACE]


async def test_the_dialogue_does_not_wait_for_a_file(core: Core, channel: FakeChannel) -> None:
    channel.fetch_gate = asyncio.Event()
    await core.inbox.accept(sent("1", PHOTO))
    await core.inbox.lanes.settle()
    await core.outbox.lanes.settle()
    assert channel.texts == ["attachment"]
    assert core.collector.lanes.busy == 1
    channel.fetch_gate.set()
    await core.settled()
    assert (await stored(core))[0].kept


async def test_only_a_few_files_of_a_messenger_are_in_memory_at_once(core: Core, channel: FakeChannel) -> None:
    channel.fetch_gate = asyncio.Event()
    for number in range(FETCHES_AT_ONCE * 2):
        await core.inbox.accept(sent(str(number), PHOTO, chat=str(number)))
    await core.inbox.lanes.settle()
    while channel.fetching < FETCHES_AT_ONCE:
        await asyncio.sleep(0.01)
    await core.outbox.lanes.settle()
    assert channel.fetching == FETCHES_AT_ONCE
    channel.fetch_gate.set()
    await core.settled()
    assert len(channel.fetched) == FETCHES_AT_ONCE * 2


class TestRefused:
    async def test_a_file_that_says_it_is_too_large_is_not_even_asked_for(
        self, core: Core, channel: FakeChannel
    ) -> None:
        large = replace(BILL, size_bytes=LARGEST_BYTES + 1)
        await core.inbox.accept(sent("1", large))
        await core.settled()
        assert await stored(core) == [replace(large, refused="too_large")]
        assert channel.fetched == []

    async def test_a_file_that_turns_out_too_large_is_not_kept(
        self, core: Core, channel: FakeChannel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(collector_module, "LARGEST_BYTES", len(PDF) - 1)
        await core.inbox.accept(sent("1", BILL))
        await core.settled()
        assert await stored(core) == [replace(BILL, refused="too_large")]

    async def test_a_type_that_we_do_not_take_is_named(self, core: Core, channel: FakeChannel) -> None:
        channel.files["bill"] = File(b"MZ\x90\x00\x03", "application/pdf", "bill.pdf")
        await core.inbox.accept(sent("1", BILL, PHOTO))
        await core.settled()
        bill, photo = await stored(core)
        assert bill == replace(BILL, refused="unknown_type")
        assert photo.kept

    async def test_a_full_disk_is_named(self, core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files_module, "FREE_BYTES_TO_KEEP", 2**62)
        await core.inbox.accept(sent("1", PHOTO))
        await core.settled()
        assert await stored(core) == [replace(PHOTO, refused="no_room")]

    @pytest.mark.parametrize("failure", [Rejected("404"), Blocked("gone"), KeyError("a fault of ours")])
    async def test_what_the_messenger_does_not_give_is_not_asked_for_again(
        self, core: Core, channel: FakeChannel, failure: Exception
    ) -> None:
        channel.fetch_failures = [failure]
        await core.inbox.accept(sent("1", PHOTO, BILL))
        await core.settled()
        photo, bill = await stored(core)
        assert photo == replace(PHOTO, refused="gone")
        assert bill.kept
        assert channel.fetched == ["photo", "bill"]

    async def test_a_messenger_that_is_away_for_an_hour_is_given_up_for_the_whole_message(
        self, core: Core, channel: FakeChannel
    ) -> None:
        channel.fetch_failures = [Unreachable("no route") for _ in range(1000)]
        began = core.clock.now()
        await core.inbox.accept(sent("1", PHOTO, BILL))
        await core.settled()
        assert [attachment.refused for attachment in await stored(core)] == ["gone", "gone"]
        assert core.clock.now() - began <= FETCH_FOR
        assert 50 < len(channel.fetched) < 200

    async def test_a_messenger_that_asks_to_wait_longer_is_given_up_at_once(
        self, core: Core, channel: FakeChannel
    ) -> None:
        channel.fetch_failures = [TryLater(FETCH_FOR.total_seconds() + 1)]
        await core.inbox.accept(sent("1", PHOTO))
        await core.settled()
        assert await stored(core) == [replace(PHOTO, refused="gone")]
        assert core.clock.slept == []

    async def test_a_refused_file_is_not_asked_for_after_a_restart(
        self, core: Core, channel: FakeChannel, tmp_path: Path
    ) -> None:
        channel.fetch_failures = [Rejected("404")]
        await core.inbox.accept(sent("1", PHOTO))
        await core.settled()
        async with open_core(tmp_path, channel) as restarted:
            await restarted.collector.resume()
            await restarted.settled()
        assert channel.fetched == ["photo"]


class TestTriedAgain:
    @pytest.mark.parametrize("failure", [Unreachable("no route"), Uncertain("cut off"), TimeoutError()])
    async def test_after_growing_waits(self, core: Core, channel: FakeChannel, failure: Exception) -> None:
        channel.fetch_failures = [failure] * 4
        await core.inbox.accept(sent("1", PHOTO))
        await core.settled()
        assert (await stored(core))[0].kept
        assert all(2**number / 2 <= wait <= 2**number for number, wait in enumerate(core.clock.slept))
        assert len(core.clock.slept) == 4

    async def test_when_the_messenger_says_so(self, core: Core, channel: FakeChannel) -> None:
        channel.fetch_failures = [TryLater(90)]
        await core.inbox.accept(sent("1", PHOTO))
        await core.settled()
        assert core.clock.slept == [90]
        assert (await stored(core))[0].kept

    async def test_by_the_next_process_when_this_one_died_in_between(
        self, core: Core, channel: FakeChannel, tmp_path: Path
    ) -> None:
        channel.fetch_gate = asyncio.Event()
        await core.inbox.accept(sent("1", BILL, PHOTO))
        while not channel.fetching:
            await asyncio.sleep(0)
        await core.collector.lanes.stop(0)
        assert [attachment.kept for attachment in await stored(core)] == ["", ""]
        channel.fetch_gate.set()
        async with open_core(tmp_path, channel) as restarted:
            await restarted.collector.resume()
            await restarted.settled()
            assert all(attachment.kept for attachment in await stored(restarted))

    async def test_when_a_channel_that_was_off_is_on_again(
        self, core: Core, channel: FakeChannel, tmp_path: Path
    ) -> None:
        await core.collector.lanes.stop(0)
        await core.inbox.accept(sent("1", PHOTO))
        async with open_core(tmp_path, FakeChannel("other")) as without:
            await without.collector.resume()
            await without.settled()
            assert await stored(without) == [PHOTO]
        async with open_core(tmp_path, channel) as again:
            await again.collector.resume()
            await again.settled()
            assert (await stored(again))[0].kept


async def test_nothing_of_a_file_gets_into_the_log(core: Core, channel: FakeChannel) -> None:
    channel.fetch_failures = [Rejected("404"), KeyError("счёт.pdf")]
    with capture_logs() as lines:
        await core.inbox.accept(sent("1", BILL, BILL))
        await core.settled()
    assert [line["event"] for line in lines].count("attachment_not_fetched") == 2
    assert "счёт" not in str(lines)


class TestName:
    async def test_is_asked_for_once_where_events_carry_none(self, core: Core, channel: FakeChannel) -> None:
        channel.names["1"] = "  Тест\u202e \n Тестов " + "ы" * 300
        for number in range(3):
            await core.inbox.accept(nameless(str(number)))
            await core.settled()
        assert channel.names_asked == ["1"]
        name = (await core.conversation()).sender.name
        assert name.startswith("Тест Тестов ы")
        assert len(name) == 200

    async def test_is_not_asked_for_where_events_carry_it(self, core: Core, channel: FakeChannel) -> None:
        await core.inbox.accept(written("1", "спасибо"))
        await core.settled()
        assert channel.names_asked == []

    async def test_of_somebody_without_one_is_asked_for_once(self, core: Core, channel: FakeChannel) -> None:
        """Most visitors of the web chat."""
        for number in range(3):
            await core.inbox.accept(nameless(str(number)))
            await core.settled()
        assert channel.names_asked == ["1"]

    @pytest.mark.parametrize("failure", [Rejected("no such profile"), Blocked("a closed one")])
    async def test_that_the_messenger_does_not_tell_is_asked_for_once(
        self, core: Core, channel: FakeChannel, failure: Exception
    ) -> None:
        channel.name_failures = [failure]
        channel.names["2"] = "Второй"
        for chat in ("1", "1", "2"):
            await core.inbox.accept(nameless(f"{chat}:{len(channel.names_asked)}", chat))
            await core.settled()
        assert channel.names_asked == ["1", "2"]
        assert (await core.conversation(2)).sender.name == "Второй"

    @pytest.mark.parametrize(
        ("failure", "pause_s"),
        [(Unreachable("no route"), NAME_PAUSE_S), (KeyError("a fault of ours"), NAME_PAUSE_S), (TryLater(600), 600)],
    )
    async def test_is_asked_for_again_with_a_later_message_when_the_messenger_failed(
        self, core: Core, channel: FakeChannel, failure: Exception, pause_s: float
    ) -> None:
        channel.name_failures = [failure]
        channel.names |= {"1": "Первый", "2": "Второй"}
        for number, chat in enumerate(["1", "2", "1"]):
            await core.inbox.accept(nameless(str(number), chat))
            await core.settled()
        assert channel.names_asked == ["1"]
        core.clock.advance(pause_s)
        await core.inbox.accept(nameless("4"))
        await core.settled()
        assert channel.names_asked == ["1", "1"]
        assert (await core.conversation()).sender.name == "Первый"

    async def test_that_fails_does_not_hold_up_the_files(self, core: Core, channel: FakeChannel) -> None:
        channel.name_failures = [RuntimeError()]
        await core.inbox.accept(nameless("1", attachments=(PHOTO,)))
        await core.settled()
        assert (await stored(core))[0].kept

    async def test_is_not_in_the_log(self, core: Core, channel: FakeChannel) -> None:
        channel.name_failures = [KeyError("Тестов"), Unreachable("no route")]
        with capture_logs() as lines:
            await core.inbox.accept(nameless("1"))
            await core.settled()
            core.clock.advance(NAME_PAUSE_S)
            await core.inbox.accept(nameless("2"))
            await core.settled()
        assert [line["reason"] for line in lines if line["event"] == "name_not_learned"] == ["KeyError", "no route"]


async def test_news_of_a_conversation_ask_the_messenger_nothing(core: Core, channel: FakeChannel) -> None:
    """Deliveries, receipts and agents change a conversation many times for each message of its subscriber."""
    channel.name_failures = [Unreachable("no route")]
    await core.inbox.accept(nameless("1"))
    await core.settled()
    core.clock.advance(NAME_PAUSE_S)
    for _ in range(5):
        core.announcements.changed(1)
    await core.inbox.accept(Report(subscriber(), "fake-1", Receipt.READ))
    await core.settled()
    assert channel.names_asked == ["1"]


class TestBarred:
    @pytest.fixture
    async def barred(self, tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
        """For private persons."""
        permission = Permission({"fake": frozenset({Audience.BUSINESS})})
        async with open_core(tmp_path, channel, permission=permission) as opened:
            yield opened

    async def test_nobody_s_name_or_files_are_asked_for(self, barred: Core, channel: FakeChannel) -> None:
        channel.names["1"] = "Тестов"
        await barred.inbox.accept(nameless("1", attachments=(PHOTO,)))
        barred.collector.lanes.wake(1)
        await barred.settled()
        assert (channel.names_asked, channel.fetched) == ([], [])
        assert await stored(barred) == []

    async def test_but_those_of_a_business_customer_are(self, barred: Core, channel: FakeChannel) -> None:
        channel.names["1"] = "Тестов"
        await barred.inbox.accept(nameless("1", attachments=(PHOTO,), referral=BUSINESS_KEY))
        await barred.settled()
        assert (await stored(barred))[0].kept
        assert (await barred.conversation()).sender.name == "Тестов"

    async def test_files_of_the_time_before_the_bar_wait(
        self, tmp_path: Path, channel: FakeChannel, core: Core
    ) -> None:
        await core.collector.lanes.stop(0)
        await core.inbox.accept(sent("1", PHOTO))
        permission = Permission({"fake": frozenset()})
        async with open_core(tmp_path, channel, permission=permission) as barred:
            await barred.collector.resume()
            await barred.settled()
        assert channel.fetched == []
