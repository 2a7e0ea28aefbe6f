"""The stand-in, judged by another: aiogram reads all it says."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Update
from pydantic import BaseModel

from standins.faults import Trouble
from standins.telegram import How, Phone, SeenFile, StandInTelegram
from standins.telegram.uploads import MAX_FILE_BYTES, MAX_PHOTO_BYTES, PNG


@pytest.fixture
async def telegram() -> AsyncIterator[StandInTelegram]:
    async with StandInTelegram() as server:
        yield server


@pytest.fixture
async def bot(telegram: StandInTelegram) -> AsyncIterator[Bot]:
    bot = Bot(telegram.token, AiohttpSession(api=TelegramAPIServer.from_base(telegram.url)))
    yield bot
    await bot.session.close()


@pytest.fixture
async def phone(telegram: StandInTelegram) -> Phone:
    phone = telegram.phone(42)
    await phone.start()
    return phone


def unknown_fields(value: Any, path: str = "") -> list[str]:
    """Fields aiogram has no name for: misspelled by us."""
    if isinstance(value, list):
        return [name for item in value for name in unknown_fields(item, path)]
    if not isinstance(value, BaseModel):
        return []
    inner = [name for key in type(value).model_fields for name in unknown_fields(getattr(value, key), f"{path}.{key}")]
    return [f"{path}.{key}" for key in value.model_extra or {}] + inner


def keyboard(data: str = "1:0", text: str = "Тарифы") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=data)]])


async def test_aiogram_knows_every_field_of_every_update(telegram: StandInTelegram, bot: Bot, phone: Phone) -> None:
    message = await phone.write("привет")
    await phone.edit(message, "Привет")
    await phone.send_photo(caption="снимок")
    await phone.send_voice()
    await phone.send_document()
    await phone.send_sticker()
    await phone.send_location()
    await phone.send_contact()
    await phone.send_contact(own=False)
    await bot.send_message(42, "Что выбрать?", reply_markup=keyboard())
    await phone.press("Тарифы")
    await phone.press("Тарифы", is_old=True)
    await phone.block()
    await phone.unblock()
    updates = await bot.get_updates()
    assert [update.event_type for update in updates].count("message") == 9
    assert len(updates) == len(telegram.updates.past) == 14
    assert unknown_fields(updates) == []
    assert unknown_fields([Update.model_validate(update) for update in telegram.updates.past]) == []


async def test_aiogram_knows_every_field_of_every_answer(bot: Bot, phone: Phone) -> None:
    sent = await bot.send_message(42, "<b>Что</b> выбрать?", parse_mode="HTML", reply_markup=keyboard())
    photo = (await phone.send_photo(b"a picture"))["photo"][-1]
    answers: list[Any] = [
        await bot.get_me(),
        await bot.get_webhook_info(),
        sent,
        await bot.edit_message_reply_markup(chat_id=42, message_id=sent.message_id),
        await bot.get_file(photo["file_id"]),
    ]
    assert unknown_fields(answers) == []
    assert await bot.answer_callback_query(await press(bot, phone))
    assert await bot.send_chat_action(42, "typing")
    content = await bot.download(photo["file_id"])
    assert content
    assert content.read() == b"a picture"


async def press(bot: Bot, phone: Phone) -> str:
    await bot.send_message(42, "Ещё раз?", reply_markup=keyboard(text="Да"))
    return await phone.press("Да")


async def test_a_phone_shows_what_was_sent(bot: Bot, phone: Phone) -> None:
    text = 'Наберите <code>*100#</code> — <b>это 👍 <i>бесплатно</i></b>, <a href="https://example.org?a=1&amp;b=2">тут</a>\n'
    await bot.send_message(42, text, parse_mode="HTML", reply_markup=keyboard())
    seen = await phone.hears("бесплатно")
    assert seen.text == "Наберите *100# — это 👍 бесплатно, тут"
    assert {entity["type"]: seen.part(entity) for entity in seen.entities} == {
        "code": "*100#",
        "bold": "это 👍 бесплатно",
        "italic": "бесплатно",
        "text_link": "тут",
    }
    assert seen.entities[-1]["url"] == "https://example.org?a=1&b=2"
    assert seen.buttons == ("Тарифы",)
    assert [seen.mine for seen in phone.history] == [True, False]


async def test_a_phone_hears_every_message_once(bot: Bot, phone: Phone) -> None:
    for text in ("раз", "два", "три"):
        await bot.send_message(42, text)
    assert (await phone.hears(lambda seen: seen.text > "р")).text == "раз"
    assert (await phone.hears("три")).text == "три"
    with pytest.raises(AssertionError, match="heard instead: \\[\\]"):
        await phone.hears(timeout_s=0.01)


def upload(content: bytes, name: str = "p.jpg") -> BufferedInputFile:
    return BufferedInputFile(content, name)


def png(width: int, height: int) -> bytes:
    return PNG + b"\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b" the rest"


async def test_a_phone_shows_the_files_that_were_sent(bot: Bot, phone: Phone) -> None:
    photo = await bot.send_photo(42, upload(png(800, 600)), caption="<b>Тест</b>", parse_mode="HTML")
    document = await bot.send_document(42, upload(b"%PDF-1.4", "Счёт 'март'.pdf"), reply_markup=keyboard())
    assert unknown_fields([photo, document]) == []
    first, second = phone.messages
    assert (first.text, first.bold) == ("Тест", ["Тест"])
    assert first.attachments == (SeenFile("photo", "", png(800, 600)),)
    assert second.attachments == (SeenFile("document", "Счёт 'март'.pdf", b"%PDF-1.4"),)
    assert (second.text, second.buttons) == ("", ("Тарифы",))
    assert document.document
    assert document.document.mime_type == "application/pdf"
    content = await bot.download(document.document.file_id)
    assert content
    assert content.read() == b"%PDF-1.4"


async def test_a_phone_shows_its_own_files_too(phone: Phone) -> None:
    await phone.send_photo(b"a picture", caption="снимок")
    await phone.send_document("a.txt", b"words")
    await phone.send_voice(b"a voice")
    shown = [seen.attachments for seen in phone.history[1:]]
    assert shown == [
        (SeenFile("photo", "", b"a picture"),),
        (SeenFile("document", "a.txt", b"words"),),
        (SeenFile("voice", "", b"a voice"),),
    ]


@pytest.mark.parametrize(
    ("content", "description"),
    [
        (b"", "file must be non-empty"),
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (png(1, 1) + b"x" * MAX_PHOTO_BYTES, "is too big for a photo"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_picture_that_is_no_photo_is_refused(bot: Bot, phone: Phone, content: bytes, description: str) -> None:
    with pytest.raises(TelegramBadRequest, match=description):
        await bot.send_photo(42, upload(content))
    assert phone.messages == []


async def test_a_file_that_is_too_large_is_refused(bot: Bot, phone: Phone) -> None:
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(42, upload(b"x" * (MAX_FILE_BYTES + 1)))


async def test_a_caption_has_its_own_limit(bot: Bot, phone: Phone) -> None:
    await bot.send_document(42, upload(b"x"), caption="👍" * 512)
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_document(42, upload(b"x"), caption="👍" * 513)


async def test_a_file_that_is_not_there_is_refused(telegram: StandInTelegram, phone: Phone) -> None:
    url = f"{telegram.url}/bot{telegram.token}"
    async with aiohttp.ClientSession() as session:
        for method, fields, description in (
            ("sendPhoto", {}, "there is no photo in the request"),
            ("sendDocument", {"document": "attach://nothing"}, "wrong file identifier/HTTP URL specified"),
        ):
            async with session.post(f"{url}/{method}", data={"chat_id": "42", **fields}) as response:
                assert (await response.json())["description"] == f"Bad Request: {description}"


async def test_a_trouble_strikes_every_way_of_sending(telegram: StandInTelegram, bot: Bot, phone: Phone) -> None:
    telegram.trouble(Trouble.SERVER_ERROR)
    with pytest.raises((TelegramServerError, ClientDecodeError)):
        await bot.send_document(42, upload(b"x"))
    telegram.trouble(None)
    assert await bot.send_document(42, upload(b"x"))
    telegram.fail_next("send", status=403)
    with pytest.raises(TelegramForbiddenError):
        await bot.send_photo(42, upload(png(8, 8)))
    assert len(phone.messages) == 1


REFUSED = {
    "message text is empty": {"text": ""},
    "text must be non-empty": {"text": " \n"},
    "message is too long": {"text": "👍" * 2049},
    "chat_id is empty": {"chat_id": ""},
    "chat not found": {"chat_id": "43"},
    "unsupported parse_mode": {"parse_mode": "XML"},
    "can't parse entities: Can't find end tag corresponding to start tag \"b\"": {"text": "<b>", "parse_mode": "HTML"},
    "can't parse reply_markup JSON object": {"reply_markup": "{"},
    "object expected as reply markup": {"reply_markup": "[]"},
    "BUTTON_DATA_INVALID": {"reply_markup": keyboard("я" * 33).model_dump_json(exclude_none=True)},
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard": {
        "reply_markup": '{"inline_keyboard": [[{"text": "x"}]]}'
    },
}


@pytest.mark.parametrize("description", REFUSED)
async def test_a_refusal_has_telegrams_words(telegram: StandInTelegram, phone: Phone, description: str) -> None:
    params = {"chat_id": "42", "text": "Привет", **REFUSED[description]}
    url = f"{telegram.url}/bot{telegram.token}/SENDmessage"
    async with aiohttp.ClientSession() as session, session.post(url, data=params) as response:
        assert response.status == 400
        body = {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}
        assert await response.json() == body
    assert telegram.sent == []


@pytest.mark.parametrize("length", [1, 4095, 4096])
async def test_a_text_within_the_limit_is_taken(bot: Bot, phone: Phone, length: int) -> None:
    await bot.send_message(42, "&amp;" * length, parse_mode="HTML")
    assert (await phone.hears()).text == "&" * length


async def test_a_call_may_come_as_json_or_in_the_query(telegram: StandInTelegram, phone: Phone) -> None:
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "Да", "callback_data": "1:0"}]]}
    async with aiohttp.ClientSession() as session:
        for request in (
            session.post(url, json={"chat_id": 42, "text": "раз", "reply_markup": markup}),
            session.get(url, params={"chat_id": "42", "text": "два"}),
        ):
            async with request as response:
                assert response.status == 200
    assert [seen.text for seen in phone.messages] == ["раз", "два"]


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("bot1:wrong/getMe", 401, "Unauthorized"),
        ("botwrong/getMe", 404, "Not Found"),
        ("bot{token}/getNothing", 404, "Not Found: method not found"),
        ("bot{token}/getFile?file_id=x", 400, "Bad Request: wrong file_id or the file is temporarily unavailable"),
        ("bot{token}/sendChatAction?chat_id=42&action=x", 400, "Bad Request: wrong parameter action in request"),
        (
            "bot{token}/setWebhook?url=http://a.b",
            400,
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        ("bot{token}/editMessageReplyMarkup?chat_id=42&message_id=9", 400, "Bad Request: message to edit not found"),
        ("file/bot{token}/photos/none.jpg", 404, "Not Found"),
        ("file/bot1:wrong/photos/none.jpg", 401, "Unauthorized"),
    ],
)
async def test_a_wrong_call_is_refused(
    telegram: StandInTelegram, phone: Phone, path: str, status: int, description: str
) -> None:
    url = f"{telegram.url}/{path.format(token=telegram.token)}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == status
        assert await response.json() == {"ok": False, "error_code": status, "description": description}


async def test_nobody_hears_from_a_bot_they_did_not_write_to_or_blocked(telegram: StandInTelegram, bot: Bot) -> None:
    phone = telegram.phone(1)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await bot.send_message(1, "Привет")
    await phone.start()
    await phone.block()
    with pytest.raises(TelegramForbiddenError, match="blocked by the user"):
        await bot.send_message(1, "Привет")
    phone.chat.deleted = True
    with pytest.raises(TelegramForbiddenError, match="deactivated"):
        await bot.send_message(1, "Привет")


async def test_an_offset_confirms_and_until_then_updates_come_again(telegram: StandInTelegram, bot: Bot) -> None:
    for text in ("раз", "два", "три"):
        await telegram.phone(1).write(text)
    first, second, third = await bot.get_updates()
    assert await bot.get_updates(limit=2) == [first, second]
    assert await bot.get_updates(offset=second.update_id) == [second, third]
    assert await bot.get_updates(offset=-1) == [third]
    assert await bot.get_updates(offset=third.update_id + 1) == []
    assert telegram.updates.pending == []


async def test_a_long_poll_waits_for_an_update(telegram: StandInTelegram, bot: Bot) -> None:
    polling = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.world.pulse.until(lambda: telegram.called("getUpdates"), 5)
    await telegram.phone(1).write("раз")
    assert [update.message.text for update in await polling if update.message] == ["раз"]


async def test_a_second_poller_ends_the_first(telegram: StandInTelegram, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await telegram.world.pulse.until(lambda: telegram.called("getUpdates"), 5)
    second = asyncio.create_task(bot.get_updates(timeout=5))
    with pytest.raises(TelegramConflictError, match="make sure that only one bot instance is running"):
        await first
    await telegram.phone(1).write("раз")
    assert len(await second) == 1


async def test_polling_beside_a_webhook_is_a_conflict(telegram: StandInTelegram, bot: Bot) -> None:
    await bot.set_webhook("https://bot.example.org/x")
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    known = await bot.get_webhook_info()
    assert (known.url, known.allowed_updates) == ("https://bot.example.org/x", None)
    await bot.set_webhook("https://bot.example.org/x", allowed_updates=["message"])
    assert (await bot.get_webhook_info()).allowed_updates == ["message"]
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_only_allowed_updates_are_kept(telegram: StandInTelegram, bot: Bot) -> None:
    await bot.get_updates(allowed_updates=["my_chat_member"])
    await telegram.phone(1).write("раз")
    await telegram.phone(1).block()
    assert [update.event_type for update in await bot.get_updates()] == ["my_chat_member"]


async def test_a_press_is_answered_once(bot: Bot, phone: Phone) -> None:
    query = await press(bot, phone)
    assert phone.chat.unanswered == {query}
    await bot.answer_callback_query(query)
    assert phone.chat.unanswered == set()
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query)


async def test_buttons_can_be_taken_away_once(bot: Bot, phone: Phone) -> None:
    sent = await bot.send_message(42, "Что выбрать?", reply_markup=keyboard())
    await bot.edit_message_reply_markup(chat_id=42, message_id=sent.message_id)
    assert phone.messages[-1].buttons == ()
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=42, message_id=sent.message_id)
    with pytest.raises(AssertionError, match="sees no button"):
        await phone.press("Тарифы")


async def test_faults_come_in_order_and_pass(telegram: StandInTelegram, bot: Bot, phone: Phone) -> None:
    telegram.fail_next("sendMessage", status=429, retry_after=3)
    telegram.fail_next("sendMessage", status=403)
    with pytest.raises(TelegramRetryAfter) as flood:
        await bot.send_message(42, "раз")
    assert flood.value.retry_after == 3
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(42, "раз")
    await bot.send_message(42, "раз")
    assert len(phone.messages) == 1


@pytest.mark.parametrize(("how", "done"), [(How.PAGE, 0), (How.DROP_BEFORE, 0), (How.DROP_AFTER, 1), (How.GARBAGE, 1)])
async def test_a_fault_is_before_or_after_the_deed(
    telegram: StandInTelegram, bot: Bot, phone: Phone, how: How, done: int
) -> None:
    telegram.fail_next("sendMessage", how)
    with pytest.raises(Exception, match=r".+"):
        await bot.send_message(42, "раз")
    assert len(phone.messages) == done


async def test_updates_can_be_late_doubled_and_in_any_order(telegram: StandInTelegram, bot: Bot) -> None:
    telegram.updates.hold()
    telegram.updates.twice = True
    await telegram.phone(1).write("раз")
    await telegram.phone(1).write("два")
    assert await bot.get_updates() == []
    telegram.updates.release(lambda late: late[::-1])
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["два", "два", "раз", "раз"]
    telegram.updates.queue(telegram.updates.past[0])
    assert len(await bot.get_updates()) == 5
