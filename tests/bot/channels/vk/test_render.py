"""What messages.send is given: within VK's limits whatever the message."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.vk.render import CAPABILITIES, MAX_UNITS, random_id, render, units
from bot.messages import Author, Button, Outgoing

HELLO = Outgoing(7, "42", "Добрый день, **Тест**!", (Button("Тарифы", "topic:tariffs"),), key="a-key")


def keyboard(message: Outgoing) -> Any:
    return json.loads(str(render(message)["keyboard"]))


def test_a_text_is_plain_and_its_links_are_readable() -> None:
    text = "**Тарифы**: [на сайте](https://example.org)\n\n- раз\n- два"
    assert render(Outgoing(1, "42", text))["message"] == "Тарифы: на сайте: https://example.org\n\n• раз\n• два"


def test_an_agent_signs() -> None:
    message = Outgoing(1, "42", "Уже смотрю.", author=Author.AGENT, agent_name="Агент\nТест")
    assert render(message)["message"] == "Агент Тест\nУже смотрю."


def test_nobody_is_mentioned_and_no_link_becomes_a_card() -> None:
    assert render(HELLO).items() >= {"disable_mentions": 1, "dont_parse_links": 1, "peer_id": "42"}.items()


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (6, [1] * 6), (7, [2, 2, 2, 1]), (10, [2] * 5), (25, [2] * 5)])
def test_buttons_stand_one_below_the_other_while_there_is_room(count: int, rows: list[int]) -> None:
    buttons = tuple(Button(f"{number}", "menu") for number in range(count))
    made = keyboard(Outgoing(7, "42", "Что выбрать?", buttons))
    assert made["inline"]
    assert [len(row) for row in made["buttons"]] == rows


def test_a_button_carries_its_key_and_no_action() -> None:
    ((button,),) = keyboard(HELLO)["buttons"]
    assert button["action"] == {"type": "callback", "payload": '{"button":"7:0"}', "label": "Тарифы"}


def test_the_same_row_always_gets_the_same_random_id() -> None:
    assert render(HELLO)["random_id"] == random_id(HELLO) == 1_610_485_931_247_227_766 >> 32
    assert random_id(Outgoing(8, "43", "Другой текст", key="a-key")) == random_id(HELLO)
    assert random_id(Outgoing(7, "42", HELLO.text, key="another")) != random_id(HELLO)
    assert random_id(Outgoing(7, "42", "")) == random_id(Outgoing(7, "43", "Да"))


@given(
    st.text(max_size=300),
    st.integers(1, 40),
    st.lists(st.text(min_size=1, max_size=80), max_size=12),
    st.integers(1, 2**63 - 1),
)
@settings(max_examples=100, deadline=None)
def test_nothing_is_ever_above_the_limits(text: str, times: int, labels: list[str], number: int) -> None:
    buttons = tuple(Button(label, "menu") for label in labels)
    message = Outgoing(number, "42", text * times, buttons, Author.AGENT, "Имя " * 50)
    parameters = render(message)
    assert units(str(parameters["message"])) <= MAX_UNITS
    str(parameters["message"]).encode()
    assert 0 < int(parameters["random_id"]) < 2**31
    if labels:
        shown = [button["action"] for row in keyboard(message)["buttons"] for button in row]
        assert len(shown) == min(len(labels), CAPABILITIES.max_buttons)
        assert all(len(action["label"]) <= 40 and len(action["payload"].encode()) <= 255 for action in shown)
