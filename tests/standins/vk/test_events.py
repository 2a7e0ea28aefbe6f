"""Every event and every answer of the stand-in, read by the models of vkbottle."""

from typing import Any

import pytest
from pydantic import BaseModel
from vkbottle import API, Callback, Keyboard, Text
from vkbottle_types.codegen.responses import docs, groups, messages, photos, users
from vkbottle_types.events import GroupEventType, bot_events

from standins.vk import Phone, StandInVk
from standins.vk.kinds import KINDS
from standins.vk.phone import PIXEL

# Documented by VK and seen from it, and without a name in vkbottle.
UNNAMED = {".v", ".object.message.geo.place.country"}
UNLISTED = {f".response.events.{kind.value}" for kind in GroupEventType}  # named, only not among the settings
KEYBOARD = Keyboard(inline=True).add(Callback("Тарифы", {"button": "1:0"})).row().add(Text("Да", {"yes": 1})).get_json()


def unknown_fields(given: Any, model: Any, path: str = "") -> set[str]:
    """Fields vkbottle has no name for: misspelled by us."""
    if isinstance(given, list) and isinstance(model, list):
        pairs = zip(given, model, strict=True)
        return set().union(*(unknown_fields(one, read, path) for one, read in pairs))
    if not isinstance(given, dict) or not isinstance(model, BaseModel):
        return set()
    known = type(model).model_fields
    inner = [
        unknown_fields(value, getattr(model, key), f"{path}.{key}") for key, value in given.items() if key in known
    ]
    return {f"{path}.{key}" for key in given if key not in known}.union(*inner)


def read(event: dict[str, Any]) -> BaseModel:
    model = getattr(bot_events, "".join(part.title() for part in event["type"].split("_")))
    assert isinstance(model, type)
    assert issubclass(model, BaseModel)
    return model.model_validate(event)


async def do_everything(api: API, phone: Phone) -> None:
    await phone.allow(key="bill")
    await phone.start(ref="bill")
    message = await phone.write("привет")
    await phone.edit(message, "Привет")
    await phone.send_photo(caption="снимок")
    await phone.send_document()
    await phone.send_voice()
    await phone.send_sticker()
    await phone.send_video()
    await phone.send_location()
    await phone.type()
    await api.messages.send(peer_id=42, random_id=1, message="Что выбрать?", keyboard=KEYBOARD)
    await phone.press("Тарифы")
    await phone.press("Да")
    await phone.read()
    await phone.write_in_group_chat("всем привет")
    await phone.deny()


async def test_vkbottle_knows_every_field_of_every_event(vk: StandInVk, api: API, phone: Phone) -> None:
    await api.groups.set_long_poll_settings(group_id=vk.group_id, enabled=True, **dict.fromkeys(KINDS, True))
    await do_everything(api, phone)
    assert vk.longpoll.log == vk.events.past
    assert len(vk.events.past) == 17
    assert {event["type"] for event in vk.events.past} == {
        "message_allow",
        "message_new",
        "message_edit",
        "message_typing_state",
        "message_reply",
        "message_event",
        "message_read",
        "message_deny",
    }
    for event in vk.events.past:
        assert unknown_fields(event, read(event)) <= UNNAMED


async def test_the_kinds_are_those_that_vkbottle_knows() -> None:
    known = {kind.value for kind in GroupEventType} - {"confirmation", "NOT_SUPPORTED"}
    assert KINDS - known == {"wall_schedule_post_new", "wall_schedule_post_delete"}
    assert known <= KINDS


async def test_every_event_has_an_id_of_its_own_and_the_community(vk: StandInVk, api: API, phone: Phone) -> None:
    await do_everything(api, phone)
    assert len({event["event_id"] for event in vk.events.past}) == len(vk.events.past)
    assert {event["group_id"] for event in vk.events.past} == {vk.group_id}


