import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.gazetteer import Gazetteer, Mention
from nlu.normalize import normalize

COUNTRIES = Gazetteer(
    {
        "tr": ["Турция", "Турции", "Анталья", "turkey", "土耳其"],
        "sa": ["Саудовская Аравия"],
        "cr": ["Коста-Рика"],
        "gn": ["Гвинея"],
        "gw": ["Гвинея-Бисау"],
    }
)


def find(text: str) -> str:
    mention = COUNTRIES.find(normalize(text).split())
    return mention.target if mention else ""


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("сколько стоит роуминг в Турции", "tr"),
        ("лечу в анталью", "tr"),
        ("звонки в саудовской аравии", "sa"),
        ("коста рика интернет", "cr"),
        ("связь в гвинее-бисау", "gw"),
        ("связь в гвинее", "gn"),
        ("土耳其漫游多少钱", "tr"),
        ("how much is roaming in Turkey", "tr"),
        ("почем звонки из турцыи", "tr"),
        ("куда деть лишние гиги", ""),
        ("", ""),
    ],
)
def test_a_name_is_found_in_any_form(text: str, target: str) -> None:
    assert find(text) == target


def test_a_mention_says_where_the_name_stands() -> None:
    words = normalize("связь в саудовской аравии дорогая").split()
    assert COUNTRIES.find(words) == Mention("sa", 2, 4)


@pytest.mark.parametrize("word", ["порция", "турне", "грация", "турок"])
def test_another_word_is_no_slip_of_the_finger(word: str) -> None:
    assert find(f"моя {word} здесь") == ""


@given(st.text())
def test_any_text_may_be_searched(text: str) -> None:
    words = normalize(text).split()
    mention = COUNTRIES.find(words)
    assert mention is None or 0 <= mention.start < mention.end <= len(words)
