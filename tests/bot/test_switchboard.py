"""The way from a sender to their messenger, which may be switched off by now."""

import asyncio
import io
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.background import Background
from bot.dialogue.ports import Draft
from bot.errors import ChannelDown, Rejected
from bot.messages import Attachment, AttachmentKind, File, Sender
from bot.storage.files import Files, Upload
from bot.switchboard import Switchboard
from tests.support.channel import LIMITS, FakeChannel
from tests.support.core import subscriber

PDF = b"%PDF-1.4 of nobody"
SENDER = subscriber()
STRANGER = Sender("off", "bot", "1")
THERE = Attachment(AttachmentKind.DOCUMENT, "bill")


@pytest.fixture
def channel() -> FakeChannel:
    limits = replace(LIMITS, max_text=10, max_file_bytes=1000)
    return FakeChannel(capabilities=limits, files={"bill": File(b"at the messenger", "application/pdf")})


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture
async def switchboard(channel: FakeChannel, files: Files) -> AsyncIterator[Switchboard]:
    background = Background()
    yield Switchboard({channel.name: channel}, files, background)
    await background.close()


def kept(files: Files) -> Attachment:
    return files.save(SENDER, Upload("счёт.pdf", io.BytesIO(PDF)), 1000)


def test_a_draft_is_cut_for_its_messenger_and_left_whole_for_one_that_is_off(switchboard: Switchboard) -> None:
    draft = Draft("один два три четыре")
    assert len(switchboard.fit(SENDER, draft)) > 1
    assert switchboard.fit(STRANGER, draft) == (draft,)


def test_the_largest_file_is_the_messenger_s_and_none_of_one_that_is_off(switchboard: Switchboard) -> None:
    assert (switchboard.largest_file(SENDER), switchboard.largest_file(STRANGER)) == (1000, 0)


async def test_a_kept_file_is_ours_also_when_the_messenger_is_off(switchboard: Switchboard, files: Files) -> None:
    ours = replace(kept(files), ref="bill")
    for channel in ("fake", "off"):
        assert (await switchboard.fetch(channel, ours)).content == PDF


async def test_a_file_that_is_not_kept_comes_from_the_messenger(switchboard: Switchboard) -> None:
    assert (await switchboard.fetch("fake", THERE)).content == b"at the messenger"
    with pytest.raises(ChannelDown):
        await switchboard.fetch("off", THERE)


async def test_a_kept_file_that_was_erased_comes_from_the_messenger_if_it_has_it(
    switchboard: Switchboard, files: Files, tmp_path: Path
) -> None:
    ours = kept(files)
    shutil.rmtree(tmp_path / "files")
    assert (await switchboard.fetch("fake", replace(ours, ref="bill"))).content == b"at the messenger"
    with pytest.raises(Rejected, match="gone"):
        await switchboard.fetch("fake", ours)


async def test_typing_is_shown_in_the_subscriber_s_chat_and_nowhere_for_one_that_is_off(
    channel: FakeChannel, files: Files
) -> None:
    background = Background()
    switchboard = Switchboard({channel.name: channel}, files, background)
    switchboard.show(SENDER)
    switchboard.show(STRANGER)
    while not channel.typed:
        await asyncio.sleep(0)
    await background.close()
    assert channel.typed == ["1"]
