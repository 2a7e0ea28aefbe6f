"""Questions of known answer through one ranker: what it finds, how sure it is of it, how long it takes."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from bench.baselines.ranker import Ranker
from nlu.evaluation import metrics
from nlu.evaluation.outcome import Outcome, Question
from nlu.understanding import understand

PLACES = 5  # as many as `otklik model eval` looks at: more would only flatter the mean reciprocal rank
WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """`query`: what the bot would search; the same for every ranker, and no part of its time."""

    question: Question
    query: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """Shares are 0..1. Coverage: of the questions in scope, at so many wrong among the answers."""

    name: str
    top1: float
    top1_interval: tuple[float, float]  # 95 of 100
    top3: float
    mrr: float
    coverage_at_2pct_risk: float
    coverage_at_5pct_risk: float
    auroc_scope: float
    ms_p50: float
    ms_p99: float
    megabytes: float | None
    made_s: float | None


def asked(questions: Iterable[Question]) -> list[Asked]:
    return [Asked(question, understand(question.text).query) for question in questions]


def measure(ranker: Ranker, questions: Sequence[Asked], shown: Iterable[Asked]) -> Row:
    """`shown`: the questions again, behind a progress bar."""
    for each in questions[:WARM_UP]:
        ranker.rank(f"скажите, {each.query}")  # not word for word: the bot remembers vectors of what it was asked
    return row(ranker, [_outcome(each, ranker) for each in shown])


def _outcome(asked: Asked, ranker: Ranker) -> Outcome:
    started = time.perf_counter()
    ranked = ranker.rank(asked.query)[:PLACES]
    ms = (time.perf_counter() - started) * 1000
    confidence = ranked[0][1] if ranked else 0.0
    return Outcome(asked.question, [topic for topic, _ in ranked], confidence, "answer", ms)


def row(ranker: Ranker, outcomes: Sequence[Outcome]) -> Row:
    times = [outcome.ms for outcome in outcomes]
    return Row(
        name=ranker.name,
        top1=metrics.top(outcomes, 1),
        top1_interval=metrics.interval(outcomes, partial(metrics.top, places=1)),
        top3=metrics.top(outcomes, 3),
        mrr=metrics.mean_reciprocal_rank(outcomes),
        coverage_at_2pct_risk=metrics.coverage_at_risk(outcomes, 0.02),
        coverage_at_5pct_risk=metrics.coverage_at_risk(outcomes, 0.05),
        auroc_scope=metrics.scope_auroc(outcomes),
        ms_p50=float(np.percentile(times, 50)),
        ms_p99=float(np.percentile(times, 99)),
        megabytes=ranker.megabytes,
        made_s=ranker.made_s,
    )
