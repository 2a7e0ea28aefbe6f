"""Fits `nlu.confidence` on questions whose right topic is known and that the encoder was not tuned on."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from nlu.confidence import Asked, Candidate, Confidence, Features, Mix, by_score, features, rank, shares

Numbers = npt.NDArray[np.float64]

RISKS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2)  # shares of wrong answers that thresholds are kept for
FOLDS = 5
RIDGE = 1e-4
NEVER_NEGATIVE = (1, 2, 3, 4)  # columns: a better share or score never makes a topic less probable


@dataclass(frozen=True, slots=True)
class Row:
    """One question as the search saw it. `right` is None when nothing answers it."""

    right: str | None
    asked: Asked
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """Of questions left out of the fit, fold by fold. `top1` is over the questions that have an answer."""

    rows: int
    answerable: int
    top1: float
    log_loss: float
    calibration_error: float  # mean gap between promised and kept, in ten bins

    def to_dict(self) -> dict[str, float | int]:
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


def fit(rows: Sequence[Row]) -> tuple[Confidence, Quality]:
    """The fit to all rows, with thresholds and quality from fits that each left out a fifth."""
    promised = np.zeros(len(rows))
    right = np.zeros(len(rows))
    for fold in range(FOLDS):
        confidence = _fit_without_thresholds([row for number, row in enumerate(rows) if number % FOLDS != fold])
        for number in range(fold, len(rows), FOLDS):
            first = rank(rows[number].candidates, rows[number].asked, confidence)[0]
            promised[number], right[number] = first.probability, first.topic == rows[number].right
    fitted = _fit_without_thresholds(rows)
    thresholds = {risk: threshold_for(promised, right, risk) for risk in RISKS}
    return Confidence(fitted.mix, fitted.intercept, fitted.trust, thresholds), _quality(rows, promised, right)


def threshold_for(promised: Numbers, right: Numbers, risk: float) -> float:
    """The least probability from which up at most `risk` of the answers are wrong; above all of them if none is."""
    order = np.argsort(-promised, kind="stable")
    wrong = np.cumsum(1 - right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(wrong <= risk)
    return round(float(promised[order[kept[-1]]]), 4) if len(kept) else 1.0


def _fit_without_thresholds(rows: Sequence[Row]) -> Confidence:
    mix = fit_mix([row for row in rows if row.right in {candidate.topic for candidate in row.candidates}])
    design = np.array([_design_row(row, mix) for row in rows])
    labels = np.array([by_score(row.candidates, mix)[0].topic == row.right for row in rows], dtype=float)
    intercept, *weights = (round(float(weight), 4) for weight in fit_logistic(design, labels))
    return Confidence(mix, intercept, Features(*weights), {})


def fit_mix(rows: Sequence[Row]) -> Mix:
    """Weights under which the right candidates' shares are the most probable. Newton's method."""
    tables = [np.array([_scores(candidate) for candidate in row.candidates]) for row in rows]
    places = [[candidate.topic for candidate in row.candidates].index(str(row.right)) for row in rows]
    weights = np.full(len(Mix.__slots__), 5.0)
    for _ in range(30):
        gradient, curvature = -RIDGE * weights, RIDGE * np.eye(len(weights))
        for table, place in zip(tables, places, strict=True):
            scores = table @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            mean = chances @ table
            gradient = gradient + (table[place] - mean) / len(rows)
            curvature = curvature + ((table.T * chances) @ table - np.outer(mean, mean)) / len(rows)
        step = np.linalg.solve(curvature, gradient)
        weights = np.maximum(weights + step, 0)
        if np.abs(step).max() < 1e-4:
            break
    return Mix(*(round(float(weight), 4) for weight in weights))


def fit_logistic(design: Numbers, labels: Numbers) -> Numbers:
    """Newton's method with a ridge; columns of `NEVER_NEGATIVE` that come out negative are left out."""
    used = list(range(design.shape[1]))
    while True:
        weights = np.zeros(design.shape[1])
        weights[used] = _newton(design[:, used], labels)
        negative = [column for column in used if column in NEVER_NEGATIVE and weights[column] < 0]
        if not negative:
            return weights
        used.remove(min(negative, key=lambda column: weights[column]))


def _newton(design: Numbers, labels: Numbers) -> Numbers:
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-(design @ weights).clip(-30, 30)))
        gradient = design.T @ (labels - chances) / len(labels) - RIDGE * weights
        curvature = (design.T * (chances * (1 - chances))) @ design / len(labels) + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _scores(candidate: Candidate) -> tuple[float, ...]:
    return tuple(getattr(candidate, name) for name in Mix.__slots__)


def _design_row(row: Row, mix: Mix) -> tuple[float, ...]:
    ordered = by_score(row.candidates, mix)
    return (1.0, *astuple(features(ordered[0], shares(ordered, mix)[0], row.asked)))


def _quality(rows: Sequence[Row], promised: Numbers, right: Numbers) -> Quality:
    answerable = np.array([row.right is not None for row in rows])
    clipped = promised.clip(1e-6, 1 - 1e-6)
    loss = -(right * np.log(clipped) + (1 - right) * np.log(1 - clipped)).mean()
    return Quality(
        rows=len(rows),
        answerable=int(answerable.sum()),
        top1=float(right[answerable].mean()) if answerable.any() else 0.0,
        log_loss=float(loss),
        calibration_error=_calibration_error(promised, right),
    )


def _calibration_error(promised: Numbers, right: Numbers) -> float:
    bins = np.minimum((promised * 10).astype(int), 9)
    gaps = [abs(promised[bins == number].sum() - right[bins == number].sum()) for number in range(10)]
    return float(sum(gaps) / len(promised))
