"""Payload files of every kind -> events, and whatever is not a payload -> BadPayload."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.api.parse import parse
from bot.errors import BadPayload
from bot.messages import Event, Incoming, IncomingKind, Receipt, Report, Sender, SubscriberLeft
from tests.bot.channels.api.conftest import PAYLOADS

CHAT = Sender("api", "app", "user-42")
NAMED = Sender("api", "app", "user-42", "Test Subscriber")
SENT_AT = datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)
SENT_AS = "17:2025-10-09T08:53:19+00:00"
TEXT, START, PRESS = IncomingKind.TEXT, IncomingKind.START, IncomingKind.PRESS

MEANINGS: dict[str, Event] = {
    "text": Incoming("5f0c6a52-0001", NAMED, TEXT, SENT_AT, "Как узнать баланс?"),
    "text_with_more": Incoming("5f0c6a52-0005", CHAT, TEXT, SENT_AT.replace(microsecond=123000), "Как узнать баланс?"),
    "start": Incoming("5f0c6a52-0002", CHAT, START, SENT_AT, referral="banner-7"),
    "press": Incoming("5f0c6a52-0003", CHAT, PRESS, SENT_AT, press="17:1"),
    "delivered": Report(CHAT, SENT_AS, Receipt.DELIVERED),
    "read": Report(CHAT, SENT_AS, Receipt.READ),
    "failed": Report(CHAT, SENT_AS, Receipt.FAILED, "push token expired"),
    "left": SubscriberLeft(CHAT, SENT_AT),
}


@pytest.mark.parametrize("name", [path.stem for path in sorted(PAYLOADS.glob("*.json"))])
def test_a_payload_means(name: str) -> None:
    assert parse((PAYLOADS / f"{name}.json").read_bytes()) == MEANINGS[name]


def body(**changes: Any) -> bytes:
    call = json.loads((PAYLOADS / "text.json").read_text(encoding="utf-8"))
    return json.dumps({**call, **changes}).encode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "dance"),
        ("id", ""),
        ("id", 7),
        ("id", "x" * 201),
        ("chat", ""),
        ("chat", "x" * 129),
        ("sent_at", "2025-10-09T08:53:20"),
        ("sent_at", "0001-01-01T00:00:00+14:00"),
        ("sent_at", None),
        ("text", "x" * 10_001),
        ("press", "x" * 65),
        ("name", ["секрет"]),
    ],
)
def test_a_field_that_is_not_as_documented_is_named_and_its_value_is_not(field: str, value: object) -> None:
    with pytest.raises(BadPayload) as caught:
        parse(body(**{field: value}))
    assert str(caught.value) == f"api: missing or not as documented: {field}"


def test_a_name_is_made_fit_to_be_shown() -> None:
    event = parse(body(name="Test\n\u202e  Subscriber" + "x" * 300))
    assert isinstance(event, Incoming)
    assert event.sender.name.startswith("Test Subscriber")
    assert len(event.sender.name) == 200


VALUES = st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=30), st.lists(st.text(max_size=3)))
FIELDS = ["kind", "id", "chat", "sent_at", "name", "text", "press", "referral", "reason"]


@settings(max_examples=100)
@given(changes=st.dictionaries(st.sampled_from(FIELDS), VALUES), cut=st.integers(0, 10))
def test_anything_else_is_a_bad_payload_and_never_another_error(changes: dict[str, Any], cut: int) -> None:
    raw = body(**changes)
    with suppress(BadPayload):
        parse(raw[: len(raw) - cut])
