from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.catalogue import Catalogue, Fact, Value
from knowledge.render import LONGEST_RENDERED, Rendered, Templates, count, number, render, rub

NBSP = "\u00a0"
VALUES: dict[str, Value] = {
    "a.price": 1500,
    "a.days": 3,
    "a.part": 1.5,
    "a.name": "T2",
    "a.group.key": 21,
    "a.day": date(2026, 11, 22),
    "a.year": 2026,
}
CATALOGUE = Catalogue({name: Fact(name, value, "пример", date(2026, 11, 22)) for name, value in VALUES.items()})


def rendered(source: str, language: str = "ru") -> Rendered:
    return render(Templates().parse(source), CATALOGUE, language=language)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Оператор {{ a.name }}.\n", "Оператор T2."),
        ("{{ a.price | rub }}", f"1{NBSP}500{NBSP}₽"),
        ("{{ a.days | count('день', 'дня', 'дней') }}", f"3{NBSP}дня"),
        ("{{ a.group.key | count('день', 'дня', 'дней') }}", f"21{NBSP}день"),
        ("{{ a.part | count('день', 'дня', 'дней') }}", f"1,5{NBSP}дня"),
        ("от {{ a.part | count('дня', 'дней', 'дней') }}", f"от 1,5{NBSP}дня"),
        ("{{ a.day }} {{ a.year }}", "22.11.2026 2026"),
        ("{# заметка #}да", "да"),
    ],
)
def test_facts_are_shown(source: str, text: str) -> None:
    assert rendered(source) == Rendered(text, rendered(source).facts)
    assert not rendered(source).problems


def test_facts_used_are_known() -> None:
    assert rendered("{{ a.name }} {{ a.price | rub }}").facts == {"a.name", "a.price"}


def test_english_has_its_own_numbers_and_plurals() -> None:
    assert rendered("{{ a.price | rub }}, {{ a.group.key | count('day', 'days', 'days') }}", "en").text == (
        f"1,500{NBSP}₽, 21{NBSP}days"
    )


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("да\n{{ a.nane }}", 2, "«a.name»"),
        ("{{ a }}", 1, "группа"),
        ("{{ a.group }}", 1, "группа"),
        ("да\n\n{{ a.name | rub }}", 3, "не число"),
        ("{{ a.name", 1, "не читается"),
        ("{{ a.price | upper }}", 1, "бывает только"),
        ("{{ a.price | count('день') }}", 1, "бывает только"),
        ("{{ a.price * 2 }}", 1, "бывает только"),
        ("{{ ''.__class__ }}", 1, "бывает только"),
        ("{{ a.name.__class__ }}", 1, "нет такого факта"),
        ("{{ range(10) }}", 1, "бывает только"),
        ("{% for x in y %}{% endfor %}", 1, "бывает только"),
        ("{% include 'x' %}", 1, "бывает только"),
        ("{{ " + "(" * 5000 + " }}", 1, ""),
        ("ж" * (LONGEST_RENDERED + 1), 1, "длиннее"),
    ],
)
def test_anything_else_is_a_problem_with_its_line(source: str, line: int, words: str) -> None:
    (problem,) = rendered(source).problems
    assert problem.line == line
    assert words in problem.message


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "дней"),
        (1, "день"),
        (2, "дня"),
        (5, "дней"),
        (11, "дней"),
        (12, "дней"),
        (21, "день"),
        (104, "дня"),
        (112, "дней"),
    ],
)
def test_word_agrees_with_its_number(value: int, expected: str) -> None:
    assert count(value, ("день", "дня", "дней")).endswith(f"{NBSP}{expected}")


def test_numbers_are_written_the_russian_way() -> None:
    assert [number(value) for value in (1234567, 2.5, 2.0, -3, 0)] == [
        f"1{NBSP}234{NBSP}567",
        "2,5",
        "2",
        "\u22123",
        "0",
    ]
    assert rub(0.5) == f"0,5{NBSP}₽"


@given(st.text(st.sampled_from("{}% a.name|rub()'\"\n#-"), max_size=40))
def test_rendering_never_raises(source: str) -> None:
    rendered(source)
