"""Several calls in one, and files."""

import io
import json
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vkbottle import API, VKAPIError

from standins.faults import Trouble
from standins.vk import How, Phone, StandInVk
from standins.vk.errors import ApiError
from standins.vk.phone import PIXEL
from standins.vk.script import calls_of


def sends(*peers: int, **params: Any) -> str:
    calls = (
        f"API.messages.send({json.dumps({'peer_id': peer, 'random_id': place, 'message': 'да', **params})})"
        for place, peer in enumerate(peers, 1)
    )
    return f"return [{', '.join(calls)}];"


async def execute(api: API, code: str) -> dict[str, Any]:
    return await api.request("execute", {"code": code})


async def test_each_call_is_done_and_each_refusal_is_its_own(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    answer = await execute(api, sends(42, 43, 42, message='«да»); "нет" \n]'))
    assert answer["response"] == [2, False, 3]
    assert [error["error_code"] for error in answer["execute_errors"]] == [901, 901]
    assert [error["method"] for error in answer["execute_errors"]] == ["messages.send", "execute"]
    assert [seen.text for seen in phone.messages] == ['«да»); "нет" \n]'] * 2
    assert await execute(api, sends(42)) == {"response": [2]}
    assert await execute(api, "return [];") == {"response": []}


async def test_keyboards_come_as_objects_or_as_strings(api: API, phone: Phone) -> None:
    await phone.write("привет")
    keyboard = {"inline": True, "buttons": [[{"action": {"type": "callback", "label": "Да", "payload": "{}"}}]]}
    await execute(api, sends(42, keyboard=json.dumps(keyboard)))
    await execute(api, sends(0, 42, keyboard=keyboard))
    assert [seen.buttons for seen in phone.messages] == [("Да",)] * 2


@pytest.mark.parametrize("code", ["", "return 1;", "return [API.messages.send({)];", "return [API.x.y({}) API.x.y({})"])
async def test_other_scripts_are_not_understood(api: API, code: str) -> None:
    with pytest.raises((VKAPIError[12], VKAPIError[100])):
        await execute(api, code)


async def test_there_are_at_most_25_calls(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    assert len((await execute(api, sends(*[42] * 25)))["response"]) == 25
    with pytest.raises(VKAPIError[13]):
        await execute(api, sends(*[42] * 26))


async def test_a_failure_strikes_a_member_or_the_whole(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    vk.fail_next("messages.send", status=902)
    assert (await execute(api, sends(42, 42)))["response"] == [False, 2]
    for code in (6, 14):
        vk.fail_next("messages.send", status=code)
        with pytest.raises(VKAPIError[code]):
            await execute(api, sends(42, 42))
    vk.trouble(Trouble.RESET)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await execute(api, sends(42))
    vk.trouble(None)
    vk.fail_next("execute", How.DROP_AFTER)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await execute(api, sends(0, 0, 42))
    assert len(phone.messages) == 2


@given(st.lists(st.dictionaries(st.text(min_size=1), st.text()), max_size=25))
@settings(max_examples=100)
def test_what_is_written_in_a_script_is_read_from_it(calls: list[dict[str, str]]) -> None:
    code = f"return [{', '.join(f'API.messages.send({json.dumps(call)})' for call in calls)}];"
    assert [call.params.fields for call in calls_of(code)] == calls


@given(st.text(alphabet='return[API.x.y({"a":1}),];'))
@settings(max_examples=100)
def test_a_script_is_read_or_refused(rest: str) -> None:
    with suppress(ApiError):
        calls_of(f"return [API.messages.send({rest}")


async def get(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.read()


async def test_what_a_subscriber_sends_can_be_downloaded(vk: StandInVk, phone: Phone) -> None:
    photo = (await phone.send_photo(PIXEL))["attachments"][0]["photo"]
    document = (await phone.send_document("счёт 1.pdf", b"%PDF-1.4 bill"))["attachments"][0]["doc"]
    voice = (await phone.send_voice(b"OggS one"))["attachments"][0]["audio_message"]
    sticker = (await phone.send_sticker(b"a sticker"))["attachments"][0]["sticker"]
    assert await get(photo["sizes"][-1]["url"]) == (200, PIXEL)
    assert await get(document["url"]) == (200, b"%PDF-1.4 bill")
    assert (document["title"], document["ext"], document["size"]) == ("счёт 1.pdf", "pdf", 13)
    assert await get(voice["link_ogg"]) == (200, b"OggS one")
    assert await get(sticker["images"][0]["url"]) == (200, b"a sticker")
    assert [seen.attachments[0].content for seen in phone.history] == [
        PIXEL,
        b"%PDF-1.4 bill",
        b"OggS one",
        b"a sticker",
    ]
    assert (await get(f"{vk.url}/files/photo1_1/a.jpg"))[0] == 404
    assert (await get(f"{vk.url}/doc1_1"))[0] == 404
    vk.fail_next("file", How.PAGE, status=403)
    assert (await get(photo["sizes"][0]["url"]))[0] == 403


async def post(url: str, **files: bytes) -> dict[str, Any]:
    form = aiohttp.FormData()
    form.add_field("note", "no file")
    for name, content in files.items():
        form.add_field(name, io.BytesIO(content), filename="a.bin")
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as response:
        return dict(await response.json(content_type=None))


async def test_an_upload_that_is_no_picture_cannot_be_saved(api: API, phone: Phone) -> None:
    server = await api.photos.get_messages_upload_server(peer_id=42)
    for posted in (await post(server.upload_url, photo=b"text"), await post(server.upload_url)):
        with pytest.raises(VKAPIError[100], match="photos_list is invalid"):
            await api.request("photos.saveMessagesPhoto", posted)
    good = await post(server.upload_url, photo=PIXEL)
    with pytest.raises(VKAPIError[100], match="hash is invalid"):
        await api.request("photos.saveMessagesPhoto", {**good, "hash": "other"})
    assert await api.request("photos.saveMessagesPhoto", good)


async def test_a_document_is_saved_once(api: API, phone: Phone) -> None:
    await phone.write("привет")
    server = await api.docs.get_messages_upload_server(peer_id=42, type="doc")
    assert server.upload_url
    assert await post(server.upload_url) == {"error": "no_file", "error_descr": "no file"}
    posted = await post(server.upload_url, file=b"%PDF-1.4")
    assert (await api.request("docs.save", posted))["response"]["doc"]["title"] == "a.bin"
    with pytest.raises(VKAPIError[100], match="file is invalid"):
        await api.request("docs.save", posted)
    with pytest.raises(VKAPIError[901]):
        await api.docs.get_messages_upload_server(peer_id=43, type="doc")
    voice = await api.docs.get_messages_upload_server(peer_id=42, type="audio_message")
    saved = await api.request("docs.save", await post(str(voice.upload_url), file=b"OggS"))
    assert saved["response"]["type"] == "audio_message"


async def test_a_large_file_gets_through_and_an_upload_can_fail(vk: StandInVk, api: API, phone: Phone) -> None:
    server = await api.photos.get_messages_upload_server(peer_id=42)
    assert (await post(server.upload_url, photo=PIXEL + b"0" * 20_000_000))["photo"] != "[]"
    vk.fail_next("upload", How.PAGE, status=413)
    with pytest.raises(ValueError, match="Expecting value"):
        await post(server.upload_url, photo=PIXEL)
