"""Messages of several questions are cut where a reader would cut them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.parts import MOST_PARTS, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("как узнать баланс", ["как узнать баланс"]),
        ("Как узнать баланс? И где взять чек за оплату?", ["Как узнать баланс?", "И где взять чек за оплату?"]),
        (
            "как с карты закинуть на телефон и ещё где потом чек взять",
            ["как с карты закинуть на телефон", "и ещё где потом чек взять"],
        ),
        (
            "Купил симку вчера в салоне. Не работает интернет. Помогите!",
            ["Купил симку вчера в салоне.", "Не работает интернет. Помогите!"],
        ),
        ("не ловит сеть дома\nа интернет списывает деньги", ["не ловит сеть дома", "а интернет списывает деньги"]),
        ("тариф за 9.99 в мес. подойдёт?", ["тариф за 9.99 в мес. подойдёт?"]),
        ("", []),
    ],
)
def test_parts(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@given(st.text())
def test_any_text_has_few_parts_and_none_is_empty(text: str) -> None:
    found = parts(text)
    assert len(found) <= MOST_PARTS
    assert all(part.strip() for part in found)
