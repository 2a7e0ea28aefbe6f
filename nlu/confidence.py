"""From what the search found to the probability that each topic is the right one. Pure.

Two small models, fitted by `nlu.training.calibrate` on questions the encoder was not tuned on. `Mix` turns the scores
of each candidate into its share among all candidates (a conditional logit, McFadden 1974). `trust` says how far the
share of the first is to be believed: high shares among poor candidates, or for a question like those that no topic
answers, mean little. `thresholds` say from which probability up a promised share of wrong answers is kept.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from itertools import pairwise
from operator import mul
from pathlib import Path

from nlu.encoder import MODEL_FOLDER

CONFIDENCE_FILE = MODEL_FOLDER / "confidence.json"
LEAST_SHARE = 1e-6


class ConfidenceError(Exception):
    """The file of coefficients cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One topic as the search found it for one question. Cosines, and a likeness of spelling from 0 to 1."""

    topic: str
    middle: float  # to the middle of all its phrasings
    nearest: float  # to the nearest of them
    lexical: float  # the best of them
    lexical_middle: float = 0.0  # to all of them together


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as a whole: how many words it has, and the cosine to the nearest question of no topic."""

    words: int
    outside: float = 0.0


@dataclass(frozen=True, slots=True)
class Mix:
    """Weights of a candidate's scores."""

    middle: float
    nearest: float
    lexical: float
    lexical_middle: float = 0.0


@dataclass(frozen=True, slots=True)
class Features:
    """What the probability of the first candidate depends on."""

    share: float  # among all candidates, as a logit
    middle: float
    nearest: float
    lexical: float
    outside: float
    words: float  # grows ever slower with the length of the question


@dataclass(frozen=True, slots=True)
class Confidence:
    """`trust`: the intercept and a weight for each of `Features`; `thresholds`: least probability by share of wrong
    answers, rising with the probability."""

    mix: Mix
    intercept: float
    trust: Features
    thresholds: Mapping[float, float]

    def threshold(self, wrong_answers: float) -> float:
        """Between two known shares by a straight line, beyond them the nearest."""
        known = sorted(self.thresholds.items())
        for (low, at_low), (high, at_high) in pairwise(known):
            if low <= wrong_answers <= high:
                return at_low + (at_high - at_low) * (wrong_answers - low) / (high - low)
        return known[0][1] if wrong_answers < known[0][0] else known[-1][1]


@dataclass(frozen=True, slots=True)
class Scored:
    topic: str
    probability: float


def rank(candidates: Sequence[Candidate], asked: Asked, confidence: Confidence | None = None) -> list[Scored]:
    """Best first; of equals, in the order of their names, so that the same question gets the same answer."""
    if not candidates:
        return []
    known = confidence or shipped_confidence()
    ordered = by_score(candidates, known.mix)
    shared = shares(ordered, known.mix)
    first = probability(features(ordered[0], shared[0], asked), known)
    return [
        Scored(candidate.topic, first * share / shared[0]) for candidate, share in zip(ordered, shared, strict=True)
    ]


def by_score(candidates: Sequence[Candidate], mix: Mix) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: (-score(candidate, mix), candidate.topic))


def score(candidate: Candidate, mix: Mix) -> float:
    return (
        mix.middle * candidate.middle
        + mix.nearest * candidate.nearest
        + mix.lexical * candidate.lexical
        + mix.lexical_middle * candidate.lexical_middle
    )


def shares(candidates: Sequence[Candidate], mix: Mix) -> list[float]:
    """Softmax of the scores. Adds up to 1."""
    scores = [score(candidate, mix) for candidate in candidates]
    best = max(scores)
    powers = [math.exp(each - best) for each in scores]
    return [power / sum(powers) for power in powers]


def features(first: Candidate, share: float, asked: Asked) -> Features:
    clipped = min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    return Features(
        share=math.log(clipped / (1 - clipped)),
        middle=first.middle,
        nearest=first.nearest,
        lexical=first.lexical,
        outside=asked.outside,
        words=math.log1p(max(asked.words, 0)),
    )


def probability(given: Features, confidence: Confidence) -> float:
    names = [field.name for field in fields(Features)]
    weights, values = ([getattr(each, name) for name in names] for each in (confidence.trust, given))
    logit = confidence.intercept + sum(map(mul, weights, values))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def read_confidence(path: Path) -> Confidence:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Confidence(
            mix=Mix(**_numbers(content["mix"])),
            intercept=float(content["intercept"]),
            trust=Features(**_numbers(content["trust"])),
            thresholds={float(share): float(least) for share, least in content["thresholds"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfidenceError(
            f"{path}: expected the numbers that nlu.training.calibrate writes ({error!r}). "
            "Restore the file from the distribution, or write it anew: otklik model train."
        ) from error


def to_json(confidence: Confidence) -> dict[str, object]:
    thresholds = {f"{share:g}": least for share, least in sorted(confidence.thresholds.items())}
    return {
        "mix": asdict(confidence.mix),
        "intercept": confidence.intercept,
        "trust": asdict(confidence.trust),
        "thresholds": thresholds,
    }


def _numbers(values: Mapping[str, object]) -> dict[str, float]:
    return {name: float(str(value)) for name, value in values.items()}


@cache
def shipped_confidence() -> Confidence:
    return read_confidence(CONFIDENCE_FILE)


def confidence_of(model: str) -> Confidence:
    """What was fitted for an encoder (see `nlu.encoder.build_encoder`); the shipped one's where nothing was."""
    path = Path(model) / CONFIDENCE_FILE.name
    return read_confidence(path) if path.is_file() else shipped_confidence()
