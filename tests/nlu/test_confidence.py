"""Probabilities of ranked topics: ordered, bounded, and never lowered by a better match."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.confidence import (
    Candidate,
    Coefficients,
    ConfidenceError,
    rank,
    read_coefficients,
    shipped_coefficients,
)

COSINE = st.floats(-1, 1)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        topic=st.uuids().map(str),
        similarity=COSINE,
        topic_similarity=COSINE,
        lexical=st.floats(0, 1),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda candidate: candidate.topic,
)
WORDS = st.integers(0, 60)


@given(CANDIDATES, WORDS)
def test_probabilities_are_ordered_and_bounded_and_no_topic_is_lost(candidates: list[Candidate], words: int) -> None:
    ranked = rank(candidates, words)
    probabilities = [scored.probability for scored in ranked]
    assert {scored.topic for scored in ranked} == {candidate.topic for candidate in candidates}
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= probability <= 1 for probability in probabilities)


@given(CANDIDATES, WORDS, st.floats(0, 0.5))
def test_a_better_match_never_lowers_the_first_topic(candidates: list[Candidate], words: int, gain: float) -> None:
    first = rank(candidates, words)[0]
    better = [
        replace(candidate, similarity=candidate.similarity + gain, topic_similarity=candidate.topic_similarity + gain)
        if candidate.topic == first.topic
        else candidate
        for candidate in candidates
    ]
    assert rank(better, words)[0].topic == first.topic
    assert rank(better, words)[0].probability >= first.probability - 1e-12


@given(CANDIDATES, WORDS)
def test_the_order_of_the_candidates_does_not_matter(candidates: list[Candidate], words: int) -> None:
    assert rank(candidates, words) == rank(candidates[::-1], words)


def test_no_candidates_give_no_topics() -> None:
    assert rank([], 3) == []


def test_a_clear_match_is_surer_than_a_close_race_and_both_than_nothing_alike() -> None:
    clear = rank([Candidate("a", 0.97, 0.93, 0.9), Candidate("b", 0.84, 0.83, 0.0)], 3)[0].probability
    race = rank([Candidate("a", 0.91, 0.90, 0.4), Candidate("b", 0.91, 0.89, 0.4)], 3)[0].probability
    nothing = rank([Candidate("a", 0.82, 0.81, 0.0), Candidate("b", 0.82, 0.81, 0.0)], 3)[0].probability
    assert clear > race > nothing
    assert clear > 0.75
    assert nothing < 0.3


def test_other_coefficients_can_be_given() -> None:
    certain = replace(shipped_coefficients(), intercept=100.0)
    assert rank([Candidate("a", 0.8, 0.8, 0.0)], 1, certain)[0].probability > 0.99


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"coefficients": {"low": 0.8}}', '{"coefficients": {"low": "x"}}'])
def test_a_broken_file_says_what_is_expected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "confidence.json"
    path.write_text(text)
    with pytest.raises(ConfidenceError, match=r"confidence\.json: expected the numbers low, high.*calibrate"):
        read_coefficients(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfidenceError, match=r"nowhere\.json"):
        read_coefficients(tmp_path / "nowhere.json")


def test_the_shipped_coefficients_let_no_better_score_count_against_a_topic() -> None:
    shipped: Coefficients = shipped_coefficients()
    assert min(shipped.fused, shipped.margin, shipped.lexical) >= 0
    assert shipped.topic_share + shipped.lexical_share <= 1
