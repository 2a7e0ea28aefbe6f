"""Payload files of every kind -> events, and whatever is not a payload -> BadPayload."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aioviberbot.api.viber_requests import create_request
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.viber.parse import MAX_REFERRAL, parse, read
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
from tests.bot.channels.viber.conftest import PAYLOADS, USER

ACCOUNT = "0123456789abcdef"
SENDER = Sender("viber", ACCOUNT, USER, "Test Subscriber")
NAMELESS = Sender("viber", ACCOUNT, USER)
TOKEN = "5741311803571721087"
SENT_AT = datetime(2025, 10, 9, 8, 53, 20, 123000, tzinfo=UTC)
MEDIA = "https://dl-media.viber.com/1/share/2/long/vibes/icon/image/0x0/"
FILES = sorted(PAYLOADS.glob("*.json"))


def parsed(name: str) -> Event:
    return parse(read((PAYLOADS / f"{name}.json").read_bytes()), ACCOUNT)


def said(text: str = "", *attachments: Attachment, referral: str = "") -> Incoming:
    kind = IncomingKind.TEXT
    return Incoming(TOKEN, SENDER, kind, SENT_AT, text, attachments=attachments, referral=referral)


def file(kind: AttachmentKind, ref: str, name: str, *, mime: str, size: int) -> Attachment:
    return Attachment(kind, f"{MEDIA}{ref}", name, mime, size)


PHOTO, DOCUMENT, CONTACT = AttachmentKind.PHOTO, AttachmentKind.DOCUMENT, AttachmentKind.CONTACT
JPEG = file(PHOTO, "0001.jpg", "IMG_0001.jpg", mime="image/jpeg", size=98000)
START = Incoming(TOKEN, SENDER, IncomingKind.START, SENT_AT, referral="link-A1b2")
GREETED = Incoming(TOKEN, SENDER, IncomingKind.START, SENT_AT, is_greeted=True)

MEANINGS = {
    "text": said("Как узнать баланс?"),
    "text_formatted": said("Мой *тариф* — ```важно```"),
    "text_after_link": said("Здравствуйте"),
    "text_empty": Ignored("empty_message"),
    "text_of_our_scheme": said("otklik:не ключ"),
    "press": Incoming(TOKEN, SENDER, IncomingKind.PRESS, SENT_AT, press="17:1"),
    "press_of_label": said("Проверить баланс"),
    "picture": said("", JPEG),
    "picture_caption": said("Вот такая ошибка", JPEG),
    "picture_without_name": said("", file(PHOTO, "0001.jpg", "", mime="image/jpeg", size=0)),
    "video": said("", file(AttachmentKind.VIDEO, "0002.mp4", "VID_0002.mp4", mime="video/mp4", size=2400000)),
    "file": said("", file(DOCUMENT, "0003.pdf", "Счёт за март.pdf", mime="application/pdf", size=54321)),
    "file_of_sound": said(
        "", file(AttachmentKind.AUDIO, "0004.mp3", "Запись звонка.mp3", mime="audio/mpeg", size=3400000)
    ),
    "file_of_unknown_kind": said("", file(DOCUMENT, "0005", "journal", mime="application/octet-stream", size=10)),
    "sticker": said("", Attachment(AttachmentKind.STICKER)),
    "contact": said("", Attachment(CONTACT, name="Another")),
    "contact_without_name": said("", Attachment(CONTACT)),
    "location": said("", Attachment(AttachmentKind.LOCATION, text="55.751244, 37.618423")),
    "url": said("https://example.org/?a=1"),
    "rich_media": Ignored("empty_message"),
    "message_of_the_future": Ignored("unknown_message"),
    "group_message": Ignored("not_private"),
    "conversation_started": GREETED,
    "conversation_started_by_link": replace(GREETED, referral="link-A1b2"),
    "conversation_started_again": Ignored("conversation_started"),
    "conversation_started_again_by_link": START,
    "subscribed": SubscriberReturned(SENDER),
    "unsubscribed": SubscriberLeft(NAMELESS, SENT_AT),
    "delivered": Report(NAMELESS, TOKEN, Receipt.DELIVERED),
    "seen": Report(NAMELESS, TOKEN, Receipt.READ),
    "failed": Report(
        NAMELESS, TOKEN, Receipt.FAILED, 'keyboard is not valid. [instance value ("...") not found in enum]'
    ),
    "failed_without_reason": Report(NAMELESS, TOKEN, Receipt.FAILED),
    "webhook": Ignored("webhook"),
    "client_status": Ignored("client_status"),
    "of_the_future": Ignored("unknown"),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_a_payload_means(name: str) -> None:
    assert parsed(name) == MEANINGS[name]


def test_every_payload_file_has_a_meaning() -> None:
    assert {file.stem for file in FILES} == set(MEANINGS)


OTHERS_CANNOT_READ = {"message_of_the_future", "of_the_future", "client_status", "failed_without_reason"}


@pytest.mark.parametrize("name", sorted(set(MEANINGS) - OTHERS_CANNOT_READ))
def test_another_library_reads_our_payloads_too(name: str) -> None:
    raw = json.loads((PAYLOADS / f"{name}.json").read_text())
    assert create_request(raw).event_type == raw["event"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_payload_cut_at_any_byte_is_a_bad_payload(file: Any) -> None:
    body = file.read_bytes().rstrip()
    for end in range(0, len(body), 7):
        with pytest.raises(BadPayload):
            read(body[:end])


@pytest.mark.parametrize("missing", ["sender", "message", "message_token", "timestamp"])
def test_a_message_without_an_essential_part_is_a_bad_payload(missing: str) -> None:
    raw = json.loads((PAYLOADS / "text.json").read_text())
    del raw[missing]
    with pytest.raises(BadPayload, match=missing):
        parse(raw, ACCOUNT)


WRONG = {
    ("message_token",): ["5741311803571721087", True, -1, 2**64, 1.5],
    ("timestamp",): ["now", True, -1, 10**14, 1e300, None],
    ("sender", "id"): ["", "x" * 129, 42, None],
    ("message", "text"): [42, ["Привет"], {}],
    ("message", "type"): [None, 42, []],
}


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, values in WRONG.items() for value in values])
def test_a_part_of_another_type_is_a_bad_payload(path: tuple[str, ...], value: Any) -> None:
    raw = changed(json.loads((PAYLOADS / "text.json").read_text()), path, value)
    with pytest.raises(BadPayload):
        parse(raw, ACCOUNT)


@pytest.mark.parametrize("place", [{}, {"lat": 91, "lon": 0}, {"lat": 0, "lon": "37"}, {"lat": True, "lon": 0}])
def test_a_place_that_is_none_is_a_bad_payload(place: Any) -> None:
    raw = changed(json.loads((PAYLOADS / "location.json").read_text()), ("message", "location"), place)
    with pytest.raises(BadPayload):
        parse(raw, ACCOUNT)


def test_a_referral_that_is_too_long_is_dropped() -> None:
    raw = json.loads((PAYLOADS / "conversation_started_by_link.json").read_text())
    assert parse({**raw, "context": "x" * (MAX_REFERRAL + 1)}, ACCOUNT) == GREETED


def test_a_name_is_one_short_line() -> None:
    raw = changed(json.loads((PAYLOADS / "text.json").read_text()), ("sender", "name"), "Тест\n\u202eИмя" + "ы" * 300)
    event = parse(raw, ACCOUNT)
    assert isinstance(event, Incoming)
    assert event.sender.name.startswith("Тест Имя")
    assert len(event.sender.name) == 200


def test_a_refusal_tells_nothing_personal() -> None:
    raw = changed(json.loads((PAYLOADS / "contact.json").read_text()), ("message", "contact"), "+79000000000")
    event_or_refusal(lambda: parse(raw, ACCOUNT))
    raw = changed(json.loads((PAYLOADS / "text.json").read_text()), ("sender",), ["мой секрет"])
    with pytest.raises(BadPayload) as refusal:
        parse(raw, ACCOUNT)
    assert "секрет" not in str(refusal.value)
    assert refusal.value.__context__ is None


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud83d"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "lat", "x"]), inner),
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
    event_or_refusal(lambda: parse(read(json.dumps(mutated).encode()), ACCOUNT))


@given(st.sampled_from(FILES), st.binary(min_size=1, max_size=4), st.integers(min_value=0))
@settings(max_examples=100, deadline=None)
def test_a_payload_with_any_bytes_replaced_is_an_event_or_a_bad_payload(file: Any, junk: bytes, place: int) -> None:
    body = file.read_bytes()
    at = place % len(body)
    event_or_refusal(lambda: parse(read(body[:at] + junk + body[at + len(junk) :]), ACCOUNT))


@given(st.sampled_from(FILES), st.data())
@settings(max_examples=100, deadline=None)
def test_a_payload_without_any_one_part_is_an_event_or_a_bad_payload(file: Any, data: st.DataObject) -> None:
    raw = json.loads(file.read_text())
    path = data.draw(st.sampled_from([place for place in places(raw) if place and isinstance(place[-1], str)]))
    holder = raw
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    event_or_refusal(lambda: parse(read(json.dumps(raw).encode()), ACCOUNT))


def event_or_refusal(attempt: Callable[[], Event]) -> None:
    try:
        event = attempt()
    except BadPayload:
        return
    assert isinstance(event, Incoming | SubscriberLeft | SubscriberReturned | Ignored | Report)
    if isinstance(event, Incoming):
        assert event.sent_at.tzinfo is UTC
        assert 0 < len(event.external_id) <= 200
