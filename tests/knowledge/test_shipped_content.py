"""What the shipped knowledge promises: how many topics, in which areas, languages and depth, and nothing to mend.

Meanings are compared by `otklik knowledge check`, which needs the encoder; see scripts/check.
"""

import pytest

from knowledge.base import KnowledgeBase
from knowledge.checks.content import check
from knowledge.loader import load
from knowledge.stats import statistics
from tests.knowledge.content import SHIPPED

FEWEST_BY_AREA = {
    "app": 70,
    "balance": 80,
    "business": 30,
    "calls": 80,
    "contract": 60,
    "devices": 60,
    "family": 40,
    "fraud": 80,
    "home": 40,
    "internet": 90,
    "loyalty": 30,
    "market": 90,
    "network": 60,
    "offices": 40,
    "options": 110,
    "payments": 90,
    "roaming": 90,
    "sim": 110,
    "smalltalk": 70,
    "subscriptions": 40,
    "tariffs": 80,
}


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return load(SHIPPED)


def test_every_area_has_its_topics(base: KnowledgeBase) -> None:
    counted = statistics(base)
    assert counted.topics >= 1_200
    assert {
        area: counted.topics_by_area.get(area, 0)
        for area, fewest in FEWEST_BY_AREA.items()
        if counted.topics_by_area.get(area, 0) < fewest
    } == {}


def test_the_most_asked_topics_are_known_by_twenty_questions(base: KnowledgeBase) -> None:
    assert sum(len(topic.questions) >= 20 for topic in base.topics.values()) >= 250


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_most_asked_topics_are_translated(base: KnowledgeBase, language: str) -> None:
    translated = [topic for topic in base.topics.values() if language in topic.translations]
    assert len(translated) >= 150
    assert min(len(topic.translations[language].questions) for topic in translated) >= 5


def test_there_is_nothing_to_mend(base: KnowledgeBase) -> None:
    assert [str(finding) for finding in check(base)] == []


def test_every_country_has_its_row(base: KnowledgeBase) -> None:
    assert len(base.tables["country"].rows) >= 200
