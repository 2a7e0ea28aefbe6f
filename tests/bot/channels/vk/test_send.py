"""Sending: what the subscriber sees, and what every failure of VK means for the message."""

import asyncio

import pytest

from bot.channels.vk.channel import VkChannel
from bot.channels.vk.errors import CaptchaWanted, Misconfigured, TokenRefused
from bot.channels.vk.render import render
from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable
from bot.messages import Attachment, AttachmentKind, Author, Button, File, Outgoing
from standins.faults import Trouble
from standins.vk import How, Phone, StandInVk
from tests.bot.channels.vk.conftest import IMPATIENT, make_channel

HELLO = Outgoing(7, "42", "Добрый день, **Тест**!", (Button("Тарифы", "topic:tariffs"),))
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def with_file(content: bytes, mime: str, name: str) -> Outgoing:
    attachment = Attachment(AttachmentKind.DOCUMENT, name=name, mime=mime)
    return Outgoing(8, "42", "", author=Author.AGENT, attachment=attachment, file=File(content, mime, name))


async def test_a_subscriber_sees_text_and_buttons(channel: VkChannel, phone: Phone) -> None:
    sent_as = await channel.send(HELLO)
    seen = await phone.hears("Добрый день")
    assert seen.text == "Добрый день, Тест!"
    assert seen.buttons == ("Тарифы",)
    assert sent_as == str(seen.message_id)


async def test_a_repeated_send_of_a_row_is_one_message(channel: VkChannel, phone: Phone) -> None:
    assert await channel.send(HELLO) == await channel.send(HELLO)
    assert len(phone.messages) == 1


async def test_a_picture_of_an_agent_is_a_photo(channel: VkChannel, phone: Phone) -> None:
    await channel.send(with_file(JPEG, "image/jpeg", "снимок.jpg"))
    ((file,),) = [seen.attachments for seen in phone.messages]
    assert (file.kind, file.content) == ("photo", JPEG)


@pytest.mark.parametrize("mime", ["application/pdf", "image/gif"])
async def test_another_file_of_an_agent_is_a_document_with_its_name(
    channel: VkChannel, phone: Phone, mime: str
) -> None:
    await channel.send(with_file(b"%PDF-1.4", mime, "Счёт за март.pdf"))
    ((file,),) = [seen.attachments for seen in phone.messages]
    assert (file.kind, file.name, file.content) == ("doc", "Счёт за март.pdf", b"%PDF-1.4")


async def test_a_picture_that_vk_does_not_take_goes_as_a_document(channel: VkChannel, phone: Phone) -> None:
    await channel.send(with_file(b"no picture", "image/png", "снимок.png"))
    ((file,),) = [seen.attachments for seen in phone.messages]
    assert (file.kind, file.content) == ("doc", b"no picture")


async def test_a_file_that_is_too_large_is_rejected(channel: VkChannel, phone: Phone, vk: StandInVk) -> None:
    with pytest.raises(Rejected, match="20000001 bytes"):
        await channel.send(with_file(bytes(20_000_001), "application/pdf", "a.pdf"))
    assert not vk.called("docs.getMessagesUploadServer")


@pytest.mark.parametrize("how", list(How))
async def test_an_upload_that_fails_is_tried_again(impatient: VkChannel, phone: Phone, vk: StandInVk, how: How) -> None:
    vk.fail_next("upload", how, status=502)
    with pytest.raises((Uncertain, Unreachable)):
        await impatient.send(with_file(b"%PDF-1.4", "application/pdf", "a.pdf"))
    await impatient.send(with_file(b"%PDF-1.4", "application/pdf", "a.pdf"))
    assert len(phone.messages) == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "", None, 7])
async def test_nothing_is_uploaded_to_what_is_no_address(
    channel: VkChannel, phone: Phone, vk: StandInVk, url: object
) -> None:
    async def elsewhere(_params: object) -> object:
        return {"upload_url": url}

    vk.answer_with("docs.getMessagesUploadServer", elsewhere)
    with pytest.raises(Uncertain, match="no address"):
        await channel.send(with_file(b"%PDF-1.4", "application/pdf", "a.pdf"))


async def test_a_type_that_vk_does_not_take_is_rejected(channel: VkChannel, phone: Phone, vk: StandInVk) -> None:
    async def refusing(_params: object) -> object:
        return {"upload_url": f"{vk.url}/method/users.get"}  # an object with an error in it, and no file

    vk.answer_with("docs.getMessagesUploadServer", refusing)
    with pytest.raises(Rejected, match="type is not taken"):
        await channel.send(with_file(b"ID3", "audio/mpeg", "a.mp3"))


