"""Payload files of every kind -> events, and whatever is not a payload -> BadPayload."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.parse import Receipt, parse, read
from bot.errors import BadPayload
from bot.messages import (
    Attachment,
    AttachmentKind,
    Event,
    Ignored,
    Incoming,
    IncomingKind,
    Sender,
    SubscriberLeft,
    SubscriberReturned,
)
from tests.bot.channels.telegram.conftest import NOW, PAYLOADS

ACCOUNT = "100200300"
RECEIPT = Receipt(ACCOUNT, NOW)
SENDER = Sender("telegram", ACCOUNT, "1000042", "Test Subscriber")
SENT_AT = datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
JPEG = Attachment(AttachmentKind.PHOTO, "AgACAgIAAxkBphoto-l", mime="image/jpeg", size_bytes=98000)
FILES = sorted(PAYLOADS.glob("*.json"))


def parsed(name: str) -> Event:
    return parse(read((PAYLOADS / f"{name}.json").read_bytes()), RECEIPT)


def said(text: str = "", *attachments: Attachment, number: int = 501) -> Incoming:
    return Incoming(f"1000042:{number}", SENDER, IncomingKind.TEXT, SENT_AT, text, attachments=attachments)


def file(kind: AttachmentKind, ref: str, *, mime: str, size: int, name: str = "", text: str = "") -> Attachment:
    return Attachment(kind, f"AgACAgIAAxkB{ref}", name, mime, size, text)


START = Incoming("1000042:501", SENDER, IncomingKind.START, SENT_AT)
PRESS = Incoming("cb:4200000000000000001", SENDER, IncomingKind.PRESS, NOW, press="17:1")
VIDEO, DOCUMENT, STICKER = AttachmentKind.VIDEO, AttachmentKind.DOCUMENT, AttachmentKind.STICKER
CONTACT, LOCATION = AttachmentKind.CONTACT, AttachmentKind.LOCATION

MEANINGS = {
    "text": said("Как узнать баланс?"),
    "text_formatted": said("Мой тариф — важно"),
    "start": START,
    "start_deep_link": replace(START, referral="promo_7"),
    "command_help": said("/help"),
    "command_started": said("/started"),
    "reply": said("А сколько это стоит?"),
    "photo": said("", JPEG),
    "photo_caption": said("Вот такая ошибка", JPEG),
    "photo_album_first": said("Два снимка", JPEG),
    "photo_album_second": said("", JPEG, number=502),
    "video": said("", file(VIDEO, "video", mime="video/mp4", size=2400000, name="IMG_0001.MP4")),
    "video_note": said("", file(VIDEO, "note", mime="video/mp4", size=640000)),
    "voice": said("", file(AttachmentKind.VOICE, "voice", mime="audio/ogg", size=12345)),
    "audio": said("", file(AttachmentKind.AUDIO, "audio", mime="audio/mpeg", size=3400000, name="Запись звонка")),
    "document": said(
        "Прошу проверить", file(DOCUMENT, "doc", mime="application/pdf", size=54321, name="Счёт за март.pdf")
    ),
    "animation": said("", file(VIDEO, "anim", mime="video/mp4", size=230000, name="giphy.mp4")),
    "live_photo": said("", file(VIDEO, "live", mime="video/mp4", size=900000)),
    "sticker": said("", file(STICKER, "sticker", mime="image/webp", size=24000, text="👍")),
    "sticker_animated": said("", file(STICKER, "sticker2", mime="application/x-tgsticker", size=9000, text="😡")),
    "location": said("", Attachment(LOCATION, text="55.751244, 37.618423")),
    "venue": said("", Attachment(LOCATION, name="Салон связи, Площадь, 1", text="55.751244, 37.618423")),
    "contact_own": said("", Attachment(CONTACT, name="Test Subscriber", text="+79000000000")),
    "contact_of_another": said("", Attachment(CONTACT, name="Another")),
    "contact_without_account": said("", Attachment(CONTACT, name="Another")),
    "forward_of_new_kind": said("Мне пришло такое сообщение"),
    "press": PRESS,
    "press_of_old_message": PRESS,
    "press_without_message": PRESS,
    "blocked": SubscriberLeft(SENDER, SENT_AT),
    "unblocked": SubscriberReturned(SENDER),
    "edited": Ignored("edited_message"),
    "group_message": Ignored("not_private"),
    "press_in_group": Ignored("not_private"),
    "added_to_group": Ignored("not_private"),
    "channel_post": Ignored("not_private"),
    "from_another_bot": Ignored("from_bot"),
    "press_of_game": Ignored("callback_query"),
    "dice": Ignored("dice"),
    "poll": Ignored("poll"),
    "pinned": Ignored("pinned_message"),
    "reaction": Ignored("message_reaction"),
    "of_the_future": Ignored("unknown"),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_payload_means(name: str) -> None:
    assert parsed(name) == MEANINGS[name]


def test_every_payload_file_has_a_meaning() -> None:
    assert {file.stem for file in FILES} == set(MEANINGS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_payload_cut_at_any_byte_is_a_bad_payload(file: Any) -> None:
    body = file.read_bytes().rstrip()
    for end in range(0, len(body), 7):
        with pytest.raises(BadPayload):
            read(body[:end])


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
@settings(max_examples=400, deadline=None)
def test_a_payload_with_any_part_replaced_is_an_event_or_a_bad_payload(data: st.DataObject) -> None:
    raw = json.loads(data.draw(st.sampled_from(FILES)).read_text())
    mutated = changed(raw, data.draw(st.sampled_from(places(raw))), data.draw(JUNK))
    if isinstance(mutated, dict):
        event_or_refusal(lambda: parse(mutated, RECEIPT))
    event_or_refusal(lambda: parse(read(json.dumps(mutated).encode()), RECEIPT))


@given(st.sampled_from(FILES), st.binary(min_size=1, max_size=4), st.integers(min_value=0))
@settings(max_examples=400, deadline=None)
def test_a_payload_with_any_bytes_replaced_is_an_event_or_a_bad_payload(file: Any, junk: bytes, place: int) -> None:
    body = file.read_bytes()
    at = place % len(body)
    event_or_refusal(lambda: parse(read(body[:at] + junk + body[at + len(junk) :]), RECEIPT))


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", -1e300, 1e300, 10**30, ""])
def test_an_impossible_date_is_a_bad_payload(date: Any) -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    raw["message"]["date"] = date
    with pytest.raises(BadPayload):
        parse(raw, RECEIPT)


def test_a_date_without_a_zone_is_taken_for_utc() -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    raw["message"]["date"] = "2025-10-09T08:53:20"
    assert parse(raw, RECEIPT) == MEANINGS["text"]


def test_replies_in_replies_without_end_are_a_bad_payload() -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    message = raw["message"]
    for _ in range(900):
        message = {**raw["message"], "reply_to_message": message}
    event_or_refusal(lambda: parse({"update_id": 1, "message": message}, RECEIPT))


def test_a_refusal_tells_the_place_and_nothing_personal() -> None:
    raw = json.loads((PAYLOADS / "contact_own.json").read_text())
    raw["message"]["contact"]["first_name"] = {"secret": "+79000000000"}
    with pytest.raises(BadPayload) as refusal:
        parse(raw, RECEIPT)
    assert "message.contact.first_name (string_type)" in str(refusal.value)
    assert "7900" not in str(refusal.value)
    assert refusal.value.__context__ is None


def event_or_refusal(attempt: Callable[[], Event]) -> None:
    try:
        event = attempt()
    except BadPayload:
        return
    assert isinstance(event, Incoming | SubscriberLeft | SubscriberReturned | Ignored)
    if isinstance(event, Incoming):
        assert event.sent_at.tzinfo is UTC
