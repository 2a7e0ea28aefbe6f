"""One spelling for many: what is made equal, and what must stay as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.normalize import lemmas, normalize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Как   Узнать\nБАЛАНС?! ", "как узнать баланс"),
        ("ещё счёт", "еще счет"),
        ("оооочень доолго", "очень доолго"),
        ("спасиииибо", "спасибо"),
        ("длиннннный", "длинный"),
        ("коооот", "кот"),
        ("ззззаааадооолбали", "задолбали"),
        ("неееет", "нет"),
        ("баланс🙂🙂как", "баланс как"),
        ("✅ баланс ★", "баланс"),
        ("ба\u200bланс", "баланс"),
        ("за\u0301мок", "замок"),
        ("ｂａｌａｎｃｅ", "balance"),
        ("*105# не работает", "*105# не работает"),
        ("наберите *100*1#.", "наберите *100*1#"),
        ("#как сменить тариф", "как сменить тариф"),
        ("деньги?я же", "деньги я же"),
        ("Wi‑Fi и сим-карта", "wi-fi и сим-карта"),
        ("сайт t2.ru", "сайт t2.ru"),
        ("99,90 руб. в 22:00", "99,90 руб в 22:00"),
        ("don’t work", "don't work"),
        ("怎么查余额？", "怎么查余额"),
    ],
)
def test_spellings_that_mean_the_same_become_one(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ввод",
        "ванна",
        "длинный",
        "суббота",
        "программа",
        "ооо ромашка",
        "1000000",
        "88005553535",
        "www",
        "iii",
        "поээтому",
    ],
)
def test_double_letters_numbers_and_abbreviations_stay(text: str) -> None:
    assert normalize(text) == text


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "...", "\u200b\u200d", "\ud83d", "\x00"])
def test_nothing_readable_becomes_nothing(text: str) -> None:
    assert normalize(text) == ""


RUSSIAN_NOISE = st.text(alphabet="оаннтё еЁ*#105-.,!'🙂\u0301№", max_size=40)


@given(st.text(max_size=60) | RUSSIAN_NOISE)
def test_normalizing_twice_changes_nothing_more(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("сколько осталось гигов на симке", ["сколько", "остаться", "гигабайт", "sim"]),
        ("10 ГБ", ["10", "гигабайт"]),
        ("почему нет инета", ["почему", "нет", "интернет"]),
        ("теле2 или мтс", ["оператор", "оператор"]),
        ("деньги на счету", ["деньги", "баланс"]),
        ("не работает вай-фай", ["не", "работать", "вайфай"]),
        ("Здравствуйте, подскажите пожалуйста", []),
        ("наберите *105#", ["набрать", "*105#"]),
    ],
)
def test_lemmas_are_first_forms_with_synonyms_made_one(text: str, expected: list[str]) -> None:
    assert lemmas(text) == expected


def test_inflection_does_not_matter_to_lemmas() -> None:
    assert lemmas("отключите платные подписки") == lemmas("отключить платную подписку")


@given(st.text(max_size=60))
def test_lemmas_never_raise(text: str) -> None:
    assert all(lemmas(text))
