"""`python -m nlu.training.calibrate ROWS.jsonl`: fits confidence.json on questions whose right topic is known.

A row is one question as the search saw it:
{"words": 4, "right": "balance.check",
 "candidates": [{"topic": "...", "similarity": 0.9, "topic_similarity": 0.88, "lexical": 0.4}]}
`right` is null when no topic answers it. Leave the question itself out of what it is compared with.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlu.confidence import CONFIDENCE_FILE, Candidate, Coefficients, by_fused_score, features, rank

Numbers = npt.NDArray[np.float64]

# Half of the cosines between phrasings of different topics lie below `low`; near-copies are at `high`.
START = Coefficients(
    low=0.80,
    high=0.95,
    topic_share=0.0,
    lexical_share=0.0,
    intercept=0.0,
    fused=1.0,
    margin=0.0,
    lexical=0.0,
    words=0.0,
)
SHARES = tuple(round(step * 0.05, 2) for step in range(0, 17, 2))
RIDGE = 1e-5  # margins are tenths: a stronger one would press their weight down
NEVER_NEGATIVE = (1, 2, 3)  # columns: a better score, lead or wording never makes a topic less probable


@dataclass(frozen=True, slots=True)
class Row:
    """One question. `right` is None when nothing answers it."""

    words: int
    right: str | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """`top1` over the questions that have an answer; the rest over all of them."""

    rows: int
    answerable: int
    top1: float
    log_loss: float
    calibration_error: float  # mean gap between promised and kept, in ten bins

    def to_dict(self) -> dict[str, float | int]:
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


def read_rows(lines: Iterable[str]) -> list[Row]:
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            fields = json.loads(line)
            candidates = tuple(Candidate(**candidate) for candidate in fields["candidates"])
            rows.append(Row(int(fields["words"]), fields["right"], candidates))
        except (ValueError, KeyError, TypeError) as error:
            raise SystemExit(f"line {number} is not a row of the form the help describes: {error!r}") from error
    return [row for row in rows if row.candidates]


def tune_shares(rows: Sequence[Row], start: Coefficients) -> Coefficients:
    """The mix of scores that puts the right topic first most often; of equals, the one nearest to plain cosine."""
    answerable = [row for row in rows if row.right is not None]
    mixes = [(mean, lexical) for mean, lexical in product(SHARES, SHARES) if mean + lexical <= 0.9]
    mixes.sort(key=sum)
    options = [replace(start, topic_share=mean, lexical_share=lexical) for mean, lexical in mixes]
    return max(options, key=lambda option: sum(_is_right(row, option) for row in answerable))


def fit(rows: Sequence[Row], start: Coefficients) -> Coefficients:
    """Logistic regression on the first candidate of each question: is it the right one?"""
    design = np.array([_design_row(row, start) for row in rows])
    labels = np.array([_is_right(row, start) for row in rows], dtype=float)
    weights = fit_logistic(design, labels)
    intercept, fused, margin, lexical, words = (round(float(weight), 4) for weight in weights)
    return replace(start, intercept=intercept, fused=fused, margin=margin, lexical=lexical, words=words)


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


def measure(rows: Sequence[Row], coefficients: Coefficients) -> Quality:
    right = np.array([_is_right(row, coefficients) for row in rows], dtype=float)
    promised = np.array([rank(row.candidates, row.words, coefficients)[0].probability for row in rows])
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


def _design_row(row: Row, coefficients: Coefficients) -> tuple[float, ...]:
    first, *others = by_fused_score(row.candidates, coefficients)
    return (1.0, *astuple(features(first, others[0] if others else None, row.words, coefficients)))


def _is_right(row: Row, coefficients: Coefficients) -> bool:
    return by_fused_score(row.candidates, coefficients)[0].topic == row.right


def _calibration_error(promised: Numbers, right: Numbers) -> float:
    bins = np.minimum((promised * 10).astype(int), 9)
    gaps = [abs(promised[bins == number].sum() - right[bins == number].sum()) for number in range(10)]
    return float(sum(gaps) / len(promised))


def write(path: Path, coefficients: Coefficients, quality: Quality, origin: str) -> None:
    values = {name: getattr(coefficients, name) for name in coefficients.__slots__}
    content = {"fitted_on": origin, "quality": quality.to_dict(), "coefficients": values}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path, help="questions with their candidates, one JSON object a line")
    parser.add_argument("--to", type=Path, default=CONFIDENCE_FILE, help="where to write (default: the shipped model)")
    parser.add_argument("--origin", default="", help="what the rows are, in words, for the file")
    options = parser.parse_args(arguments)
    with options.rows.open(encoding="utf-8") as lines:
        rows = read_rows(lines)
    # Every fifth question is kept aside and tells how well the fit holds for unseen ones.
    kept = rows[::5]
    fitted_on = [row for number, row in enumerate(rows) if number % 5]
    honest = measure(kept, fit(fitted_on, tune_shares(fitted_on, START)))
    coefficients = fit(rows, tune_shares(rows, START))
    write(options.to, coefficients, honest, options.origin)
    print(json.dumps(honest.to_dict()))


if __name__ == "__main__":
    main()
