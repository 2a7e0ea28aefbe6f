from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.evaluation import metrics
from nlu.evaluation.outcome import Outcome, Question


def outcome(
    confidence: float, *found: str, right: str = "a.right", decision: str = "answer", register: str = "plain"
) -> Outcome:
    question = Question("вопрос", frozenset(right.split()), register)
    return Outcome(question, found, confidence, decision)


RIGHT = outcome(0.9, "a.right", "a.other")
SECOND = outcome(0.6, "a.other", "a.right")
LOST = outcome(0.3, "a.other", decision="clarify")
OUTSIDE = outcome(0.7, "a.other", right="")
CHAT = outcome(0.7, "smalltalk.joke", right="")
THANKS = outcome(0.0, right="")


def is_small_talk(topic: str) -> bool:
    return topic.startswith("smalltalk.")


def test_the_right_topic_first_and_among_three() -> None:
    outcomes = [RIGHT, SECOND, LOST, OUTSIDE]
    assert metrics.top(outcomes, 1) == pytest.approx(1 / 3)
    assert metrics.top(outcomes, 3) == pytest.approx(2 / 3)
    assert metrics.mean_reciprocal_rank(outcomes) == pytest.approx((1 + 1 / 2) / 3)


def test_a_question_may_have_two_right_topics() -> None:
    assert outcome(0.9, "a.other", right="a.right a.other").is_right


def test_answers_to_what_is_out_of_scope_are_wrong() -> None:
    assert metrics.wrong_among_answered([RIGHT, SECOND, LOST, OUTSIDE]) == pytest.approx(2 / 3)


def test_small_talk_and_courtesies_are_harmless_out_of_scope() -> None:
    assert metrics.out_of_scope_answered([OUTSIDE, CHAT, THANKS], is_small_talk) == pytest.approx(1 / 3)


def test_coverage_counts_the_surest_first() -> None:
    outcomes = [outcome(0.9, "a.right"), outcome(0.8, "a.right"), outcome(0.7, "a.other"), outcome(0.6, "a.right")]
    assert metrics.coverage_at_risk(outcomes, 0.0) == pytest.approx(2 / 4)
    assert metrics.coverage_at_risk(outcomes, 0.25) == 1.0
    assert metrics.coverage_at_risk([LOST], 0.0) == 0.0


def test_a_threshold_cannot_part_equal_confidences() -> None:
    outcomes = [outcome(0.9, "a.right"), outcome(0.9, "a.other")]
    assert metrics.coverage_at_risk(outcomes, 0.1) == 0.0


def test_calibration_is_the_gap_between_promised_and_kept() -> None:
    outcomes = [outcome(0.75, "a.right")] * 3 + [outcome(0.75, "a.other")]
    assert metrics.calibration_error(outcomes) == pytest.approx(0.0)
    assert metrics.calibration_error([outcome(0.75, "a.other")]) == pytest.approx(0.75)


def test_scope_is_told_by_confidence() -> None:
    assert metrics.scope_auroc([RIGHT, outcome(0.1, "a.other", right="")]) == 1.0
    assert metrics.scope_auroc([RIGHT]) == 0.5


def test_an_interval_holds_the_measure() -> None:
    outcomes = [RIGHT, SECOND, LOST] * 20
    low, high = metrics.interval(outcomes, lambda drawn: metrics.top(drawn, 1))
    assert low < 1 / 3 < high


@st.composite
def some_outcomes(draw: st.DrawFn) -> Sequence[Outcome]:
    one = st.builds(
        outcome,
        st.floats(0, 1),
        st.sampled_from(["a.right", "a.other"]),
        right=st.sampled_from(["a.right", ""]),
        decision=st.sampled_from(["answer", "clarify", "escalate"]),
    )
    return draw(st.lists(one, min_size=1, max_size=30))


@given(some_outcomes(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_risk_never_covers_less(outcomes: Sequence[Outcome], risk: float, other: float) -> None:
    low, high = sorted((risk, other))
    assert metrics.coverage_at_risk(outcomes, low) <= metrics.coverage_at_risk(outcomes, high)


@given(some_outcomes())
def test_measures_are_shares(outcomes: Sequence[Outcome]) -> None:
    measures = (
        metrics.top(outcomes, 1),
        metrics.mean_reciprocal_rank(outcomes),
        metrics.wrong_among_answered(outcomes),
        metrics.out_of_scope_answered(outcomes, is_small_talk),
        metrics.scope_auroc(outcomes),
        metrics.calibration_error(outcomes),
    )
    assert all(0 <= value <= 1 for value in measures)