async def test_what_a_subscriber_does_is_in_the_events(vk: StandInVk, api: API, phone: Phone) -> None:
    await do_everything(api, phone)
    message = [event["object"]["message"] for event in vk.events.past if event["type"] == "message_new"]
    assert (message[0]["text"], message[0]["payload"], message[0]["ref"]) == ("Начать", '{"command":"start"}', "bill")
    assert [one["attachments"][0]["type"] for one in message if one["attachments"]] == [
        "photo",
        "doc",
        "audio_message",
        "sticker",
        "video",
    ]
    assert message[7]["geo"]["coordinates"] == {"latitude": 55.75, "longitude": 37.61}
    assert (message[8]["text"], message[8]["payload"]) == ("Да", '{"yes":1}')
    assert [one["peer_id"] for one in message[-2:]] == [42, 2_000_000_001]
    pressed = next(event["object"] for event in vk.events.past if event["type"] == "message_event")
    assert pressed["payload"] == {"button": "1:0"}
    sent = next(event["object"] for event in vk.events.past if event["type"] == "message_reply")
    seen = next(event["object"] for event in vk.events.past if event["type"] == "message_read")
    assert seen["read_message_id"] == sent["id"]
    assert pressed["conversation_message_id"] == seen["conversation_message_id"] == sent["conversation_message_id"]


ANSWERS: dict[str, tuple[type[BaseModel], dict[str, Any]]] = {
    "groups.getById": (groups.GroupsGetByIdObjectResponse, {}),
    "groups.getTokenPermissions": (groups.GroupsGetTokenPermissionsResponse, {}),
    "groups.getLongPollServer": (groups.GroupsGetLongPollServerResponse, {}),
    "groups.getLongPollSettings": (groups.GroupsGetLongPollSettingsResponse, {}),
    "groups.getCallbackConfirmationCode": (groups.GroupsGetCallbackConfirmationCodeResponse, {}),
    "groups.getCallbackServers": (groups.GroupsGetCallbackServersResponse, {}),
    "groups.getCallbackSettings": (groups.GroupsGetCallbackSettingsResponse, {"server_id": 1}),
    "messages.send": (messages.MessagesSendUserIdsResponse, {"peer_ids": "42,43", "message": "a", "random_id": 5}),
    "users.get": (users.UsersGetResponse, {"user_ids": "42"}),
    "photos.getMessagesUploadServer": (photos.PhotosGetMessagesUploadServerResponse, {"peer_id": 42}),
    "docs.getMessagesUploadServer": (docs.DocsGetUploadServerResponse, {"peer_id": 42}),
}


@pytest.mark.parametrize("method", ANSWERS)
async def test_vkbottle_knows_every_field_of_every_answer(vk: StandInVk, api: API, phone: Phone, method: str) -> None:
    await phone.write("привет")
    await api.groups.set_long_poll_settings(group_id=vk.group_id, enabled=True)
    place = {"url": f"{vk.url}/nowhere", "title": "otklik", "secret_key": "abc"}
    await api.groups.add_callback_server(group_id=vk.group_id, **place)
    model, params = ANSWERS[method]
    answer = await api.request(method, {"group_id": vk.group_id, **params})
    assert unknown_fields(answer, model.model_validate(answer)) <= UNLISTED


async def test_vkbottle_knows_every_field_of_a_saved_file(vk: StandInVk, api: API, phone: Phone) -> None:
    await phone.write("привет")
    for kind, name, content in (("photo", "a.jpg", PIXEL), ("doc", "a.pdf", b"%PDF-1.4")):
        posted = vk.uploads.post(kind, name, content)
        method, model = {
            "photo": ("photos.saveMessagesPhoto", photos.PhotosSaveMessagesPhotoResponse),
            "doc": ("docs.save", docs.DocsSaveResponse),
        }[kind]
        answer = await api.request(method, posted)
        assert unknown_fields(answer, model.model_validate(answer)) == set()
