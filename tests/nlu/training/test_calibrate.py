"""Fitting confidence: a known truth is found again, and promises are kept for questions that were not fitted on."""

import numpy as np

from nlu.confidence import Asked, Candidate, rank
from nlu.training.calibrate import Row, fit, fit_logistic, fit_mix, threshold_for


def made_up_rows(count: int, seed: int = 1) -> list[Row]:
    """The right topic stands out the more, the easier the question; one in six has no answer."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        ease = float(chance.uniform(-0.1, 0.5)) if number % 6 else -0.3
        rivals = [Candidate(f"t{place}", *_around(chance, 0.3), 0.1) for place in range(5)]
        right = Candidate("right", *_around(chance, 0.3 + ease), max(0.0, ease))
        rows.append(Row("right" if number % 6 else None, Asked(3 + number % 5), (right, *rivals)))
    return rows


def _around(chance: np.random.Generator, centre: float) -> tuple[float, float]:
    middle = float(chance.normal(centre, 0.1))
    return middle, middle + 0.05


def test_known_weights_are_found_again() -> None:
    chance = np.random.default_rng(7)
    truth = np.array([-1.0, 2.0, 3.0, 0.5, -0.5])
    design = np.column_stack([np.ones(20_000), chance.normal(size=(20_000, 4))])
    labels = (chance.uniform(size=20_000) < 1 / (1 + np.exp(-design @ truth))).astype(float)
    truth[4] = 0  # a score that seems to count against a topic is left out
    np.testing.assert_allclose(fit_logistic(design, labels), truth, atol=0.25)


def test_known_mix_is_found_again() -> None:
    chance = np.random.default_rng(7)
    truth = np.array([8.0, 0.0, 4.0])
    rows = []
    for _ in range(3_000):
        scores = chance.normal(scale=0.3, size=(6, 3))
        powers = np.exp(scores @ truth)
        right = int(chance.choice(6, p=powers / powers.sum()))
        candidates = tuple(Candidate(str(place), *map(float, scores[place])) for place in range(6))
        rows.append(Row(str(right), Asked(3), candidates))
    mix = fit_mix(rows)
    np.testing.assert_allclose([mix.middle, mix.nearest, mix.lexical], truth, atol=0.5)


def test_probabilities_keep_their_promise_on_unseen_questions() -> None:
    confidence, quality = fit(made_up_rows(2_000))
    assert quality.calibration_error < 0.08
    assert quality.answerable < quality.rows
    unseen = [(rank(row.candidates, row.asked, confidence)[0], row.right) for row in made_up_rows(2_000, seed=2)]
    answered = [first.topic == right for first, right in unseen if first.probability >= confidence.threshold(0.05)]
    assert len(answered) > 500
    assert np.mean(answered) > 0.92


def test_a_smaller_promise_needs_a_higher_probability() -> None:
    confidence, _ = fit(made_up_rows(2_000))
    least = [confidence.thresholds[risk] for risk in sorted(confidence.thresholds)]
    assert least == sorted(least, reverse=True)


def test_a_promise_that_cannot_be_kept_answers_nothing() -> None:
    promised = np.array([0.9, 0.8, 0.7])
    assert threshold_for(promised, np.zeros(3), risk=0.02) == 1.0
    assert threshold_for(promised, np.array([1.0, 1.0, 0.0]), risk=0.02) == 0.8
