"""Messages -> send_message, judged by the stand-in's rules, which are Viber's."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.fitting import fit
from bot.channels.viber.render import (
    CAPABILITIES,
    MAX_UNITS,
    UNSEEN,
    Look,
    ending,
    literal,
    render,
    render_file,
    render_welcome,
)
from bot.dialogue.ports import Draft
from bot.messages import Attachment, AttachmentKind, Author, Button, Outgoing
from standins.viber.keyboards import app_fault, labels
from standins.viber.rules import MAX_REQUEST_BYTES, check_message

LOOK = Look("Otklik")
URL = "https://bot.example.org/webhooks/viber/files/ticket.jpg"
KEPT = f"{'a' * 64}/{'b' * 32}"


def attached(mime: str, name: str, size: int = 1000) -> Attachment:
    return Attachment(AttachmentKind.DOCUMENT, name=name, mime=mime, size_bytes=size, kept=KEPT)


def picture(size: int = 1000, mime: str = "image/jpeg") -> dict[str, Any]:
    return render_file(Outgoing(7, "u==", "", key="k7"), attached(mime, "Снимок.jpg", size), URL, LOOK)


def test_a_text_is_plain_and_has_no_keyboard() -> None:
    content = render(Outgoing(7, "u==", "Наберите `*100#` или **зайдите** в салон", key="k7"), LOOK)
    assert content == {
        "receiver": "u==",
        "type": "text",
        "sender": {"name": "Otklik"},
        "tracking_data": "k7",
        "text": "Наберите *100# или зайдите в салон",
    }


def test_buttons_stand_one_in_a_row_and_send_their_keys_unseen() -> None:
    buttons = (Button("Тарифы & <цены>", "topic:tariffs"), Button("Оператор", "agent"))
    keyboard = render(Outgoing(17, "u==", "Что выбрать?", buttons), LOOK)["keyboard"]
    assert labels(keyboard) == ("Тарифы & <цены>", "Оператор")
    assert keyboard["Buttons"][0]["Text"] == "Тарифы &amp; &lt;цены&gt;"
    assert [button["ActionBody"] for button in keyboard["Buttons"]] == ["otklik:17:0", "otklik:17:1"]
    assert all(button["Silent"] for button in keyboard["Buttons"])
    assert {(button["Columns"], button["Rows"], button["ActionType"]) for button in keyboard["Buttons"]} == {
        (6, 1, "reply")
    }


def test_a_long_label_is_cut_with_an_ellipsis_and_an_empty_one_is_still_a_button() -> None:
    buttons = (Button("очень долгий текст " * 3, "a"), Button(" ", "b"))
    first, second = labels(render(Outgoing(1, "u==", "?", buttons), LOOK)["keyboard"])
    assert first == "очень долгий текст очень долгий текст о…"
    assert second == "…"


def test_an_agent_stands_above_the_message_by_name() -> None:
    message = Outgoing(1, "u==", "Уже смотрю.", author=Author.AGENT, agent_name="Тест " * 10)
    look = Look("Otklik", "https://example.org/a.png")
    assert render(message, look)["sender"] == {
        "name": "Тест Тест Тест Тест Тест Тес",
        "avatar": "https://example.org/a.png",
    }
    assert len(render(message, look)["sender"]["name"]) == 28


@pytest.mark.parametrize(("author", "name"), [(Author.AGENT, ""), (Author.AGENT, " \n"), (Author.BOT, "Тест")])
def test_nobody_else_is_named(author: Author, name: str) -> None:
    assert render(Outgoing(1, "u==", "?", author=author, agent_name=name), LOOK)["sender"] == {"name": "Otklik"}


def test_a_message_without_a_key_still_tracks_its_row() -> None:
    assert render(Outgoing(7, "u==", "?"), LOOK)["tracking_data"] == "otklik-7"


@pytest.mark.parametrize(
    "code", ["*100#", "*111*7*2#", "Наберите *105#, *110# или *102*1#.", "5 * 2", "a_b_c", "##21#"]
)
def test_a_code_is_left_as_it_is_to_be_dialled(code: str) -> None:
    assert literal(code) == code


@pytest.mark.parametrize(
    "text", ["*жирно*", "_а_ и", "~нет~.", "(*так*)", "**двойная**", "«*да*»", "x *y z* w", "```код```"]
)
def test_a_mark_that_viber_would_take_for_markup_is_broken_unseen(text: str) -> None:
    shown = literal(text)
    assert shown.replace(UNSEEN, "") == text
    assert shown != text
    assert "```" not in shown


def test_a_small_picture_is_a_picture() -> None:
    assert picture() == {
        "receiver": "u==",
        "type": "picture",
        "sender": {"name": "Otklik"},
        "tracking_data": "k7",
        "text": "",
        "media": URL,
    }


def test_any_other_file_is_a_file_with_its_name_and_size() -> None:
    content = render_file(Outgoing(7, "u==", ""), attached("application/pdf", "Счёт.pdf"), URL, LOOK)
    assert (content["type"], content["file_name"], content["size"]) == ("file", "Счёт.pdf", 1000)
    assert picture(size=1_000_001)["type"] == "file"
    assert picture(mime="image/gif")["type"] == "file"


ENDINGS = {
    ("application/pdf", "Счёт.PDF"): ".pdf",
    ("application/pdf", "счёт"): ".pdf",
    ("image/jpeg", "снимок.jpeg"): ".jpg",
    ("text/plain", "очень.длинное окончание"): ".txt",
    ("no/such", ""): ".dat",
}


@pytest.mark.parametrize(("mime", "name"), ENDINGS)
def test_a_file_always_has_an_ending(mime: str, name: str) -> None:
    assert ending(attached(mime, name)) == ENDINGS[mime, name]


@pytest.mark.parametrize("name", ["", "ы" * 300, "ы" * 300 + ".pdf", ".pdf", "a\nb.pdf", "Счёт.PDF"])
def test_any_file_name_is_made_to_fit(name: str) -> None:
    content = render_file(Outgoing(7, "u==", ""), attached("application/pdf", name), URL, LOOK)
    check_message(content)
    assert content["file_name"].lower().endswith(".pdf")


def test_a_welcome_has_no_receiver_and_its_buttons_send_their_labels() -> None:
    welcome = render_welcome(Draft("Здравствуйте!", (Button("Тарифы", "topic:tariffs"),)), LOOK)
    check_message(welcome)
    (button,) = welcome["keyboard"]["Buttons"]
    assert (button["ActionBody"], button["Silent"]) == ("Тарифы", False)
    assert "receiver" not in welcome
    assert "tracking_data" not in welcome


def test_a_welcome_keeps_what_the_link_carried() -> None:
    assert "tracking_data" not in render_welcome(Draft("Здравствуйте!"), LOOK)


NASTY = '\x01"\\<&👍ы*_~`中\u2028'
BUTTONS = st.lists(st.builds(Button, st.text() | st.text(NASTY, min_size=30), st.just("menu")), max_size=14)
MESSAGES = st.builds(
    Outgoing,
    st.integers(min_value=1, max_value=2**63),
    st.just("x" * 128),
    st.builds(
        lambda piece, times: piece * times, st.text(min_size=1) | st.text(NASTY, min_size=1), st.integers(1, 900)
    ),
    BUTTONS.map(tuple),
    st.sampled_from(Author),
    st.text(max_size=200),
)


@given(MESSAGES)
@settings(max_examples=100, deadline=None)
def test_whatever_the_core_sends_keeps_the_rules_of_viber(message: Outgoing) -> None:
    look = Look("О" * 28, "https://example.org/" + "a" * 480)
    for part in fit(Draft(message.text, message.buttons), CAPABILITIES):
        sent = Outgoing(message.id, message.chat_id, part.text, part.buttons, message.author, message.agent_name)
        for content in (render(sent, look), render_welcome(part, look)):
            if content["text"]:
                check_message(content)
            assert app_fault(content["keyboard"]) == "" if "keyboard" in content else True
            assert len(json.dumps(content, ensure_ascii=False).encode()) <= MAX_REQUEST_BYTES


@pytest.mark.parametrize("letter", [*NASTY, "a"])
def test_the_worst_text_with_the_worst_buttons_is_below_30_kilobytes(letter: str) -> None:
    buttons = tuple(Button(letter * 60, "menu") for _ in range(CAPABILITIES.max_buttons))
    text = letter * CAPABILITIES.max_text
    content = render(Outgoing(2**63, "x" * 128, text, buttons), Look("О" * 28, "https://example.org/" + "a" * 480))
    assert len(json.dumps(content, ensure_ascii=False).encode()) <= 30_000
    assert len(content["text"]) <= MAX_UNITS


@pytest.mark.parametrize("letter", ["ы", "👍", "* "])
def test_what_the_core_should_not_send_is_cut(letter: str) -> None:
    content = render(Outgoing(1, "u==", letter * 9000), LOOK)
    assert len(content["text"].encode("utf-16-le")) <= 2 * MAX_UNITS
    assert content["text"].endswith("…")
    check_message(content)
