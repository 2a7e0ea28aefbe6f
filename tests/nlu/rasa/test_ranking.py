"""From Rasa's answer to shares, and onto the scale of the thresholds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.rasa.intents import FALLBACK, OUT_OF_SCOPE, intent_of, topic_of
from nlu.rasa.ranking import ANSWER_FROM, Ranked, on_scale, read_ranking, shares

SHARE = st.floats(0, 1)


@pytest.mark.parametrize("topic", ["roaming.price", "market.sell-gigabytes", "a.b", "home2.x-1"])
def test_a_topic_comes_back_from_its_intent(topic: str) -> None:
    assert topic_of(intent_of(topic)) == topic
    assert "." not in intent_of(topic)
    assert intent_of(topic) not in (FALLBACK, OUT_OF_SCOPE)


def test_the_ranking_is_read_in_its_order() -> None:
    rows = [{"name": "a__b", "confidence": 0.08}, {"name": "a__c", "confidence": 0.01}]
    assert read_ranking({"text": "x", "intent_ranking": rows}) == (Ranked("a__b", 0.08), Ranked("a__c", 0.01))


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        "text",
        {"intent_ranking": None},
        {"intent_ranking": [1]},
        {"intent_ranking": [{"name": "a__b"}]},
        {"intent_ranking": [{"name": "a__b", "confidence": None}]},
        {"intent_ranking": [{"name": "a__b", "confidence": float("nan")}]},
        {"intent_ranking": [{"name": "a__b", "confidence": -1}]},
    ],
)
def test_anything_else_is_refused(body: Any) -> None:
    with pytest.raises(ValueError, match="confidence"):
        read_ranking(body)


def test_small_confidences_become_shares_and_the_fallback_has_none() -> None:
    ranking = [Ranked(FALLBACK, 0.9), Ranked("a__b", 0.06), Ranked("a__c", 0.02)]
    assert shares(ranking) == pytest.approx({"a__b": 0.75, "a__c": 0.25})


def test_without_an_idea_there_are_no_shares() -> None:
    assert shares([]) == shares([Ranked(FALLBACK, 1.0)]) == shares([Ranked("a__b", 0.0)]) == {}


@given(SHARE, SHARE, st.floats(0.01, 0.99))
def test_the_scale_keeps_the_order_and_answers_from_its_own_threshold(one: float, other: float, answer: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= on_scale(low, answer) <= on_scale(high, answer) + 1e-12 <= 1 + 1e-9
    assert on_scale(ANSWER_FROM, answer) == pytest.approx(answer)
    assert (on_scale(0, answer), on_scale(1, answer)) == pytest.approx((0, 1))
