"""What the stand-in refuses, and how."""

from typing import Any

import pytest

from standins.viber import Phone, StandInViber
from tests.standins.viber.conftest import USER, Bot, keyboard

TEXT = {"type": "text", "text": "Привет"}
FILE = {"type": "file", "media": "https://example.org/a.pdf", "size": 1, "file_name": "a.pdf"}
PICTURE = {"type": "picture", "text": "", "media": "https://example.org/a.jpg"}
REFUSED: list[tuple[int, str, dict[str, Any]]] = [
    (4, "missingData: name", {**TEXT, "sender": None}),
    (4, "missingData: name", {**TEXT, "sender": {"name": ""}}),
    (3, "name is too long (length: 29, maximum allowed: 28)", {**TEXT, "sender": {"name": "я" * 29}}),
    (4, "missingData: receiver", {**TEXT, "receiver": None}),
    (5, "receiverNotRegistered", {**TEXT, "receiver": "nobody"}),
    (5, "receiverNotRegistered", {**TEXT, "receiver": 7}),
    (4, "missingData: text", {"type": "text", "text": ""}),
    (3, "text is not a string", {"type": "text", "text": 5}),
    (3, "text is too long (length: 7001, maximum allowed: 7000)", {"type": "text", "text": "a" * 7001}),
    (3, "tracking_data is too long", {**TEXT, "tracking_data": "a" * 4001}),
    (3, "the request has", {"type": "text", "text": "👍" * 7000}),
    (4, "missingData: type", {"type": None}),
    (3, "type 'rich_media' is not one of", {"type": "rich_media"}),
    (3, "min_api_version is not a number", {**TEXT, "min_api_version": "1"}),
    (13, "apiVersionNotSupported", {**TEXT, "min_api_version": 11}),
    (4, "missingData: media", {**PICTURE, "media": ""}),
    (4, "missingData: text", {**PICTURE, "text": None}),
    (3, "text is too long", {**PICTURE, "text": "a" * 513}),
    (3, "must end with an extension: gif, jpeg, jpg, png", {**PICTURE, "media": "https://example.org/a.b/ticket"}),
    (3, "media is not a URL", {**PICTURE, "media": "a.jpg"}),
    (4, "missingData: size", {**FILE, "size": None}),
    (3, "size 0 is not from 1 to 52428800", {**FILE, "size": 0}),
    (3, "size 52428801 is not", {**FILE, "size": 52_428_801}),
    (4, "missingData: file_name", {**FILE, "file_name": None}),
    (3, "has no extension", {**FILE, "file_name": "bill"}),
    (3, "files of type exe are forbidden", {**FILE, "file_name": "a.EXE"}),
    (3, "must end with an extension: mp4", {**FILE, "type": "video"}),
    (4, "missingData: sticker_id", {"type": "sticker"}),
    (4, "missingData: location.lon", {"type": "location", "location": {"lat": 1}}),
    (3, "location.lat is out of range", {"type": "location", "location": {"lat": 91, "lon": 1}}),
    (3, "phone_number has more than digits", {"type": "contact", "contact": {"name": "a", "phone_number": "7 900"}}),
]
INVALID_KEYBOARDS: list[tuple[int, str, Any]] = [
    (3, "does not match any allowed primitive type", "keyboard"),
    (3, '[object has missing required properties (["Type"])]', {"Buttons": [{"ActionBody": "a", "Text": "a"}]}),
    (3, "array of Buttons is too short", keyboard()),
    (3, 'missing required properties (["ActionBody"])', {"Type": "keyboard", "Buttons": [{"Text": "a"}]}),
    (3, "ActionBody is too short", keyboard("a", ActionBody="")),
    (3, "Columns is out of range (minimum: 1, maximum: 6, found: 7)", keyboard("a", Columns=7)),
    (3, "Rows is out of range", keyboard("a", Rows=3)),
    (3, 'instance value ("call") not found in enum', keyboard("a", ActionType="call")),
    (3, "a button has none of", keyboard("")),
    (3, "Text is too long (length: 251, maximum allowed: 250)", keyboard("a" * 251)),
    (14, "needs min_api_version 4", {**keyboard("a"), "InputFieldState": "hidden"}),
    (14, "needs min_api_version 3", keyboard("a", ActionType="share-phone")),
    (14, "needs min_api_version 6", keyboard("a", Frame={})),
]


