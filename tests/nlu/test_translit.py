"""Transliterated Russian is recovered; English, terms and other languages are left alone to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.latin import ENGLISH, TERMS
from nlu.translit import fix_translit


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("kak uznat balans", "как узнать баланс"),
        ("privet", "привет"),
        ("bolshoe spasibo", "большое спасибо"),
        ("pochemu ne rabotaet internet", "почему не работает internet"),
        ("podklyuchit uslugu", "подключить услугу"),
        ("hochu smenit tarif", "хочу сменить тариф"),
        ("skolko stoit rouming v turcii?", "сколько стоит роуминг в турции?"),
        ("kak otklyuchit' podpisku", "как отключить подписку"),
        ("zablokirovat simku", "заблокировать симку"),
        ("4to delat' esli net seti", "что делать если нет сети"),
        ("Gde moi dengi", "где мои деньги"),
        ("ne prihodit SMS", "не приходит SMS"),
        ("obeshchanniy platezh", "обещанный платеж"),
        ("ne mogu dozvonitsa", "не могу дозвониться"),
        ("a skolko stoit?", "а сколько стоит?"),
        ("net interneta", "нет интернета"),
        ("dengi so scheta", "деньги со счета"),
        ("pozovite operatora", "позовите оператора"),
        ("chto takoe esim", "что такое esim"),
    ],
)
def test_russian_in_latin_letters_is_recovered(written: str, meant: str) -> None:
    assert fix_translit(written) == meant


CLEAN = [
    "как узнать баланс",
    "eSIM",
    "VoLTE не работает",
    "apn",
    "wifi",
    "how to check my balance",
    "no internet",
    "my sim not working",
    "operator",
    "problem",
    "stop",
    "Where is the nearest office?",
    "how much does roaming cost in Turkey",
    "Samsung Galaxy S21",
    "Redmi Note 9",
    "ghbdtn rfr ltkf",
    "privet как дела",
    "como saber mi saldo",
    "wie kann ich mein guthaben prüfen",
    "merhaba internet çalışmıyor",
    "*105#",
    "怎么查余额",
    "",
]


@pytest.mark.parametrize("text", CLEAN)
def test_text_that_is_as_it_was_meant_is_not_touched(text: str) -> None:
    assert fix_translit(text) == text


@given(st.lists(st.sampled_from(sorted(ENGLISH | TERMS)), max_size=12))
def test_plain_english_is_never_touched(words: list[str]) -> None:
    assert fix_translit(" ".join(words)) == " ".join(words)


@given(st.text(max_size=80))
def test_a_text_with_one_russian_letter_is_never_touched(text: str) -> None:
    assert fix_translit(text + "я") == text + "я"


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'46 ", max_size=80))
def test_any_latin_text_is_taken(text: str) -> None:
    fix_translit(text)