REFUSALS: dict[int, type[SendError]] = {
    1: Unreachable,
    5: TokenRefused,
    9: TryLater,
    10: Uncertain,
    14: CaptchaWanted,
    15: TokenRefused,
    27: TokenRefused,
    29: TryLater,
    100: Rejected,
    900: Blocked,
    901: Blocked,
    902: Blocked,
    911: Rejected,
    912: Misconfigured,
    914: Rejected,
    950: Rejected,
    999: Rejected,
    4711: Unreachable,
}


@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_means(channel: VkChannel, phone: Phone, vk: StandInVk, code: int) -> None:
    vk.fail_next("messages.send", status=code)
    with pytest.raises(REFUSALS[code]) as failure:
        await channel.send(HELLO)
    assert type(failure.value) is REFUSALS[code]
    assert failure.value.__context__ is None
    assert phone.messages == []


async def test_a_captcha_waits_long_and_says_what_to_do(channel: VkChannel, phone: Phone, vk: StandInVk) -> None:
    vk.fail_next("messages.send", status=14)
    with pytest.raises(TryLater, match=r"captcha.*VK's support") as failure:
        await channel.send(HELLO)
    assert failure.value.after_s >= 60


async def test_too_many_calls_are_tried_again_a_bounded_number_of_times(phone: Phone, vk: StandInVk) -> None:
    channel = make_channel(vk, timing=IMPATIENT)
    vk.fail_next("messages.send", status=6, times=2)
    assert await channel.send(HELLO)
    vk.fail_next("messages.send", status=6, times=100)
    with pytest.raises(TryLater) as failure:
        await channel.send(Outgoing(8, "42", "Ещё раз"))
    assert failure.value.after_s == 1
    assert len(vk.called("messages.send")) == 6
    await channel.close()


async def test_a_wrong_parameter_is_named_without_its_value(channel: VkChannel, phone: Phone) -> None:
    with pytest.raises(Rejected, match=r"a parameter is wrong \(100\): message$"):
        await channel.send(Outgoing(1, "42", ""))


FAILURES = [(How.PAGE, Uncertain), (How.DROP_BEFORE, Uncertain), (How.HANG, Uncertain), (How.DROP_AFTER, Uncertain)]


@pytest.mark.parametrize(("how", "means"), [*FAILURES, (How.GARBAGE, Uncertain)])
async def test_a_failure_of_the_network_means_and_a_repeat_doubles_nothing(
    impatient: VkChannel, phone: Phone, vk: StandInVk, how: How, means: type[SendError]
) -> None:
    vk.fail_next("messages.send", how, status=502)
    with pytest.raises(means):
        await impatient.send(HELLO)
    assert await impatient.send(HELLO)
    assert len(phone.messages) == 1


async def test_nobody_there_means_unreachable(impatient: VkChannel, vk: StandInVk) -> None:
    await vk.stop()
    with pytest.raises(Unreachable, match=r"cannot connect.*channels\.vk\.api"):
        await impatient.send(HELLO)
    await vk.start()


async def test_a_hanging_call_holds_up_no_other(channel: VkChannel, phone: Phone, vk: StandInVk) -> None:
    vk.fail_next("messages.send", How.HANG)
    hanging = asyncio.create_task(channel.send(HELLO))
    await vk.world.pulse.until(lambda: len(vk.called("messages.send")) == 1, 5)
    assert await channel.send(Outgoing(8, "42", "Второе"))
    assert not hanging.done()
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)


def many(count: int) -> list[Outgoing]:
    return [
        Outgoing(number, str(1000 + number), f"Сообщение «{number}» \\\\ \"'\n\n[id1|x] 👍")
        for number in range(1, count + 1)
    ]


def shown(message: Outgoing) -> str:
    return str(render(message)["message"])


async def started(vk: StandInVk, messages: list[Outgoing]) -> None:
    for message in messages:
        await vk.phone(int(message.chat_id)).start()


async def test_a_few_messages_are_a_call_each(channel: VkChannel, vk: StandInVk) -> None:
    messages = many(10)
    await started(vk, messages)
    await asyncio.gather(*map(channel.send, messages))
    assert len(vk.called("messages.send")) == 10
    assert not vk.called("execute")


