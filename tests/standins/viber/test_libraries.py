"""The stand-in, judged by others: both client libraries hold a whole conversation with it."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import aioviberbot
import aioviberbot.api.messages as aio_messages
import pytest
import viberbot
from aioviberbot.api.errors import ViberRequestError
from viberbot.api import messages

from standins.viber import Phone, StandInViber

Parse = Callable[[bytes], Any]
PROFILE = {"name": "Test Bot", "avatar": "https://example.org/a.jpg"}


@pytest.fixture
def api(viber: StandInViber) -> viberbot.Api:
    api = viberbot.Api(viberbot.BotConfiguration(auth_token=viber.token, **PROFILE))
    api._request_sender._viber_bot_api_url = viber.url
    return api


@pytest.fixture
def aio_api(viber: StandInViber, silent_bot: Any) -> aioviberbot.Api:
    configuration = aioviberbot.BotConfiguration(auth_token=viber.token, **PROFILE)
    api = aioviberbot.Api(configuration, client_session=silent_bot.session)
    api._request_sender._viber_bot_api_url = viber.url
    return api


def keys(*labels: str) -> dict[str, Any]:
    buttons = [{"ActionBody": f"key:{label}", "Text": f"<b>{label}</b>", "Silent": True} for label in labels]
    return {"Type": "keyboard", "Buttons": buttons}


async def say_everything(phone: Phone) -> None:
    await phone.open("from-the-site")
    await phone.subscribe()
    await phone.write("Как узнать баланс? 👍")
    await phone.send_photo(caption="снимок")
    await phone.send_document("счёт.pdf")
    await phone.send_video()
    await phone.send_voice()
    await phone.send_sticker()
    await phone.send_url()
    await phone.send_location()
    await phone.send_contact()


async def test_viberbot_holds_a_conversation(viber: StandInViber, api: viberbot.Api, silent_bot: Any) -> None:
    events = await asyncio.to_thread(api.set_webhook, f"{silent_bot.url}/hook")
    assert set(events) == {"delivered", "seen", "failed", "conversation_started"}
    account = await asyncio.to_thread(api.get_account_info)
    assert (account["webhook"], account["subscribers_count"]) == (f"{silent_bot.url}/hook", 0)
    phone = viber.phone("42==")
    await phone.write("Здравствуйте")
    message = messages.TextMessage(text="Что выбрать?", keyboard=keys("Тарифы"), tracking_data="17")
    (token,) = await asyncio.to_thread(api.send_messages, "42==", message)
    assert (await phone.hears("выбрать")).buttons == ("Тарифы",)
    await phone.press("Тарифы")
    pressed = (await silent_bot.gets("message", 2))[1]
    assert (pressed["message"]["text"], pressed["message"]["tracking_data"]) == ("key:Тарифы", "17")
    assert (await silent_bot.gets("seen"))[0]["message_token"] == token
    assert await asyncio.to_thread(api.get_online, ["42==", "?"])
    assert (await asyncio.to_thread(api.get_user_details, "42=="))["id"] == "42=="
    await phone.unsubscribe()
    with pytest.raises(Exception, match="failed with status: 6, message: receiverNotSubscribed"):
        await asyncio.to_thread(api.send_messages, "42==", messages.TextMessage(text="?"))
    await asyncio.to_thread(api.unset_webhook)
    with pytest.raises(Exception, match="failed with status: 10, message: webhookNotSet"):
        await asyncio.to_thread(api.send_messages, "42==", messages.TextMessage(text="?"))


async def test_aioviberbot_holds_a_conversation(viber: StandInViber, aio_api: aioviberbot.Api, silent_bot: Any) -> None:
    assert await aio_api.set_webhook(f"{silent_bot.url}/hook", ["failed"]) == ["failed"]
    assert (await aio_api.get_account_info())["event_types"] == ["failed"]
    phone, other = viber.phone("42=="), viber.phone("43==")
    await phone.write("Здравствуйте")
    silent_bot.files["bill.pdf"] = b"%PDF"
    file = aio_messages.FileMessage(media=f"{silent_bot.url}/files/bill.pdf", size=4, file_name="счёт.pdf")
    tokens = await aio_api.send_messages("42==", [file, aio_messages.TextMessage(text="Готово")])
    assert [seen.message_id for seen in (await phone.hears("Готово") and phone.messages)] == tokens
    assert phone.messages[0].attachments[0].content == b"%PDF"
    assert await aio_api.broadcast_messages(["42==", "43=="], aio_messages.TextMessage(text="Всем"))
    assert [seen.text for seen in phone.messages[2:] + other.messages] == ["Всем"]
    with pytest.raises(ViberRequestError, match="status: 6"):
        await aio_api.send_messages("43==", aio_messages.TextMessage(text="?"))
    await aio_api.unset_webhook()


async def test_every_callback_parses_in_both_libraries(
    viber: StandInViber, api: viberbot.Api, aio_api: aioviberbot.Api, bot: Any
) -> None:
    phone = viber.phone("42==")
    await say_everything(phone)
    await bot.send(receiver="42==")
    await bot.gets("seen")
    phone.fails_next()
    await bot.send(receiver="42==")
    await bot.gets("failed")
    await phone.unsubscribe()
    await bot.gets("unsubscribed")
    await bot.call("set_webhook", url=f"{bot.url}/hook")
    assert len({body["event"] for body in bot.events}) == 8
    for body, signature in bot.raw:
        for library in (api, aio_api):
            request = library.parse_request(body)
            assert library.verify_signature(body, signature)
            assert request.timestamp > 1_600_000_000_000
        assert signature == hmac.new(viber.token.encode(), body, hashlib.sha256).hexdigest()


async def test_the_libraries_read_what_the_subscriber_said(viber: StandInViber, api: viberbot.Api, bot: Any) -> None:
    await say_everything(viber.phone("42==", "Test Subscriber"))
    await bot.gets("message", 9)
    started, *_ = (api.parse_request(body) for body, _ in bot.raw)
    assert (started.context, started.subscribed, started.user.name) == ("from-the-site", False, "Test Subscriber")
    said = [api.parse_request(body) for body, _ in bot.raw if b'"event":"message"' in body]
    text, picture, file, video, _voice, sticker, url, location, contact = (one.message for one in said)
    assert all(one.message_token > 2**53 and one.sender.language == "ru" for one in said)
    assert text.text == "Как узнать баланс? 👍"
    assert (picture.text, file.file_name, file.size) == ("снимок", "счёт.pdf", 8)
    assert (video.media[-10:], sticker.sticker_id, url.media) == ("/video.mp4", 40100, "https://example.org/")
    assert (location.location.latitude, contact.contact.phone_number) == (55.75, "79000000000")
    async with bot.session.get(picture.media) as response:
        assert (await response.read()).startswith(b"\xff\xd8")
