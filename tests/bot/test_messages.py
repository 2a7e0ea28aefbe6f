"""Values between messengers and the core: keys of buttons, and silence about what people wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    Attachment,
    AttachmentKind,
    File,
    Incoming,
    IncomingKind,
    Outgoing,
    Sender,
    WebhookCall,
    button_key,
    split_button_key,
)
from tests.support.clock import MORNING

ids = st.integers(0, 2**63 - 1)  # as many rows as a database can have


@given(ids, st.integers(0, 999))
def test_a_key_of_ours_is_read_as_it_was_made(message_id: int, position: int) -> None:
    assert split_button_key(button_key(message_id, position)) == (message_id, position)


@given(ids, st.integers(0, 999))
def test_a_key_fits_every_messenger(message_id: int, position: int) -> None:
    assert len(button_key(message_id, position).encode()) <= 40


@given(st.text() | st.from_regex(r"[0-9]*:[0-9]*"))
def test_any_key_is_read_as_two_numbers_of_a_sane_size_or_as_nothing(key: str) -> None:
    place = split_button_key(key)
    assert place is None or (0 <= place[0] < 10**19 and 0 <= place[1] < 1000)


@pytest.mark.parametrize(
    "key",
    [
        "",
        ":",
        "1",
        "1:",
        ":1",
        "-1:1",
        "1:2:3",
        " 1:2",
        "1:2\n",
        "١:٢",
        "²:1",
        "9" * 20 + ":1",
        "9" * 5000 + ":1",
        "1:1000",
    ],
)
def test_what_is_no_key_of_ours_is_nothing(key: str) -> None:
    assert split_button_key(key) is None


def test_no_value_shows_what_people_wrote_or_who_they_are() -> None:
    sender = Sender("fake", "bot", "7", "тайна")
    attachment = Attachment(AttachmentKind.CONTACT, "тайна", "тайна", text="тайна")
    values = [
        Incoming("1", sender, IncomingKind.TEXT, MORNING, "тайна", attachments=(attachment,)),
        Outgoing(1, "7", "тайна", agent_name="тайна"),
        WebhookCall({"x-secret": "тайна"}, "тайна".encode()),
        File("тайна".encode(), "text/plain", "тайна"),
    ]
    assert "тайна" not in repr(values)
    assert repr("тайна".encode()) not in repr(values)
