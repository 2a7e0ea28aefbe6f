"""From similarities of one question's candidates to the probability that each topic is the right one. Pure.

Cosines of the shipped encoder crowd between 0.75 and 0.95, so no threshold on them means anything; a small logistic
model, fitted by `nlu.training.calibrate`, reads them together with the lead over the rivals and the words in common.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import mul
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nlu.encoder import MODEL_FOLDER

Number = TypeVar("Number", float, npt.NDArray[np.float32])

CONFIDENCE_FILE = MODEL_FOLDER / "confidence.json"


class ConfidenceError(Exception):
    """The file of coefficients cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One topic as the search found it for one question."""

    topic: str
    similarity: float  # best cosine of its phrasings
    topic_similarity: float  # closeness to the topic as a whole, on the scale of cosines
    lexical: float  # 0..1


@dataclass(frozen=True, slots=True)
class Scored:
    topic: str
    probability: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """`low` and `high` spread the cosines over 0..1; the two shares mix the scores; the rest is the logistic model."""

    low: float
    high: float
    topic_share: float
    lexical_share: float
    intercept: float
    fused: float
    margin: float
    lexical: float
    words: float


@dataclass(frozen=True, slots=True)
class Features:
    """What the probability of one candidate depends on."""

    fused: float
    margin: float  # lead over the best rival; negative for the rivals themselves
    lexical: float
    words: float  # grows ever slower with the length of the question


def rank(candidates: Sequence[Candidate], words: int, coefficients: Coefficients | None = None) -> list[Scored]:
    """Best first, probabilities never rising down the list; `words` is how many the question has."""
    known = coefficients or shipped_coefficients()
    ordered = by_fused_score(candidates, known)
    ranked: list[Scored] = []
    ceiling = 1.0
    for place, candidate in enumerate(ordered):
        rival = ordered[0] if place else ordered[1] if len(ordered) > 1 else None
        ceiling = min(ceiling, probability(features(candidate, rival, words, known), known))
        ranked.append(Scored(candidate.topic, ceiling))
    return ranked


def by_fused_score(candidates: Sequence[Candidate], coefficients: Coefficients) -> list[Candidate]:
    """Best first; equal scores in the order of their names, so that the same question gets the same answer."""
    return sorted(candidates, key=lambda candidate: (-fused_score(candidate, coefficients), candidate.topic))


def fused_score(candidate: Candidate, coefficients: Coefficients) -> float:
    topic_share, lexical_share = coefficients.topic_share, coefficients.lexical_share
    return (
        (1 - topic_share - lexical_share) * spread(candidate.similarity, coefficients)
        + topic_share * spread(candidate.topic_similarity, coefficients)
        + lexical_share * candidate.lexical
    )


def features(candidate: Candidate, rival: Candidate | None, words: int, coefficients: Coefficients) -> Features:
    fused = fused_score(candidate, coefficients)
    rival_score = fused_score(rival, coefficients) if rival else 0.0
    return Features(fused, fused - rival_score, candidate.lexical, math.log1p(max(words, 0)))


def probability(given: Features, coefficients: Coefficients) -> float:
    weights = [getattr(coefficients, field.name) for field in fields(Features)]
    values = [getattr(given, field.name) for field in fields(Features)]
    logit = coefficients.intercept + sum(map(mul, weights, values))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def read_coefficients(path: Path) -> Coefficients:
    names = [field.name for field in fields(Coefficients)]
    try:
        values = json.loads(path.read_text(encoding="utf-8"))["coefficients"]
        return Coefficients(**{name: float(values[name]) for name in names})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfidenceError(
            f'{path}: expected the numbers {", ".join(names)} under "coefficients" ({error!r}). '
            "Restore the file from the distribution, or write it anew: python -m nlu.training.calibrate ROWS.jsonl."
        ) from error


@cache
def shipped_coefficients() -> Coefficients:
    return read_coefficients(CONFIDENCE_FILE)


def spread(cosine: Number, coefficients: Coefficients) -> Number:
    """Cosines over 0..1; of one or of many at once."""
    return (cosine - coefficients.low) / (coefficients.high - coefficients.low)
