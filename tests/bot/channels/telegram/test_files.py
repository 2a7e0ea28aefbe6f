"""Sending files of agents: as what the subscriber gets them, and what every failure means."""

from dataclasses import replace

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.render import CAPABILITIES, MAX_PHOTO_BYTES
from bot.errors import Blocked, Rejected, TryLater, Uncertain, Unreachable
from bot.messages import Attachment, AttachmentKind, Author, Button, File, Outgoing
from standins.telegram import How, Phone, SeenFile, StandInTelegram
from standins.telegram.uploads import PNG

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
async def phone(telegram: StandInTelegram) -> Phone:
    phone = telegram.phone(42)
    await phone.start()
    return phone


def message(content: bytes, mime: str, name: str) -> Outgoing:
    """As the outbox gives it: a file that an agent sends."""
    kind = AttachmentKind.PHOTO if mime.startswith("image/") else AttachmentKind.DOCUMENT
    attachment = Attachment(kind, name=name, mime=mime, size_bytes=len(content), kept="a/b")
    file = File(content, mime, name)
    return Outgoing(9, "42", "", author=Author.AGENT, agent_name="Тест <Агент>", attachment=attachment, file=file)


PHOTO = message(JPEG, "image/jpeg", "Снимок.jpg")
BILL = message(b"%PDF-1.4 a bill", "application/pdf", "Счёт за март.pdf")


async def test_a_picture_is_shown_and_signed(channel: TelegramChannel, phone: Phone) -> None:
    sent_as = await channel.send(PHOTO)
    seen = await phone.hears()
    assert seen.attachments == (SeenFile("photo", "", JPEG),)
    assert (seen.text, seen.bold) == ("Тест <Агент>", ["Тест <Агент>"])
    assert sent_as == str(seen.message_id)


async def test_a_document_keeps_its_name(channel: TelegramChannel, phone: Phone) -> None:
    await channel.send(BILL)
    seen = await phone.hears()
    assert seen.attachments == (SeenFile("document", "Счёт за март.pdf", b"%PDF-1.4 a bill"),)
    assert seen.text == "Тест <Агент>"


async def test_a_file_of_the_bot_is_not_signed_and_may_have_buttons(channel: TelegramChannel, phone: Phone) -> None:
    await channel.send(replace(BILL, author=Author.BOT, buttons=(Button("Ещё", "topic:more"),)))
    seen = await phone.hears()
    assert (seen.text, seen.entities, seen.buttons) == ("", (), ("Ещё",))


@pytest.mark.parametrize("mime", ["image/gif", "image/webp", "text/plain", "video/mp4"])
async def test_what_telegram_would_not_show_as_it_is_goes_as_a_document(
    channel: TelegramChannel, phone: Phone, mime: str
) -> None:
    await channel.send(message(b"GIF89a", mime, "file.x"))
    assert (await phone.hears()).attachments[0].kind == "document"


async def test_a_picture_that_is_too_large_for_a_photo_goes_as_a_document(
    channel: TelegramChannel, phone: Phone
) -> None:
    await channel.send(message(JPEG + b"x" * MAX_PHOTO_BYTES, "image/jpeg", "large.jpg"))
    assert (await phone.hears()).attachments[0].kind == "document"


@pytest.mark.parametrize("sides", [(9999, 2), (5001, 5000)])
async def test_a_picture_that_telegram_cannot_show_goes_as_a_document(
    channel: TelegramChannel, phone: Phone, sides: tuple[int, int]
) -> None:
    strip = PNG + b"\0\0\0\rIHDR" + b"".join(side.to_bytes(4) for side in sides)
    await channel.send(message(strip, "image/png", "strip.png"))
    assert (await phone.hears()).attachments == (SeenFile("document", "strip.png", strip),)
    assert len(phone.messages) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('a"; x="b.pdf', "a'; x='b.pdf"),
        ("a\r\nb.pdf", "a b.pdf"),
        ("a\\b.pdf", "a_b.pdf"),
        ("", "file"),
        ("\0", "file"),
    ],
    ids=ascii,
)
async def test_a_name_breaks_no_form(channel: TelegramChannel, phone: Phone, name: str, shown: str) -> None:
    await channel.send(message(b"%PDF-1.4", "application/pdf", name))
    assert (await phone.hears()).attachments == (SeenFile("document", shown, b"%PDF-1.4"),)


