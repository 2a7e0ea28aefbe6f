"""What mends misspelt messages leaves well-spelt ones alone: measured on every text of the shipped knowledge."""

from collections.abc import Callable

import pytest

from knowledge.loader import load
from nlu.layout import fix_layout
from nlu.normalize import normalize
from nlu.translit import fix_translit
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
