"""Russian on the English layout is recovered; everything that is not that is left alone to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.latin import ENGLISH, TERMS
from nlu.layout import fix_layout


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ghbdtn rfr epyfnm ,fkfyc", "привет как узнать баланс"),
        ("Ghbdtn! Rfr ecnfyjdbnm MMS&", "Привет! Как установить MMS?"),
        ("gjxtve yt hf,jnftn internet", "почему не работает internet"),
        ("xnj nfrjt eSIM", "что такое eSIM"),
        ("[jxe cvtybnm nfhba", "хочу сменить тариф"),
        ("gj;fkeqcnf", "пожалуйста"),
        ("cgfcb,j", "спасибо"),
        ("lf", "да"),
        ("ytn? cdj. cbvre d ltym.", "нет? свою симку в день."),
        ("*105# yt hf,jnftn", "*105# не работает"),
        ("jgthfnjh", "оператор"),
    ],
)
def test_russian_typed_on_the_english_layout_is_recovered(typed: str, meant: str) -> None:
    assert fix_layout(typed) == meant


CLEAN = [
    "как узнать баланс",
    "eSIM",
    "VoLTE не работает",
    "apn",
    "wifi",
    "how to check my balance",
    "her",
    "here",
    "key",
    "operator",
    "hello",
    "net",
    "t2.ru",
    "Samsung Galaxy S21",
    "Redmi Note 9",
    "kak uznat balans",
    "привет rfr дела",
    "*105#",
    "12:30",
    "怎么查余额",
    "qwerty",
    "wie kann ich mein guthaben prüfen",
    "",
    "🙂",
]


@pytest.mark.parametrize("text", CLEAN)
def test_text_that_is_as_it_was_meant_is_not_touched(text: str) -> None:
    assert fix_layout(text) == text


@given(
    st.text(alphabet=st.characters(min_codepoint=0x400, max_codepoint=0x44F) | st.sampled_from(" .,!eSIM5"), min_size=1)
)
def test_a_text_with_one_russian_letter_is_never_touched(text: str) -> None:
    assert fix_layout(text + "я") == text + "я"


@given(st.lists(st.sampled_from(sorted(ENGLISH | TERMS)), max_size=12))
def test_plain_english_is_never_touched(words: list[str]) -> None:
    assert fix_layout(" ".join(words)) == " ".join(words)


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    fix_layout(text)
