"""Codes as they are made, shown and typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.linking import is_surely_a_code, new_code, read_code, shown

CODES = st.integers(0, 10**8 - 1).map(lambda number: f"{number:08}")


def test_a_code_is_eight_digits_and_seldom_the_same() -> None:
    codes = {new_code() for _ in range(100)}
    assert all(len(code) == 8 and code.isdecimal() for code in codes)
    assert len(codes) > 95


@given(CODES)
def test_a_code_is_read_as_it_is_shown(code: str) -> None:
    assert read_code(shown(code)) == code
    assert is_surely_a_code(shown(code))


@pytest.mark.parametrize("typed", ["1234-5678", " 1234 5678\n", "1234 - 5678", "1234–5678", "1234—5678", "1234- 5678"])
def test_a_code_may_be_typed_a_little_differently(typed: str) -> None:
    assert read_code(typed) == "12345678"
    assert is_surely_a_code(typed)


def test_a_code_is_read_out_of_a_short_sentence_and_may_be_something_else() -> None:
    assert read_code("мой код 1234-5678.") == "12345678"
    assert not is_surely_a_code("мой код 1234-5678.")


def test_eight_bare_digits_may_be_a_code_or_something_else() -> None:
    assert read_code("12345678") == "12345678"
    assert not is_surely_a_code("12345678")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234-567",
        "1234-56789",
        "карта 1234-5678-9012-3456",
        "я забыл пароль и ещё " * 3 + "1234-5678",
        "1234--5678",
        "12345-678",
        "1234.5678",
        "89990000000",
        "1234\n\n5678",
    ],
)
def test_other_texts_are_no_codes(text: str) -> None:
    assert read_code(text) is None
    assert not is_surely_a_code(text)


@given(st.text())
def test_any_text_is_a_code_of_eight_latin_digits_or_none(text: str) -> None:
    code = read_code(text)
    assert code is None or (len(code) == 8 and code.isascii() and code.isdigit())


@pytest.mark.parametrize("digits", ["١٢٣٤٥٦٧٨", "１２３４-５６７８"])
def test_digits_of_other_scripts_are_no_code(digits: str) -> None:
    assert read_code(digits) is None