async def test_the_largest_file_can_be_sent_and_a_larger_one_is_not_tried(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram
) -> None:
    largest = b"x" * CAPABILITIES.max_file_bytes
    await channel.send(message(largest, "text/plain", "a.txt"))
    assert len((await phone.hears()).attachments[0].content) == len(largest)
    with pytest.raises(Rejected, match="20000001 bytes; we send at most 20000000"):
        await channel.send(message(largest + b"x", "text/plain", "a.txt"))
    assert len(telegram.called("sendDocument")) == 1


async def test_a_file_without_bytes_is_rejected(channel: TelegramChannel, phone: Phone) -> None:
    with pytest.raises(Rejected, match="bytes are not there"):
        await channel.send(replace(BILL, file=None))
    with pytest.raises(Rejected, match="non-empty"):
        await channel.send(message(b"", "text/plain", "empty.txt"))


REFUSALS = {
    (403, "Forbidden: bot was blocked by the user"): Blocked,
    (400, "Bad Request: chat not found"): Blocked,
    (400, "Bad Request: wrong file identifier/HTTP URL specified"): Rejected,
    (401, "Unauthorized"): Unreachable,
    (413, "Request Entity Too Large"): Rejected,
    (500, "Internal Server Error"): Unreachable,
}


@pytest.mark.parametrize(("status", "description"), REFUSALS)
async def test_a_refusal_means(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram, status: int, description: str
) -> None:
    telegram.fail_next("sendDocument", status=status, description=description)
    with pytest.raises(REFUSALS[status, description]) as failure:
        await channel.send(BILL)
    assert "март" not in str(failure.value)
    assert phone.messages == []


@pytest.mark.parametrize(("status", "meaning"), [(413, Rejected), (502, Unreachable)])
async def test_a_page_of_a_proxy_means(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram, status: int, meaning: type[Exception]
) -> None:
    telegram.fail_next("sendDocument", How.PAGE, status=status)
    with pytest.raises(meaning):
        await channel.send(BILL)


async def test_flood_control_is_try_later(channel: TelegramChannel, phone: Phone, telegram: StandInTelegram) -> None:
    telegram.fail_next("sendPhoto", status=429, retry_after=7)
    with pytest.raises(TryLater) as failure:
        await channel.send(PHOTO)
    assert failure.value.after_s == 7


@pytest.mark.parametrize(("how", "arrived"), [(How.DROP_AFTER, 1), (How.GARBAGE, 1), (How.DROP_BEFORE, 0)])
async def test_an_answer_that_is_lost_is_uncertain(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram, how: How, arrived: int
) -> None:
    telegram.fail_next("sendPhoto", how)
    with pytest.raises(Uncertain):
        await channel.send(PHOTO)
    assert len(phone.messages) == arrived


async def test_no_answer_in_time_is_uncertain(
    impatient: TelegramChannel, phone: Phone, telegram: StandInTelegram
) -> None:
    telegram.fail_next("sendDocument", How.HANG)
    with pytest.raises(Uncertain):
        await impatient.send(BILL)


async def test_a_picture_refused_twice_is_rejected(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram
) -> None:
    telegram.fail_next("sendPhoto", status=400, description="Bad Request: IMAGE_PROCESS_FAILED")
    telegram.fail_next("sendDocument", status=400, description="Bad Request: file must be non-empty")
    with pytest.raises(Rejected, match="sendDocument"):
        await channel.send(PHOTO)
