"""Probabilities of ranked topics: ordered, bounded, and never lowered by a better match."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.confidence import (
    Asked,
    Candidate,
    Confidence,
    ConfidenceError,
    Features,
    Mix,
    confidence_of,
    rank,
    read_confidence,
    shipped_confidence,
    to_json,
)

COSINE = st.floats(-1, 1)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        topic=st.uuids().map(str),
        middle=COSINE,
        nearest=COSINE,
        lexical=st.floats(0, 1),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda candidate: candidate.topic,
)
ASKED = st.builds(Asked, words=st.integers(0, 60), outside=COSINE)

CONFIDENCE = Confidence(Mix(20.0, 10.0, 10.0), -6.0, Features(1.0, 3.0, 1.0, 1.0, -2.0, 0.5), {0.02: 0.9, 0.1: 0.6})


@given(CANDIDATES, ASKED)
def test_probabilities_are_ordered_and_bounded_and_no_topic_is_lost(candidates: list[Candidate], asked: Asked) -> None:
    ranked = rank(candidates, asked)
    probabilities = [scored.probability for scored in ranked]
    assert {scored.topic for scored in ranked} == {candidate.topic for candidate in candidates}
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 <= probability <= 1 for probability in probabilities)


@given(CANDIDATES, ASKED, st.floats(0, 0.5))
def test_a_better_match_never_lowers_the_first_topic(candidates: list[Candidate], asked: Asked, gain: float) -> None:
    first = rank(candidates, asked)[0]
    better = [
        replace(candidate, middle=candidate.middle + gain, nearest=candidate.nearest + gain)
        if candidate.topic == first.topic
        else candidate
        for candidate in candidates
    ]
    assert rank(better, asked)[0].topic == first.topic
    assert rank(better, asked)[0].probability >= first.probability - 1e-12


@given(CANDIDATES, ASKED)
def test_the_order_of_the_candidates_does_not_matter(candidates: list[Candidate], asked: Asked) -> None:
    assert rank(candidates, asked) == rank(candidates[::-1], asked)


def test_no_candidates_give_no_topics() -> None:
    assert rank([], Asked(3)) == []


def test_a_clear_match_is_surer_than_a_close_race_and_both_than_nothing_alike() -> None:
    asked = Asked(3)
    clear = rank([Candidate("a", 0.8, 0.9, 0.9), Candidate("b", 0.2, 0.3, 0.0)], asked)[0].probability
    race = rank([Candidate("a", 0.6, 0.7, 0.3), Candidate("b", 0.6, 0.69, 0.3)], asked)[0].probability
    nothing = rank([Candidate(topic, 0.1, 0.1, 0.0) for topic in "abcdefgh"], asked)[0].probability
    assert clear > race > nothing
    assert clear > 0.75
    assert nothing < 0.3


def test_a_question_like_those_of_no_topic_is_trusted_less() -> None:
    candidates = [Candidate("a", 0.6, 0.6, 0.3), Candidate("b", 0.4, 0.5, 0.1)]
    inside, outside = (rank(candidates, Asked(4, cosine), CONFIDENCE)[0].probability for cosine in (0.1, 0.9))
    assert inside > outside


@pytest.mark.parametrize(("wrong", "least"), [(0.01, 0.9), (0.02, 0.9), (0.06, 0.75), (0.1, 0.6), (0.5, 0.6)])
def test_threshold_follows_from_the_tolerated_share_of_wrong_answers(wrong: float, least: float) -> None:
    assert CONFIDENCE.threshold(wrong) == pytest.approx(least)


def test_an_encoder_brings_its_own_confidence(tmp_path: Path) -> None:
    (tmp_path / "confidence.json").write_text(json.dumps(to_json(CONFIDENCE)))
    assert confidence_of(str(tmp_path)) == CONFIDENCE
    assert confidence_of("intfloat/some-model") == confidence_of("shipped") == shipped_confidence()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"mix": {"middle": 0.8}}', '{"mix": {"middle": "x"}}'])
def test_a_broken_file_says_what_is_expected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "confidence.json"
    path.write_text(text)
    with pytest.raises(ConfidenceError, match=r"confidence\.json: expected the numbers.*otklik model train"):
        read_confidence(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfidenceError, match=r"nowhere\.json"):
        read_confidence(tmp_path / "nowhere.json")


def test_the_shipped_confidence_lets_no_better_score_count_against_a_topic() -> None:
    shipped = shipped_confidence()
    assert min(shipped.mix.middle, shipped.mix.nearest, shipped.mix.lexical) >= 0
    assert min(shipped.trust.share, shipped.trust.middle, shipped.trust.nearest, shipped.trust.lexical) >= 0
