"""What mends misspelt messages leaves well-spelt ones alone: measured on every text of the shipped knowledge."""

import re
import unicodedata
from collections.abc import Callable

import pytest

from knowledge.loader import load
from nlu.layout import fix_layout
from nlu.normalize import normalize
from nlu.translit import fix_translit
from nlu.words import is_ordinal
from tests.knowledge.content import SHIPPED


@pytest.fixture(scope="module")
def texts() -> list[str]:
    base = load(SHIPPED)
    translations = [translation for topic in base.topics.values() for translation in topic.translations.values()]
    return [
        *(question for topic in base.topics.values() for question in (topic.title, *topic.questions)),
        *(question for translation in translations for question in (translation.title, *translation.questions)),
        *(question for questions in base.asked.values() for question in questions),
    ]


@pytest.mark.parametrize("mend", [fix_layout, fix_translit])
def test_nothing_that_is_spelt_well_is_taken_for_another_layout_or_alphabet(
    mend: Callable[[str], str], texts: list[str]
) -> None:
    assert len(texts) > 40_000
    harmed = [text for text in texts if mend(text) != text]
    # Keyboard mashing and a few words meant in Latin letters stand among the asked questions of no topic.
    assert len(harmed) <= len(texts) / 5_000, harmed


def test_to_normalise_twice_changes_nothing(texts: list[str]) -> None:
    assert [text for text in texts if normalize(normalize(text)) != normalize(text)] == []


NUMBER = re.compile(
    r"ноль|нул|одн|один|дв[аеоу]|тр[иеёо]|чет[ыв]|пят|шест|сем|вос|девя|деся|дцать|дцати|сорок|сот|ст[аои]|тыс|тыщ|полтор"
    r"|зв[её]зд|реш[её]тк",
    re.IGNORECASE,
)


def test_digits_come_only_from_numbers_in_words_and_ordinals_stay(texts: list[str]) -> None:
    changed = [text for text in texts if _digits(normalize(text)) != _digits(unicodedata.normalize("NFKC", text))]
    assert len(changed) > 2_000
    assert [text for text in changed if not NUMBER.search(text)] == []
    assert [text for text in changed if _ordinals(text) != _ordinals(normalize(text))] == []


def _digits(text: str) -> list[str]:
    return re.findall(r"\d", text)


def _ordinals(text: str) -> list[str]:
    return [word for word in re.findall(r"[а-я]+", text.lower().replace("ё", "е")) if is_ordinal(word)]
