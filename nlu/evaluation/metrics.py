"""Measures of a search that may decline to answer. Pure functions over outcomes; shares are 0..1.

Risk and coverage: El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification" (2010).
Calibration error: mean gap between promised and kept in equal bins, Naeini et al. (2015).
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from nlu.evaluation.outcome import Outcome

Numbers = npt.NDArray[np.float64]
Measure = Callable[[Sequence[Outcome]], float]

BINS = 10
RESAMPLES = 500
INTERVAL = (2.5, 97.5)  # percentiles


def share(flags: Sequence[bool]) -> float:
    """0 of none."""
    return float(np.mean(flags)) if flags else 0.0


def top(outcomes: Sequence[Outcome], places: int) -> float:
    """Of the questions in scope, those whose right topic is among the first."""
    return share([_is_among(outcome, places) for outcome in outcomes if outcome.question.is_in_scope])


def _is_among(outcome: Outcome, places: int) -> bool:
    return outcome.place is not None and outcome.place < places


def mean_reciprocal_rank(outcomes: Sequence[Outcome]) -> float:
    places = [outcome.place for outcome in outcomes if outcome.question.is_in_scope]
    return float(np.mean([0.0 if place is None else 1 / (place + 1) for place in places])) if places else 0.0


def decided(outcomes: Sequence[Outcome], decision: str) -> float:
    """Of the questions in scope, those that were answered, asked back, passed on."""
    return share([outcome.decision == decision for outcome in outcomes if outcome.question.is_in_scope])


def wrong_among_answered(outcomes: Sequence[Outcome]) -> float:
    """Of all that was answered, in scope or not."""
    return share([not outcome.is_right for outcome in outcomes if outcome.decision == "answer"])


def coverage_at_risk(outcomes: Sequence[Outcome], risk: float) -> float:
    """The largest share of the questions in scope that can be answered, the surest first, with at most `risk` of the
    answers wrong. Answers to questions out of scope count as wrong."""
    coverages, risks = risk_coverage(outcomes)
    within = coverages[risks <= risk]
    return float(within.max()) if len(within) else 0.0


def risk_coverage(outcomes: Sequence[Outcome]) -> tuple[Numbers, Numbers]:
    """Coverage and risk as the threshold falls, one point for each answered question. Equal confidences are answered
    together, as a threshold would."""
    ordered = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    confidences = np.array([outcome.confidence for outcome in ordered])
    wrong = np.cumsum([not outcome.is_right for outcome in ordered])
    covered = np.cumsum([outcome.question.is_in_scope for outcome in ordered])
    in_scope = max(1, sum(outcome.question.is_in_scope for outcome in outcomes))
    ends = np.flatnonzero(np.diff(confidences, append=-1.0))
    return covered[ends] / in_scope, wrong[ends] / (ends + 1)


def out_of_scope_answered(outcomes: Sequence[Outcome], harmless: Callable[[str], bool]) -> float:
    """Of the questions out of scope, those answered with a topic that is not `harmless` (small talk)."""
    outside = [outcome for outcome in outcomes if not outcome.question.is_in_scope]
    return share([_answers_with_topic(outcome) and not harmless(outcome.found[0]) for outcome in outside])


def _answers_with_topic(outcome: Outcome) -> bool:
    """A greeting or thanks is answered too, but with no topic."""
    return outcome.decision == "answer" and bool(outcome.found)


def scope_auroc(outcomes: Sequence[Outcome]) -> float:
    """How likely a question in scope gets a higher confidence than one out of scope; 0.5 without one of the two."""
    confidences = np.array([outcome.confidence for outcome in outcomes])
    inside = np.array([outcome.question.is_in_scope for outcome in outcomes], dtype=bool)
    pairs = int(inside.sum()) * int((~inside).sum())
    if not pairs:
        return 0.5
    gaps = confidences[inside][:, None] - confidences[~inside][None, :]
    return float(((gaps > 0).sum() + 0.5 * (gaps == 0).sum()) / pairs)


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    return float(sum(abs(kept - promised) * size for promised, kept, size in reliability(outcomes)))


def reliability(outcomes: Sequence[Outcome]) -> list[tuple[float, float, float]]:
    """For each bin with questions: mean confidence, share that was right, share of all questions."""
    confidences = np.array([outcome.confidence for outcome in outcomes])
    right = np.array([outcome.is_right for outcome in outcomes], dtype=float)
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    return [
        (float(confidences[bins == number].mean()), float(right[bins == number].mean()), float((bins == number).mean()))
        for number in np.unique(bins)
    ]


def interval(outcomes: Sequence[Outcome], measure: Measure, seed: int = 1) -> tuple[float, float]:
    """Where the measure lies in 95 of 100 samples of as many questions (bootstrap, Efron 1979)."""
    random = np.random.default_rng(seed)
    values = []
    for _ in range(RESAMPLES):
        drawn = random.integers(0, len(outcomes), len(outcomes))
        values.append(measure([outcomes[number] for number in drawn]))
    low, high = np.percentile(values, INTERVAL)
    return float(low), float(high)