@pytest.mark.parametrize(("status", "words", "change"), REFUSED)
async def test_a_wrong_message_is_refused_and_not_shown(
    viber: StandInViber, bot: Bot, phone: Phone, status: int, words: str, change: dict[str, Any]
) -> None:
    answer = await bot.send(**{"text": None, **change})
    assert (answer["status"], words in answer["status_message"]) == (status, True), answer
    assert viber.sent == []
    assert phone.messages == []


@pytest.mark.parametrize(("status", "words", "wrong"), INVALID_KEYBOARDS)
async def test_a_wrong_keyboard_is_refused(bot: Bot, phone: Phone, status: int, words: str, wrong: Any) -> None:
    answer = await bot.send(keyboard=wrong)
    assert (answer["status"], words in answer["status_message"]) == (status, True), answer
    assert phone.buttons == ()


@pytest.mark.parametrize(
    "message",
    [
        {"text": "a" * 7000},
        {"text": "a", "tracking_data": "a" * 4000, "sender": {"name": "я" * 28, "avatar": None}},
        {"keyboard": {**keyboard("a"), "InputFieldState": "hidden"}, "min_api_version": 4},
        {"keyboard": keyboard(*"abcdefghijkl")},
        {"type": "sticker", "sticker_id": 46105},
        {"type": "location", "location": {"lat": -90, "lon": 180.0}},
        {"type": "contact", "contact": {"name": "a", "phone_number": "+79000000000"}},
        {"type": "url", "media": "https://example.org"},
    ],
)
async def test_a_message_within_the_limits_is_shown(bot: Bot, phone: Phone, message: dict[str, Any]) -> None:
    answer = await bot.send(**message)
    assert (answer["status"], answer["status_message"], answer["billing_status"]) == (0, "ok", 2)
    assert answer["chat_hostname"]
    assert [seen.message_id for seen in phone.messages] == [answer["message_token"]]


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_call_without_the_right_token_is_refused(viber: StandInViber, bot: Bot, token: str) -> None:
    async with bot.session.post(f"{viber.url}/get_account_info", headers={"X-Viber-Auth-Token": token}) as response:
        assert (response.status, (await response.json())["status"]) == (200, 2)
    async with bot.session.post(f"{viber.url}/send_message", data=b"{") as response:
        assert (await response.json())["status"] == 3


async def test_only_a_subscriber_hears_from_the_bot(viber: StandInViber, bot: Bot) -> None:
    phone = viber.phone(USER)
    await phone.open()
    assert (await bot.send())["status"] == 6
    await phone.write("Привет")
    assert (await bot.send())["status"] == 0
    await phone.unsubscribe()
    assert (await bot.send())["status"] == 6
    await phone.subscribe()
    assert (await bot.send())["status"] == 0


async def test_a_hundred_messages_without_a_reply_are_enough(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    phone.subscriber.tells_delivered = phone.subscriber.reads_at_once = False
    now = [1_800_000_000.0]
    viber.world.clock = lambda: now[0]
    await phone.write("Вопрос")
    assert {(await bot.send())["status"] for _ in range(100)} == {0}
    refusal = await bot.send()
    assert (refusal["status"], refusal["status_message"]) == (12, "Too many requests")
    now[0] += 3600
    assert (await bot.send())["status"] == 0
    await phone.write("Ещё вопрос")
    assert len(phone.subscriber.sent_at) == 0


async def test_messages_a_day_after_the_last_one_of_the_subscriber_are_charged(
    viber: StandInViber, bot: Bot, phone: Phone
) -> None:
    written = phone.subscriber.last_wrote_at
    viber.world.clock = lambda: written + 24 * 3600
    assert (await bot.send())["billing_status"] == 5


async def test_a_broadcast_names_those_who_did_not_get_it(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    viber.phone("stranger==")
    body = {**TEXT, "sender": {"name": "Test Bot"}}
    answer = await bot.call("broadcast_message", **body, broadcast_list=[USER, "stranger==", "nobody"])
    assert [(one["receiver"], one["status"]) for one in answer["failed_list"]] == [("stranger==", 6), ("nobody", 5)]
    assert [seen.message_id for seen in phone.messages] == [answer["message_token"]]
    assert (await bot.call("broadcast_message", **body, broadcast_list=["x"] * 301))["status"] == 3


async def test_details_of_a_user_are_told_twice(bot: Bot, phone: Phone) -> None:
    for _ in range(2):
        assert (await bot.call("get_user_details", id=USER))["user"]["name"] == "Test Subscriber"
    assert (await bot.call("get_user_details", id=USER))["status"] == 12
    assert (await bot.call("get_online", ids=[]))["status"] == 3
