"""Payload files of every kind -> events, and whatever is not a payload -> BadPayload."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vkbottle_types.events import bot_events

from bot.channels.vk.parse import Arrival, parse, read
from bot.errors import BadPayload
from bot.messages import (
    Attachment,
    AttachmentKind,
    Event,
    Ignored,
    Incoming,
    IncomingKind,
    Receipt,
    Report,
    Sender,
    SubscriberLeft,
    SubscriberReturned,
)
from tests.bot.channels.vk.conftest import NOW, PAYLOADS

ACCOUNT = "222333444"
ARRIVAL = Arrival(ACCOUNT, NOW)
SENDER = Sender("vk", ACCOUNT, "1000042")
SENT_AT = datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
FILES = sorted(path for path in PAYLOADS.glob("*.json") if path.stem != "confirmation")
KIND = AttachmentKind
PHOTO = Attachment(KIND.PHOTO, "https://sun9-1.userapi.com/impg/photo.jpg?size=1280x960", mime="image/jpeg")
ORIGINAL = Attachment(
    KIND.PHOTO, "https://sun9-2.userapi.com/s/v1/ig2/original.jpg?quality=95&as=32x24", mime="image/jpeg"
)


def parsed(name: str) -> Event:
    return parse(read((PAYLOADS / f"{name}.json").read_bytes()), ARRIVAL)


def said(text: str = "", *attachments: Attachment, kind: IncomingKind = IncomingKind.TEXT, **more: str) -> Incoming:
    external_id = more.pop("external_id", "1000042:501")
    return Incoming(external_id, SENDER, kind, SENT_AT, text, attachments=attachments, **more)


BILL = Attachment(
    KIND.DOCUMENT,
    "https://vk.com/doc1000042_672?hash=aa11&dl=bb22&api=1&no_preview=1",
    "Счёт за март.pdf",
    "application/pdf",
    54321,
)
LOG = Attachment(KIND.DOCUMENT, "https://vk.com/doc1000042_673?hash=aa11", "log", "application/octet-stream", 99)
VOICE = Attachment(KIND.VOICE, "https://psv4.userapi.com/c1/u1/audiomsg/d1/voice.ogg", mime="audio/ogg")
AUDIO = Attachment(KIND.AUDIO, "", "Исполнитель — Песня", "audio/mpeg")
STICKER = Attachment(KIND.STICKER, "https://vk.com/sticker/1-9046-512", mime="image/png")
GRAFFITI = Attachment(KIND.PHOTO, "https://sun9-4.userapi.com/graffiti.png", mime="image/png")
PLACE = Attachment(KIND.LOCATION, name="Москва, Россия", text="55.751244, 37.618423")

MEANINGS: dict[str, Event] = {
    "text": said("Как узнать баланс?"),
    "start": said(kind=IncomingKind.START),
    "start_with_ref": said(kind=IncomingKind.START, referral="link-4f7a"),
    "text_with_ref": said("Здравствуйте", referral="link-4f7a"),
    "press_of_text_button": said(kind=IncomingKind.PRESS, press="17:1"),
    "text_with_strange_payload": said("Тарифы"),
    "text_with_broken_payload": said("Тарифы"),
    "photo": said("", PHOTO),
    "photo_with_original": said("Вот такая ошибка", ORIGINAL),
    "photos_and_document": said("Два снимка и счёт", PHOTO, ORIGINAL, BILL),
    "document_without_type": said("", LOG),
    "voice": said("", VOICE),
    "audio": said("", AUDIO),
    "video": said("", Attachment(KIND.VIDEO, name="Нет сети")),
    "sticker": said("", STICKER),
    "graffiti": said("", GRAFFITI),
    "location": said("", PLACE),
    "link": said("https://example.org/tariffs"),
    "link_and_text": said("Что это? https://example.org/tariffs"),
    "forwarded": said("Ваш номер будет заблокирован\n\nПерезвоните по ссылке", PHOTO),
    "forwarded_with_text": said("Мне пришло такое сообщение"),
    "reply": said("А сколько это стоит?"),
    "wall_post": Ignored("without_content"),
    "gift": Ignored("without_content"),
    "group_chat": Ignored("not_private"),
    "group_chat_invite": Ignored("not_private"),
    "from_another_community": Ignored("from_community"),
    "own": Ignored("from_community"),
    "without_number_in_the_conversation": said("Баланс", external_id="1000042:id9001"),
    "press": Incoming("cb:5f2a9c1e7b30", SENDER, IncomingKind.PRESS, NOW, press="17:1"),
    "press_of_other_app": Ignored("message_event"),
    "press_in_group_chat": Ignored("not_private"),
    "allowed": SubscriberReturned(SENDER),
    "denied": SubscriberLeft(SENDER, NOW),
    "read": Report(SENDER, "9002", Receipt.READ),
    "read_in_group_chat": Ignored("not_private"),
    "edited": Ignored("message_edit"),
    "own_reply": Ignored("message_reply"),
    "typing": Ignored("message_typing_state"),
    "reaction": Ignored("message_reaction_event"),
    "joined": Ignored("unknown"),
    "of_the_future": Ignored("unknown"),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_payload_means(name: str) -> None:
    assert parsed(name) == MEANINGS[name]


def test_every_payload_file_has_a_meaning() -> None:
    assert {file.stem for file in FILES} == set(MEANINGS)


JUDGES = {
    "message_new": bot_events.MessageNew,
    "message_event": bot_events.MessageEvent,
    "message_allow": bot_events.MessageAllow,
    "message_deny": bot_events.MessageDeny,
    "message_read": bot_events.MessageRead,
    "message_edit": bot_events.MessageEdit,
    "message_reply": bot_events.MessageReply,
    "message_typing_state": bot_events.MessageTypingState,
    "message_reaction_event": bot_events.MessageReactionEvent,
    "group_join": bot_events.GroupJoin,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_payload_file_is_what_others_take_for_an_event_of_vk(file: Any) -> None:
    raw = json.loads(file.read_text())
    if raw["type"] != "message_hologram":
        JUDGES[raw["type"]](**raw)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_payload_cut_at_any_byte_is_a_bad_payload(file: Any) -> None:
    body = file.read_bytes().rstrip()
    for end in range(0, len(body), 7):
        with pytest.raises(BadPayload):
            read(body[:end])


def test_a_repeated_event_and_the_same_of_the_callback_api_are_one_and_the_same() -> None:
    body = json.loads((PAYLOADS / "text.json").read_text())
    assert parse({**body, "event_id": "0" * 40, "secret": "s"}, ARRIVAL) == parse(body, ARRIVAL)


def test_a_message_of_an_old_version_of_the_api_is_read() -> None:
    body = json.loads((PAYLOADS / "text.json").read_text())
    assert parse({**body, "object": body["object"]["message"]}, ARRIVAL) == MEANINGS["text"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud83d"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "date", "x"]), inner),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], junk)
    return copy


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_payload_with_any_part_replaced_is_an_event_or_a_bad_payload(data: st.DataObject) -> None:
    raw = json.loads(data.draw(st.sampled_from(FILES)).read_text())
    mutated = changed(raw, data.draw(st.sampled_from(places(raw))), data.draw(JUNK))
    event_or_refusal(lambda: parse(mutated, ARRIVAL))
    event_or_refusal(lambda: parse(read(json.dumps(mutated).encode()), ARRIVAL))


@given(st.sampled_from(FILES), st.binary(min_size=1, max_size=4), st.integers(min_value=0))
@settings(max_examples=100, deadline=None)
def test_a_payload_with_any_bytes_replaced_is_an_event_or_a_bad_payload(file: Any, junk: bytes, place: int) -> None:
    body = file.read_bytes()
    at = place % len(body)
    event_or_refusal(lambda: parse(read(body[:at] + junk + body[at + len(junk) :]), ARRIVAL))


@pytest.mark.parametrize("date", [-(10**30), 10**30, 1e300, "1760000000", None, True])
def test_an_impossible_date_is_a_bad_payload(date: Any) -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    raw["object"]["message"]["date"] = date
    with pytest.raises(BadPayload):
        parse(raw, ARRIVAL)


@pytest.mark.parametrize("payload", ["[" * 100_000, '{"a":' * 100_000, "7", "null", "[]", '{"button": 7}'])
def test_a_payload_that_is_not_ours_leaves_the_text(payload: str) -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    raw["object"]["message"]["payload"] = payload
    assert parse(raw, ARRIVAL) == MEANINGS["text"]


def test_what_cannot_be_stored_is_taken_out_of_the_text() -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    raw["object"]["message"]["text"] = " Баланс\0\ud83d "
    event = parse(raw, ARRIVAL)
    assert isinstance(event, Incoming)
    assert event.text == "Баланс?"


def test_a_refusal_tells_the_place_and_nothing_personal() -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    raw["object"]["message"] |= {"text": "мой секрет", "peer_id": {"secret": "+79000000000"}}
    with pytest.raises(BadPayload) as refusal:
        parse(raw, ARRIVAL)
    assert "peer_id (int_type)" in str(refusal.value)
    assert "7900" not in str(refusal.value)
    assert refusal.value.__context__ is None


def event_or_refusal(attempt: Callable[[], Event]) -> None:
    try:
        event = attempt()
    except BadPayload:
        return
    assert isinstance(event, Incoming | SubscriberLeft | SubscriberReturned | Report | Ignored)
    if isinstance(event, Incoming):
        assert event.sent_at.tzinfo is UTC
        assert 0 < len(event.external_id) <= 200
        assert 0 < len(event.sender.chat_id) <= 20
        event.text.encode()