async def test_many_messages_keep_the_pace_of_vk_and_share_calls(vk: StandInVk) -> None:
    vk.access.calls_a_second = 20
    channel = make_channel(vk)
    await channel.connect()
    messages = many(300)
    await started(vk, messages)
    ids = await asyncio.gather(*map(channel.send, messages))
    assert len(set(ids)) == 300
    for message in messages:
        assert (await vk.phone(int(message.chat_id)).hears()).text == shown(message)
    assert len(vk.called("execute")) + len(vk.called("messages.send")) < 60
    assert not any(log for log in vk.called("execute") if len(log.text("code")) > 60_000)
    await channel.close()


def burst(vk: StandInVk, channel: VkChannel, messages: list[Outgoing]) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(channel.send(message)) for message in messages]


async def test_a_member_of_a_batch_that_fails_fails_alone(channel: VkChannel, vk: StandInVk) -> None:
    messages = many(60)
    await started(vk, messages)
    for message in messages[::7]:
        await vk.phone(int(message.chat_id)).block()
    messages[3] = Outgoing(messages[3].id, messages[3].chat_id, "")
    results = await asyncio.gather(*map(channel.send, messages), return_exceptions=True)
    assert vk.called("execute")
    for place, (message, result) in enumerate(zip(messages, results, strict=True)):
        heard = [seen.text for seen in vk.phone(int(message.chat_id)).messages]
        match result:
            case Blocked():
                assert place % 7 == 0
                assert heard == []
            case Rejected():
                assert place == 3
            case _:
                assert isinstance(result, str)
                assert heard == [shown(message)]


@pytest.mark.parametrize("code", [6, 9, 14, 5])
async def test_what_is_refused_as_a_whole_is_told_to_every_message(phone: Phone, vk: StandInVk, code: int) -> None:
    channel = make_channel(vk, timing=IMPATIENT)
    vk.fail_next("execute", status=code, times=100)
    messages = many(60)
    await started(vk, messages)
    results = await asyncio.gather(*map(channel.send, messages), return_exceptions=True)
    failed = [result for result in results if not isinstance(result, str)]
    assert len(failed) >= 25
    assert {type(result) for result in failed} == {type(failed[0])}
    assert isinstance(failed[0], TryLater if code != 5 else TokenRefused)
    await channel.close()


@pytest.mark.parametrize(
    ("how", "code"), [*((How.STATUS, code) for code in (8, 12, 13, 18, 100, 901, 914)), (How.PAGE, 413)]
)
async def test_a_batch_that_is_refused_is_sent_message_by_message(
    channel: VkChannel, vk: StandInVk, how: How, code: int
) -> None:
    """What is wrong with one message, or with their number, is no fault of the others."""
    vk.fail_next("execute", how, status=code, times=100)
    messages = many(30)
    await started(vk, messages)
    assert len(set(await asyncio.gather(*map(channel.send, messages)))) == 30


@pytest.mark.parametrize("trouble", [Trouble.SERVER_ERROR, Trouble.GARBAGE, Trouble.RESET])
async def test_a_batch_whose_answer_is_lost_can_be_repeated(vk: StandInVk, trouble: Trouble) -> None:
    channel = make_channel(vk, timing=IMPATIENT)
    messages = many(30)
    await started(vk, messages)
    vk.trouble(trouble)
    results = await asyncio.gather(*map(channel.send, messages), return_exceptions=True)
    assert all(isinstance(result, Uncertain) for result in results)
    vk.trouble(None)
    await asyncio.gather(*map(channel.send, messages))
    assert len(vk.sent) == 30
    await channel.close()


async def test_a_message_nobody_waits_for_any_more_is_not_sent(vk: StandInVk) -> None:
    channel = make_channel(vk)
    messages = many(60)
    await started(vk, messages)
    tasks = burst(vk, channel, messages)
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await channel.close()
    assert vk.sent == []


async def test_closing_lets_nobody_wait(vk: StandInVk, phone: Phone) -> None:
    channel = make_channel(vk)
    vk.fail_next("messages.send", How.HANG, times=100)
    vk.fail_next("execute", How.HANG, times=100)
    tasks = burst(vk, channel, many(60))
    await vk.world.pulse.until(lambda: bool(vk.called("messages.send") or vk.called("execute")), 5)
    await channel.close()
    results = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
    assert {type(result) for result in results} <= {Uncertain, Unreachable}
