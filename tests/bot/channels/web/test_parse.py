import contextlib
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.parse import (
    MAX_FRAME_BYTES,
    MAX_TEXT,
    FrameRefused,
    Hello,
    Message,
    Ping,
    Press,
    Reason,
    Typing,
    incoming,
    one_line,
    opening,
    parse_frame,
)
from bot.messages import Attachment, AttachmentKind, IncomingKind, Sender

KEY = "0b9f4c1e-7a52-4d0e-9c3b-2f6a8d1e5c70"
REF = "ab" * 16
SENDER = Sender("web", "site", "c" * 64)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
odd_frames = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "message", "press", "typing", "ping", "else"])},
    optional=dict.fromkeys(("key", "text", "files", "button", "token", "cursor", "name"), json_values),
)


def frame(**fields: Any) -> str:
    return json.dumps(fields)


def refusal(text: str) -> tuple[Reason, str]:
    with pytest.raises(FrameRefused) as caught:
        parse_frame(text)
    return caught.value.reason, caught.value.key


def test_frames_of_every_kind() -> None:
    assert parse_frame(frame(type="hello")) == Hello()
    assert parse_frame(frame(type="hello", token=None, cursor=7, name=" Тест ")) == Hello("", 7, "Тест")
    assert parse_frame(frame(type="message", key=KEY, text=" Привет ")) == Message(KEY, "Привет")
    assert parse_frame(frame(type="message", key=KEY, files=[REF])) == Message(KEY, "", (REF,))
    assert parse_frame(frame(type="press", key=KEY, button="12:0")) == Press(KEY, "12:0")
    assert parse_frame(frame(type="typing")) == Typing()
    assert parse_frame(frame(type="ping", of="the future")) == Ping()


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "1", '"hello"', "{", "{}", '{"type":"unknown"}', '{"type":["hello"]}', "[" * 30_000, "1" * 5000],
    ids=lambda text: text[:12],
)
def test_what_is_no_frame_is_refused(text: str) -> None:
    assert refusal(text) == (Reason.BAD_FRAME, "")


@pytest.mark.parametrize("key", [None, 1, "", "start", KEY.upper(), KEY + "\n", "../" + KEY])
def test_a_message_needs_a_key_that_is_a_uuid(key: Any) -> None:
    assert refusal(frame(type="message", key=key, text="а")) == (Reason.BAD_FRAME, "")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": ""}, Reason.EMPTY),
        ({"text": " \n\t "}, Reason.EMPTY),
        ({"text": 5}, Reason.BAD_FRAME),
        ({"text": "а\0б"}, Reason.BAD_TEXT),
        ({"text": "\ud800"}, Reason.BAD_TEXT),
        ({"text": "а" * (MAX_TEXT + 1)}, Reason.TOO_LONG),
        ({"text": "а", "files": "x"}, Reason.BAD_FRAME),
        ({"text": "а", "files": ["../../etc/passwd"]}, Reason.UNKNOWN_FILE),
        ({"text": "а", "files": [REF + "/.."]}, Reason.UNKNOWN_FILE),
        ({"text": "а", "files": [None]}, Reason.UNKNOWN_FILE),
        ({"text": "а", "files": [REF] * 6}, Reason.TOO_MANY_FILES),
    ],
)
def test_a_refused_message_is_named_with_its_reason(fields: dict[str, Any], reason: Reason) -> None:
    assert refusal(frame(type="message", key=KEY, **fields)) == (reason, KEY)


@pytest.mark.parametrize("button", [None, "", "12", "12:", ":0", "a:b", "1:1:1", "١:٢", "1" * 50 + ":1"])
def test_a_press_names_a_button_of_ours(button: Any) -> None:
    assert refusal(frame(type="press", key=KEY, button=button)) == (Reason.BAD_FRAME, KEY)


def test_the_longest_text_fits_a_frame_in_any_alphabet() -> None:
    text = "👍" * MAX_TEXT
    sent = json.dumps({"type": "message", "key": KEY, "text": text}, ensure_ascii=False)
    assert parse_frame(sent) == Message(KEY, text)


@pytest.mark.parametrize("letter", ["a", "ы", "👍", "\ud800"])
def test_an_oversized_frame_is_not_even_read(letter: str) -> None:
    assert refusal(letter * MAX_FRAME_BYTES + letter) == (Reason.TOO_LONG, "")


@pytest.mark.parametrize("cursor", [True, 1.5, "1", None, float("nan")])
def test_a_cursor_is_a_whole_number(cursor: Any) -> None:
    assert refusal(frame(type="hello", cursor=cursor))[0] is Reason.BAD_FRAME


@pytest.mark.parametrize(("cursor", "kept"), [(-5, 0), (10**30, 2**53 - 1)])
def test_a_cursor_stays_within_what_storage_and_browser_can_count(cursor: int, kept: int) -> None:
    assert parse_frame(frame(type="hello", cursor=cursor)) == Hello(cursor=kept)


@given(odd_frames)
def test_any_frame_is_understood_or_refused(said: dict[str, Any]) -> None:
    with contextlib.suppress(FrameRefused):
        parse_frame(json.dumps(said))


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    with pytest.raises(FrameRefused):
        parse_frame(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=MAX_TEXT))
def test_a_text_comes_through_as_it_was_but_for_the_blanks_around_it(text: str) -> None:
    if text.strip():
        assert parse_frame(frame(type="message", key=KEY, text=text)) == Message(KEY, text.strip())


def test_a_refusal_quotes_nothing() -> None:
    with pytest.raises(FrameRefused) as caught:
        parse_frame(frame(type="message", key=KEY, text="секрет\0"))
    assert "секрет" not in str(caught.value)


def test_the_same_key_in_one_chat_is_the_same_message_and_in_another_is_not() -> None:
    other = Sender("web", "site", "d" * 64)
    said = Message(KEY, "Привет")
    assert incoming(said, SENDER, NOW).external_id == incoming(said, SENDER, NOW).external_id
    assert incoming(said, SENDER, NOW).external_id != incoming(said, other, NOW).external_id
    assert len(incoming(said, SENDER, NOW).external_id) <= 200


def test_events_of_frames() -> None:
    photo = Attachment(AttachmentKind.PHOTO, f"{SENDER.chat_id}/{REF}")
    said = incoming(Message(KEY, "Вот", (REF,)), SENDER, NOW, (photo,))
    assert (said.kind, said.text, said.attachments) == (IncomingKind.TEXT, "Вот", (photo,))
    pressed = incoming(Press(KEY, "3:1"), SENDER, NOW)
    assert (pressed.kind, pressed.press, pressed.text) == (IncomingKind.PRESS, "3:1", "")
    assert opening(SENDER, NOW).kind is IncomingKind.START
    assert str(uuid.UUID(KEY)) == KEY


@given(st.text(), st.integers(1, 50))
def test_a_name_is_one_line_without_control_characters(text: str, limit: int) -> None:
    name = one_line(text, limit)
    assert len(name) <= limit
    assert name == one_line(name, limit)
    assert name.isprintable()
