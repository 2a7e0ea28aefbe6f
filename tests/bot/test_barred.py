"""A messenger in which the law bars us from advising private persons: they are pointed elsewhere, and nothing that they
write, nor their name, gets into the database, the log or the metrics."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.dialogue.conversation import Status
from bot.dialogue.permission import Permission
from bot.messages import (
    Attachment,
    AttachmentKind,
    Audience,
    File,
    Incoming,
    IncomingKind,
    Receipt,
    Report,
    Sender,
    SubscriberLeft,
)
from bot.storage.tables import metadata
from tests.support.channel import FakeChannel
from tests.support.core import BUSINESS_KEY, Core, open_core, subscriber, written

MARK = "приватное"
POINTER = "elsewhere чат vk"
SENDER = Sender("fake", "bot", "1", f"{MARK} имя")
PHOTO = Attachment(AttachmentKind.PHOTO, f"{MARK}-ref", f"{MARK}.png", text=MARK)
BARRED = Permission({"fake": frozenset({Audience.BUSINESS})})


@pytest.fixture
def channel() -> FakeChannel:
    file = File(b"\x89PNG\r\n\x1a\n", "image/png", f"{MARK}.png")
    return FakeChannel(names={"1": f"{MARK} имя"}, files={f"{MARK}-ref": file})


@pytest.fixture
async def core(tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
    async with open_core(tmp_path, channel, FakeChannel("vk"), permission=BARRED) as opened:
        yield opened


def private(external_id: str, kind: IncomingKind = IncomingKind.TEXT, **rest: object) -> Incoming:
    message = written(external_id, f"{MARK} вопрос", attachments=(PHOTO,), referral=f"{MARK}-link")
    return replace(message, sender=SENDER, kind=kind, **rest)  # type: ignore[arg-type]  # fields of Incoming


async def whole_database(core: Core) -> str:
    async with core.database.reading() as connection:
        return str([(await connection.execute(select(table))).all() for table in metadata.tables.values()])


async def test_nothing_of_what_they_write_is_kept_anywhere(core: Core, channel: FakeChannel, tmp_path: Path) -> None:
    with capture_logs() as lines:
        for number, kind in enumerate(IncomingKind):
            await core.inbox.accept(private(str(number), kind, press="1:0"))
        await core.inbox.accept(Report(SENDER, "fake-1", Receipt.READ))
        await core.inbox.accept(SubscriberLeft(SENDER))
        await core.settled()
    assert channel.sent
    assert MARK not in await whole_database(core)
    assert MARK not in str(lines)
    assert MARK not in generate_latest().decode()
    assert not (tmp_path / "files").exists()
    assert (channel.names_asked, channel.fetched) == ([], [])


async def test_each_message_is_answered_by_the_pointer_and_a_repeat_is_not(core: Core, channel: FakeChannel) -> None:
    for external_id in ("1", "2", "2"):
        await core.inbox.accept(private(external_id))
        await core.settled()
    assert channel.texts == [POINTER, POINTER]
    assert not channel.typed


async def test_who_was_pointed_elsewhere_by_the_messenger_s_own_welcome_is_not_pointed_twice(
    core: Core, channel: FakeChannel
) -> None:
    await core.inbox.accept(private("1", IncomingKind.START, is_greeted=True))
    await core.settled()
    assert channel.texts == []
    assert MARK not in await whole_database(core)


async def test_nobody_gets_into_the_queue_from_there(core: Core, channel: FakeChannel) -> None:
    await core.inbox.accept(replace(private("1"), text="позовите оператора"))
    await core.settled()
    assert (await core.conversation()).status is Status.BOT


async def test_agents_keep_the_conversations_they_have(core: Core, channel: FakeChannel) -> None:
    await core.inbox.accept(private("1"))
    await core.settled()
    await core.move(1, Status.QUEUED)
    await core.move(1, Status.AGENT)
    await core.inbox.accept(private("2"))
    await core.settled()
    assert (await core.conversation()).status is Status.AGENT
    assert channel.texts == [POINTER, POINTER]


async def test_the_other_messengers_are_as_ever(core: Core) -> None:
    await core.inbox.accept(replace(written("1", "спасибо"), sender=Sender("vk", "bot", "1", "Абонент")))
    await core.settled()
    assert core.channels["vk"].texts == ["thanks"]


class TestBusiness:
    async def test_a_chat_opened_by_our_link_is_answered_from_then_on(self, core: Core, channel: FakeChannel) -> None:
        core.knowledge.finds("как продать гигабайты", market_sell=0.9)
        opened = Incoming("1", subscriber(), IncomingKind.START, core.clock.now(), referral=BUSINESS_KEY)
        await core.inbox.accept(opened)
        await core.inbox.accept(written("2", "как продать гигабайты"))
        await core.settled()
        assert channel.texts == ["greeting", "answer market.sell"]
        assert (await core.conversation()).audience is Audience.BUSINESS
        assert (await core.rows())[1]["text"] == "как продать гигабайты"

    async def test_a_private_chat_becomes_one_by_the_link(self, core: Core, channel: FakeChannel) -> None:
        await core.inbox.accept(private("1"))
        await core.inbox.accept(written("2", "спасибо", referral=BUSINESS_KEY))
        await core.settled()
        assert channel.texts[-1] == "thanks"

    async def test_the_key_is_not_stored(self, core: Core) -> None:
        await core.inbox.accept(written("1", "спасибо", referral=BUSINESS_KEY))
        await core.settled()
        assert BUSINESS_KEY not in await whole_database(core)

    @pytest.mark.parametrize("referral", ["", "another", BUSINESS_KEY[:-1], BUSINESS_KEY + "x", "ключ", "\ud800"])
    async def test_any_other_link_is_a_private_person_s(self, core: Core, channel: FakeChannel, referral: str) -> None:
        await core.inbox.accept(written("1", "спасибо", referral=referral))
        await core.settled()
        assert channel.texts == [POINTER]

    async def test_a_link_opens_no_messenger_that_is_closed_to_companies(
        self, tmp_path: Path, channel: FakeChannel
    ) -> None:
        closed = Permission({"fake": frozenset({Audience.PRIVATE})})
        async with open_core(tmp_path, channel, permission=closed) as core:
            await core.inbox.accept(private("1", referral=BUSINESS_KEY))
            await core.settled()
            assert channel.texts == ["elsewhere_nowhere"]
            assert MARK not in await whole_database(core)


async def test_what_is_accepted_before_the_law_is_pointed_elsewhere_after_it(
    core: Core, channel: FakeChannel, tmp_path: Path
) -> None:
    async with open_core(tmp_path, channel) as before:
        await before.inbox.lanes.stop(0)
        await before.inbox.accept(written("1", "спасибо"))
    await core.inbox.resume()
    await core.settled()
    assert channel.texts == [POINTER]
