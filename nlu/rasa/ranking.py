"""What Rasa answers to a question -> shares of the intents, and those on the scale of the built-in probabilities. Pure.

DIET spreads its confidence over all intents: among 1000 of them that of the first is small (0.08 in the median) even
when it is right, and only the ten best are told. So what counts is an intent's share among those ten.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nlu.rasa.intents import FALLBACK

ANSWER_FROM = 0.6
"""The share from which up Rasa's reading is answered. Chosen, not fitted: more than all the others together, and some.

A shown share of wrong answers is kept by another number for each model: measure with `otklik model eval`.
"""


@dataclass(frozen=True, slots=True)
class Ranked:
    intent: str
    confidence: float


Ranking = Sequence[Ranked]


def read_ranking(body: Any) -> Ranking:
    """From the JSON of POST /model/parse. ValueError for anything else."""
    try:
        ranking = tuple(Ranked(str(row["name"]), float(row["confidence"])) for row in body["intent_ranking"])
    except (KeyError, TypeError) as error:
        raise ValueError("no intent_ranking of names and confidences") from error
    if not all(math.isfinite(each.confidence) and each.confidence >= 0 for each in ranking):
        raise ValueError("a confidence that is none")
    return ranking


def shares(ranking: Ranking) -> dict[str, float]:
    """By intent, adding up to 1. Empty when Rasa has no idea."""
    read = {each.intent: each.confidence for each in ranking if each.intent != FALLBACK}
    total = sum(read.values())
    return {intent: confidence / total for intent, confidence in read.items()} if total else {}


def on_scale(share: float, answer: float, answer_from: float = ANSWER_FROM) -> float:
    """The share as a probability that may be held against the thresholds of the built-in search: `answer_from` becomes
    `answer`, 0 and 1 stay, straight lines between. So one policy serves whoever reads the question."""
    if share <= answer_from:
        return answer * share / answer_from
    return answer + (1 - answer) * (share - answer_from) / (1 - answer_from)
