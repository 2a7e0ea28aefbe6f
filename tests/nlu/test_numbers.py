"""Numbers in words become digits where they count something, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.normalize import normalize
from nlu.number_words import HASHES, ONE_AND_HALF, ONE_THOUSAND, SECOND_HALVES, STARS, THOUSANDS, VALUES
from nlu.numbers import in_digits
from nlu.wordlist import wordlist


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("пятьсот рублей", "500 рублей"),
        ("двадцать пять гигов", "25 гигов"),
        ("сто пять", "105"),
        ("шестьсот одиннадцать", "611"),
        ("тысяча двести", "1200"),
        ("положил тысячу", "положил 1000"),
        ("две тысячи", "2000"),
        ("сто двадцать три тысячи четыреста пятьдесят шесть", "123456"),
        ("двадцать одна тысяча", "21000"),
        ("5 тысяч", "5000"),
        ("12 тыс рублей", "12000 рублей"),
        ("сто-двести рублей", "100-200 рублей"),
    ],
)
def test_quantities_become_digits(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("пятисот рублей", "500 рублей"),
        ("двумястами минутами", "200 минутами"),
        ("о трёхстах", "о 300"),
        ("больше двухсот пятидесяти", "больше 250"),
        ("около двух тысяч пятисот", "около 2500"),
        ("двадцатью гигами", "20 гигами"),
    ],
)
def test_in_any_case(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("питьсот", "500"),
        ("шесот", "600"),
        ("восимь гигов", "8 гигов"),
        ("петнадцать", "15"),
        ("двацать пять", "25"),
        ("три тыщи", "3000"),
        ("пять сот рублей", "500 рублей"),
        ("двадцатьпять", "25"),
        ("стодвадцатьпять", "125"),
        ("семисят", "70"),
    ],
)
def test_as_they_are_misspelt(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize("word", ["тринцать", "стопятьсот", "двадцатка", "пятьсотка", "семью", "столько", "тысячник"])
def test_words_that_are_like_numbers_stay(word: str) -> None:
    assert normalize(word) == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("полтора гига", "1,5 гига"),
        ("полторы тысячи", "1500"),
        ("2,5 тысячи", "2500"),
        ("три с половиной месяца", "3,5 месяца"),
        ("две с половиной тысячи", "2500"),
        ("раза в полтора", "раза в полтора"),
        ("две с половиной за раз", "две с половиной за раз"),
    ],
)
def test_halves(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("два дня", "2 дня"),
        ("пять гиг", "5 гиг"),
        ("ноль рублей", "0 рублей"),
        ("двое суток", "2 суток"),
        ("один месяц", "1 месяц"),
        ("два-три дня", "2-3 дня"),
        ("два номера", "два номера"),
        ("три палки", "три палки"),
        ("восемь-десять", "восемь-десять"),
        ("в семь вечера", "в семь вечера"),
    ],
)
def test_small_numbers_are_digits_before_a_unit(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "один раз",
        "ни один",
        "ни одной смс",
        "один и тот же",
        "один из",
        "в один день с вами",
        "остались одни минуты",
        "пара дней",
        "второй номер",
        "двадцать первый век",
        "двадцать пятого числа",
        "две тысячи тринадцатого",
        "сто раз говорил",
        "лет сто назад",
        "больше тысячи",
        "сотни тысяч",
        "на всю семью",
        "семь раз отмерь",
    ],
)
def test_what_counts_nothing_stays(text: str) -> None:
    assert normalize(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("было сто, пять рублей сняли", "было 100 5 рублей сняли"),
        ("внесла пятьсот три дня назад", "внесла 500 3 дня назад"),
        ("двадцать пять минут назад", "25 минут назад"),
        ("списали двести один раз", "списали 200 один раз"),
        ("две тысячи одним махом", "2000 одним махом"),
        ("тариф двести триста минут", "тариф 200 300 минут"),
        ("восемь восемьсот", "8 800"),
    ],
)
def test_neighbours_that_are_two_numbers(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("звездочка сто пять решетка", "*105#"),
        ("Звёздочка, сто, решётка.", "*100#"),
        ("звезда сто решетка", "*100#"),
        ("звездочка 105 решетка", "*105#"),
        ("звездочка сто звездочка один решетка", "*100*1#"),
        ("звездочка один один один решетка", "*111#"),
        ("звездочка решетка ноль шесть решетка", "*#06#"),
        ("решетка решетка 002 решетка", "##002#"),
        ("набрал звездочка 155 звездочка 77", "набрал *155*77"),
        ("через звездочку сто пять не работает", "через *105 не работает"),
    ],
)
def test_commands_said_aloud_are_dialled(text: str, expected: str) -> None:
    assert normalize(text) == expected


@pytest.mark.parametrize(
    "text", ["звездочка и четыре цифры", "звездочка решетка", "нажмите звездочку один раз", "пять звезд"]
)
def test_stars_without_a_number_stay(text: str) -> None:
    assert normalize(text) == text


SAID = sorted(set(VALUES) | ONE_THOUSAND | THOUSANDS | ONE_AND_HALF | SECOND_HALVES | STARS | HASHES)
AROUND = sorted(
    wordlist("рублей дня один раз лет назад с половиной первый сутки ни в 0 5 105 800 1,5 *105# , . два-три")
)
UNCHANGED = sorted(wordlist("как узнать баланс 5 гб 105 второй *105# 1,5 рублей раз назад с половиной"))


@given(st.lists(st.sampled_from(SAID) | st.sampled_from(AROUND), max_size=8))
def test_normalizing_numbers_twice_changes_nothing_more(words: list[str]) -> None:
    once = normalize(" ".join(words))
    assert normalize(once) == once


@given(st.lists(st.sampled_from(UNCHANGED)))
def test_without_numbers_in_words_nothing_changes(words: list[str]) -> None:
    assert in_digits(words) == words


@given(st.integers(1, 999), st.integers(0, 999))
def test_any_number_up_to_a_million_is_read(thousands: int, rest: int) -> None:
    said = f"{_said(thousands)} тысяч {_said(rest)}"
    assert normalize(f"{said} рублей") == f"{thousands * 1000 + rest} рублей"


def _said(number: int) -> str:
    counted = {value: word for word, value in reversed(VALUES.items())}
    parts = [number // 100 * 100, number % 100] if number % 100 < 20 else [number // 100 * 100, number % 100 // 10 * 10]
    parts += [number % 10] if number % 100 >= 20 else []
    return " ".join(counted[part] for part in parts if part)
