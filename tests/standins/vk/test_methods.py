"""What the stand-in refuses, remembers and counts."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from vkbottle import API, VKAPIError

from standins.faults import Trouble
from standins.vk import How, Phone, StandInVk
from standins.vk.access import Access
from standins.vk.errors import ApiError
from standins.vk.rules import Params


def keyboard(*rows: int, inline: bool = True, **action: Any) -> str:
    """Rows of so many buttons."""
    button = {"action": {"type": "callback", "label": "Да", "payload": "{}", **action}}
    return json.dumps({"inline": inline, "one_time": False, "buttons": [[button] * row for row in rows]})


async def send(api: API, **params: Any) -> Any:
    return (await api.request("messages.send", {"peer_id": 42, "random_id": 0, "message": "да", **params}))["response"]


REFUSED: dict[str, tuple[int, dict[str, Any]]] = {
    "random_id is a required parameter": (100, {"random_id": ""}),
    "random_id not integer": (100, {"random_id": "x"}),
    "random_id is out of range": (100, {"random_id": 2**31}),
    "you should specify peer_id": (100, {"peer_id": ""}),
    "message is empty or invalid": (100, {"message": " "}),
    "Message is too long": (914, {"message": "я" * 9001}),
    "attachment photo1_2 not found": (100, {"attachment": "photo1_2_key"}),
    "Can't send messages for users without permission": (901, {"peer_id": 43}),
    "keyboard contains incorrect JSON": (100, {"keyboard": "{"}),
    "buttons must be an array of arrays": (911, {"keyboard": '{"buttons": [1]}'}),
    "too much buttons": (911, {"keyboard": keyboard(5, 5, 1)}),
    "too much rows": (911, {"keyboard": keyboard(*[1] * 7)}),
    "row 1 contains too much columns": (911, {"keyboard": keyboard(1, 6)}),
    "row 0 is empty": (911, {"keyboard": keyboard(0)}),
    "label should be at least 1": (911, {"keyboard": keyboard(1, label="")}),
    "label should be not greater than 40": (911, {"keyboard": keyboard(1, label="я" * 41)}),
    "payload should be not greater than 255": (911, {"keyboard": keyboard(1, payload=json.dumps("я" * 256))}),
    "payload contains incorrect JSON": (911, {"keyboard": keyboard(1, payload="{")}),
    "has unknown action type": (911, {"keyboard": keyboard(1, type="press")}),
    "has invalid link": (911, {"keyboard": keyboard(1, type="open_link", link="javascript:1")}),
    "must be alone in its row": (911, {"keyboard": keyboard(2, type="location")}),
    "cannot be one_time": (911, {"keyboard": '{"inline": true, "one_time": true, "buttons": []}'}),
}


@pytest.mark.parametrize("words", REFUSED)
async def test_a_bad_message_is_refused(api: API, phone: Phone, words: str) -> None:
    await phone.write("привет")
    code, params = REFUSED[words]
    with pytest.raises(VKAPIError[code], match=words):
        await send(api, **params)
    assert phone.messages == []


async def test_the_largest_keyboard_is_taken(api: API, phone: Phone) -> None:
    await phone.write("привет")
    await send(
        api, message="я" * 9000, keyboard=keyboard(1, 1, 1, 1, 1, 5, label="я" * 40, payload='"' + "a" * 253 + '"')
    )
    await send(api, keyboard=keyboard(*[4] * 10, inline=False))
    assert [len(seen.buttons) for seen in phone.messages] == [10, 0]
    assert len(phone.keyboard) == 40


async def test_a_random_id_sends_once_in_an_hour_of_a_chat(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    first = await send(api, random_id=2**31 - 1)
    await send(api, random_id=7, message="другое")
    assert await send(api, random_id=2**31 - 1) == first
    assert [seen.text for seen in phone.messages] == ["да", "другое"]
    assert await send(api) != await send(api)
    for message in vk.sent:
        message["date"] -= 3600
    assert await send(api, random_id=2**31 - 1) != first


async def test_many_get_one_message_and_each_its_own_refusal(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    answer = await send(api, peer_id="", peer_ids="42,43", random_id=9)
    assert [item["peer_id"] for item in answer] == [42, 43]
    assert answer[1]["error"]["code"] == 901
    again = await send(api, peer_id="", peer_ids="42,43", random_id=9)
    assert again[0] == answer[0]
    assert len(phone.messages) == 1


async def test_who_denied_messages_gets_none_until_allowed(api: API, phone: Phone) -> None:
    await phone.allow()
    assert await send(api)
    await phone.block()
    with pytest.raises(VKAPIError[901]):
        await send(api)
    phone.chat.refusal = 902
    with pytest.raises(VKAPIError[902]):
        await send(api)
    await phone.write("снова я")
    assert await send(api)


async def test_a_press_is_answered_once(api: API, phone: Phone) -> None:
    await phone.write("привет")
    await send(api, keyboard=keyboard(1, payload='{"button":"1:0"}'))
    press = await phone.press("Да")
    assert phone.spinning
    answer = {"event_id": press, "user_id": 42, "peer_id": 42}
    with pytest.raises(VKAPIError[100], match="event_data has unknown type"):
        await api.request("messages.sendMessageEventAnswer", {**answer, "event_data": '{"type": "x"}'})
    await api.request("messages.sendMessageEventAnswer", answer)
    assert not phone.spinning
    with pytest.raises(VKAPIError[100], match="invalid event_id"):
        await api.request("messages.sendMessageEventAnswer", answer)
    with pytest.raises(AssertionError, match="sees no button"):
        await phone.press("Нет")


async def test_a_button_below_the_field_writes(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    await send(api, keyboard=keyboard(1, inline=False, type="text", label="Оператор", payload='{"a":1}'))
    await phone.press("Оператор")
    assert phone.history[-1].text == "Оператор"
    assert vk.events.past[-1]["object"]["message"]["payload"] == '{"a":1}'


async def test_typing_and_reading_are_seen(api: API, phone: Phone) -> None:
    await phone.write("привет")
    await api.messages.set_activity(peer_id=42, type="typing")
    await api.messages.mark_as_read(peer_id=42)
    assert (phone.chat.typing, phone.chat.is_read) == (1, True)


async def test_a_phone_hears_every_message_once(api: API, phone: Phone) -> None:
    await phone.write("привет")
    for text in ("раз", "два", "три"):
        await send(api, message=text)
    assert (await phone.hears()).text == "раз"
    assert (await phone.hears("три")).text == "три"
    with pytest.raises(AssertionError, match="heard instead: \\[\\]"):
        await phone.hears(timeout_s=0.01)


async def call(vk: StandInVk, method: str = "groups.getById", **params: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(f"{vk.url}/method/{method}", params=params) as response:
        return await response.json()


async def test_a_call_names_token_version_and_method(vk: StandInVk) -> None:
    good = {"access_token": vk.token, "v": "5.199"}
    assert (await call(vk, **good))["response"]["groups"][0]["id"] == vk.group_id
    assert (await call(vk, v="5.199"))["error"]["error_code"] == 5
    assert (await call(vk, access_token="other", v="5.199"))["error"]["error_code"] == 5
    assert (await call(vk, access_token=vk.token))["error"]["error_code"] == 8
    assert (await call(vk, access_token=vk.token, v="5.50"))["error"]["error_code"] == 8
    assert (await call(vk, "messages.shout", **good))["error"]["error_code"] == 3
    error = (await call(vk, "users.get", **good, user_ids="x"))["error"]
    assert error["error_msg"] == "One of the parameters specified was missing or invalid: user_ids not integer"
    assert {"key": "user_ids", "value": "x"} in error["request_params"]
    assert vk.token not in json.dumps(error)


async def test_parameters_come_as_json_too(vk: StandInVk, phone: Phone) -> None:
    await phone.write("привет")
    body = {"access_token": vk.token, "v": "5.199", "peer_id": 42, "random_id": 1, "message": "да"}
    url = f"{vk.url}/method/messages.send"
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        assert await response.json() == {"response": 2}
    assert phone.messages[0].text == "да"


async def test_a_token_without_rights_is_refused(vk: StandInVk, api: API) -> None:
    vk.world.scopes = {"messages"}
    with pytest.raises(VKAPIError[15], match="no access to call this method"):
        await api.groups.get_callback_confirmation_code(group_id=vk.group_id)
    rights = await api.groups.get_token_permissions()
    assert [right.name for right in rights.permissions] == ["messages"]


def test_twenty_calls_a_second_and_not_more() -> None:
    time = 100.0
    access = Access("token", now=lambda: time)
    good = Params({"access_token": "token", "v": "5.199"})
    for _ in range(20):
        access.check(good, "")
        time += 0.01
    with pytest.raises(ApiError, match="Too many requests per second"):
        access.check(good, "")
    time = 101.0
    access.check(good, "")
    with pytest.raises(ApiError, match="Too many requests per second"):
        access.check(good, "")
    access.calls_a_second = 0
    access.check(good, "")


async def test_failures_on_demand(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    vk.fail_next("messages.send", status=14)
    with pytest.raises(VKAPIError[14]) as captcha:
        await send(api)
    assert captcha.value.captcha_sid
    vk.fail_next("messages.send", status=10, description="Internal server error: try later", times=2)
    for _ in range(2):
        with pytest.raises(VKAPIError[10], match="try later"):
            await send(api)
    vk.fail_next("messages.send", How.DROP_BEFORE)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await send(api)
    assert phone.messages == []
    vk.fail_next("messages.send", How.DROP_AFTER)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await send(api, random_id=3)
    assert await send(api, random_id=3)
    assert len(phone.messages) == 1


async def test_standing_troubles_strike_every_so_many_sends(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    vk.trouble(Trouble.LIMIT, every=2)
    assert await send(api)
    with pytest.raises(VKAPIError[6]):
        await send(api)
    vk.trouble(Trouble.BLOCKED)
    with pytest.raises(VKAPIError[901]):
        await send(api)
    vk.trouble(Trouble.DEAD_TOKEN)
    with pytest.raises(VKAPIError[5]):
        await send(api)
    vk.trouble(None)
    assert await send(api)
    vk.revoke_token()
    with pytest.raises(VKAPIError[5]):
        await send(api)


async def test_answers_that_cannot_be_used(vk: StandInVk, phone: Phone) -> None:
    await phone.write("привет")
    params = {"access_token": vk.token, "v": "5.199", "peer_id": "42", "random_id": "1", "message": "да"}
    vk.trouble(Trouble.SERVER_ERROR)
    with pytest.raises(aiohttp.ContentTypeError, match="502"):
        await call(vk, "messages.send", **params)
    assert phone.messages == []
    vk.trouble(Trouble.GARBAGE)
    with pytest.raises(ValueError, match="decode"):
        await call(vk, "messages.send", **params)
    assert len(phone.messages) == 1


async def test_a_call_that_hangs_ends_with_the_server(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    vk.trouble(Trouble.HANG)
    hanging = asyncio.create_task(send(api))
    await phone.sees(lambda _: bool(vk.called("messages.send")))
    await vk.stop()
    with pytest.raises(aiohttp.ClientError):
        await hanging
    assert phone.messages == []


async def test_it_comes_back_on_the_same_port_and_remembers(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    url = vk.url
    await vk.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await send(api)
    await vk.start()
    assert vk.url == url
    assert await send(api)
    assert len(vk.sent) == 1
    assert [call.text("message") for call in vk.called("messages.send")] == ["да"]
    vk.answer_with("users.get", nobody)
    assert await api.users.get(user_ids=[42]) == []


async def nobody(_params: object) -> list[Any]:
    return []
