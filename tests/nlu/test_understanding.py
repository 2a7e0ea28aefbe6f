"""A whole message read at once; nothing a person or a machine can send makes it raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.acts import Act
from nlu.followup import FollowUpKind
from nlu.understanding import understand


def test_a_polite_question_is_searched_without_its_courtesies() -> None:
    understanding = understand("  Здравствуйте! Подскажите, пожалуйста, как узнать баланс?  ")
    assert understanding.text == "Здравствуйте! Подскажите, пожалуйста, как узнать баланс?"
    assert understanding.query == "как узнать баланс?"
    assert understanding.act is Act.QUESTION


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ghbdtn? rfr epyfnm ,fkfyc", "как узнать баланс"),
        ("privet, kak uznat balans", "как узнать баланс"),
        ("spasibo, a skolko stoit?", "а сколько стоит?"),
        ("how to check my balance", "how to check my balance"),
        ("VoLTE не работает", "VoLTE не работает"),
    ],
)
def test_layout_and_transliteration_are_mended_before_anything_else(text: str, query: str) -> None:
    assert understand(text).query == query


@pytest.mark.parametrize("text", ["pozovite operatora", "gjpjdbnt jgthfnjhf"])
def test_a_person_can_be_asked_for_on_any_keyboard(text: str) -> None:
    assert understand(text).act is Act.OPERATOR


def test_a_follow_up_after_thanks_is_still_a_follow_up() -> None:
    follow_up = understand("спасибо! а сколько стоит?").follow_up
    assert follow_up is not None
    assert follow_up.kind is FollowUpKind.PRICE


@pytest.mark.parametrize("text", ["да", "спасибо", "1", "позовите человека"])
def test_only_questions_can_be_follow_ups(text: str) -> None:
    assert understand(text).follow_up is None


def test_neither_text_nor_query_shows_in_a_log_line() -> None:
    assert "баланс" not in repr(understand("мой баланс"))


@pytest.mark.parametrize(
    "text",
    ["", " ", "🙂", "👨‍👩‍👧‍👦", "\u200b\u200d\ufeff", "\x00", "\ud83d", "а" * 10_000, "б" * 300, "xy" * 150,
     "слово " * 2_000, "*" * 500, "((((", "ё̈" * 300, "#" * 10, "𝕓𝕒𝕝", "غ" * 50, "1" * 5_000, "а-" * 1_000],
)  # fmt: skip
def test_empty_and_absurd_texts_are_understood_as_something(text: str) -> None:
    understanding = understand(text)
    assert isinstance(understanding.act, Act)
    assert len(understanding.query) <= 2_000


PIECES = st.sampled_from(
    [
        "привет",
        "спасибо",
        "оператор",
        "не",
        "а",
        "1",
        "*105#",
        "🤬",
        "б**ть",
        "kak",
        "ghbdtn",
        "你好",
        ",",
        "?",
        "\u200b",
        "второй",
        "уйду к мтс",
        "подам в суд",
    ]
)


@given(st.text(max_size=200) | st.lists(PIECES, max_size=8).map(" ".join) | st.lists(PIECES, max_size=8).map("".join))
def test_understanding_never_raises(text: str) -> None:
    understanding = understand(text)
    assert understanding == understand(text)
    understanding.query.encode()
