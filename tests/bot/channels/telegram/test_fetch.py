"""Fetching what subscribers send: bounded, and never from anywhere but the bot's own files."""

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import MAX_FILE_BYTES
from bot.errors import Rejected, SendError, Unreachable
from bot.messages import Attachment, AttachmentKind, Incoming
from standins.telegram import How, StandInTelegram
from standins.telegram.errors import Json
from standins.telegram.world import StoredFile


def attachment(channel: TelegramChannel, telegram: StandInTelegram) -> Attachment:
    """Of the latest update."""
    event = channel._event(telegram.updates.past[-1])
    assert isinstance(event, Incoming)
    return event.attachments[0]


def stored(telegram: StandInTelegram, path: str, content: bytes = b"x") -> Attachment:
    telegram.world.files["some-file"] = StoredFile(path, content)
    return Attachment(AttachmentKind.DOCUMENT, "some-file")


async def test_a_document_comes_with_its_own_name(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    await telegram.phone(42).send_document("Счёт.pdf", b"%PDF-1.4 a bill")
    file = await channel.fetch(attachment(channel, telegram))
    assert (file.content, file.mime, file.name) == (b"%PDF-1.4 a bill", "application/pdf", "Счёт.pdf")


async def test_a_photo_comes_with_the_name_it_has_at_telegram(
    channel: TelegramChannel, telegram: StandInTelegram
) -> None:
    await telegram.phone(42).send_photo(b"\xff\xd8 a picture")
    file = await channel.fetch(attachment(channel, telegram))
    assert (file.content, file.mime, file.name) == (b"\xff\xd8 a picture", "image/jpeg", "file_3.jpg")


async def test_a_file_without_a_type_gets_one_by_its_name(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    assert (await channel.fetch(stored(telegram, "photos/file_1.png"))).mime == "image/png"
    assert (await channel.fetch(stored(telegram, "photos/file_1"))).mime == "application/octet-stream"


async def test_a_file_said_to_be_too_large_is_not_asked_for(
    channel: TelegramChannel, telegram: StandInTelegram
) -> None:
    large = Attachment(AttachmentKind.VIDEO, "x", size_bytes=MAX_FILE_BYTES + 1)
    with pytest.raises(Rejected, match="at most 20000000"):
        await channel.fetch(large)
    assert telegram.calls == []


async def test_a_file_that_grows_too_large_is_not_read_to_its_end(
    channel: TelegramChannel, telegram: StandInTelegram
) -> None:
    large = stored(telegram, "documents/file_1.bin", b"x" * (MAX_FILE_BYTES + 1))

    async def says_it_is_small(_params: object) -> Json:
        return {"file_id": "some-file", "file_unique_id": "x", "file_path": "documents/file_1.bin"}

    telegram.answer_with("getFile", says_it_is_small)
    with pytest.raises(Rejected, match="larger than"):
        await channel.fetch(large)


async def test_telegram_itself_refuses_a_file_that_is_too_large(
    channel: TelegramChannel, telegram: StandInTelegram
) -> None:
    with pytest.raises(Rejected, match="file is too big"):
        await channel.fetch(stored(telegram, "documents/file_1.bin", b"x" * (MAX_FILE_BYTES + 1)))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "photos/../../bot1:x/logOut",
        "http://example.org/x",
        "a?b",
        "a#b",
        "a%2e%2e/b",
        "a\nb",
    ],
)
async def test_a_path_that_leads_elsewhere_is_refused(
    channel: TelegramChannel, telegram: StandInTelegram, path: str
) -> None:
    calls = []

    async def leads_elsewhere(_params: object) -> Json:
        calls.append(1)
        return {"file_id": "some-file", "file_unique_id": "x", "file_path": path}

    telegram.answer_with("getFile", leads_elsewhere)
    with pytest.raises(Rejected, match="no usable path"):
        await channel.fetch(Attachment(AttachmentKind.PHOTO, "some-file"))
    assert calls == [1]


FAILURES = {
    ("getFile", How.STATUS, 500): Unreachable,
    ("getFile", How.DROP_AFTER, 0): Unreachable,
    ("getFile", How.GARBAGE, 0): Unreachable,
    ("getFile", How.HANG, 0): Unreachable,
    ("file", How.STATUS, 404): Rejected,
    ("file", How.STATUS, 502): Unreachable,
    ("file", How.DROP_BEFORE, 0): Unreachable,
    ("file", How.HANG, 0): Unreachable,
}


@pytest.mark.parametrize(("method", "how", "status"), FAILURES)
async def test_a_failed_download_means(
    impatient: TelegramChannel, telegram: StandInTelegram, method: str, how: How, status: int
) -> None:
    photo = stored(telegram, "photos/file_1.jpg")
    telegram.fail_next(method, how, status=status, times=2 if method == "file" else 1)  # a GET is repeated by aiohttp
    with pytest.raises(SendError) as failure:
        await impatient.fetch(photo)
    assert type(failure.value) is FAILURES[method, how, status]
