"""All measures of one run, for people (Markdown) and programs (JSON)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import numpy as np

from nlu.evaluation import metrics
from nlu.evaluation.misses import Harmless, Linked, Misses, misses, rows_of_misses
from nlu.evaluation.outcome import Outcome

RISKS = (0.01, 0.02, 0.05)
FEWEST_IN_A_GROUP = 10
KINDS = ("language", "register", "area")  # attributes of Question


@dataclass(frozen=True, slots=True)
class Group:
    """Questions in scope of one area, register or language."""

    questions: int
    top1: float
    top3: float
    answered: float
    wrong_among_answered: float


@dataclass(frozen=True, slots=True)
class Report:
    """`values` by name, the same names as in --json; `intervals`: 95 of 100 for some of them."""

    values: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Group]] = field(default_factory=dict)  # kind of group -> name -> group
    misses: Mapping[str, Misses] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        groups = {kind: {name: asdict(group) for name, group in found.items()} for kind, found in self.groups.items()}
        return {
            **self.values,
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            **groups,
            "misses": {kind: asdict(each) for kind, each in self.misses.items()},
        }


def measure(outcomes: Sequence[Outcome], harmless: Harmless, linked: Linked) -> Report:
    """`harmless`: topics whose answer to a question out of scope is no fault, as small talk is; `linked`: the topics
    that the content leads to from a topic."""
    with_interval: dict[str, metrics.Measure] = {
        "top1": partial(metrics.top, places=1),
        "top3": partial(metrics.top, places=3),
        "wrong_among_answered": metrics.wrong_among_answered,
        "coverage_at_2pct_risk": partial(metrics.coverage_at_risk, risk=0.02),
    }
    coverage = {f"coverage_at_{risk:.0%}_risk".replace("%", "pct"): risk for risk in RISKS}
    times = [outcome.ms for outcome in outcomes]
    values = {
        "questions": float(len(outcomes)),
        "in_scope": float(sum(outcome.question.is_in_scope for outcome in outcomes)),
        **{name: function(outcomes) for name, function in with_interval.items()},
        "mrr": metrics.mean_reciprocal_rank(outcomes),
        **{decision: metrics.decided(outcomes, decision) for decision in ("answer", "clarify", "escalate")},
        **{name: metrics.coverage_at_risk(outcomes, risk) for name, risk in coverage.items()},
        "out_of_scope_answered": metrics.out_of_scope_answered(outcomes, harmless),
        "auroc_scope": metrics.scope_auroc(outcomes),
        "ece": metrics.calibration_error(outcomes),
        "ms_p50": float(np.percentile(times, 50)),
        "ms_p99": float(np.percentile(times, 99)),
    }
    intervals = {name: metrics.interval(outcomes, function) for name, function in with_interval.items()}
    return Report(values, intervals, _groups(outcomes), misses(outcomes, harmless, linked))


def _groups(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Group]]:
    sorted_in: dict[str, dict[str, list[Outcome]]] = {kind: defaultdict(list) for kind in KINDS}
    for outcome in outcomes:
        if outcome.question.is_in_scope:
            for kind, groups in sorted_in.items():
                groups[getattr(outcome.question, kind)].append(outcome)
    return {
        kind: {name: _group(found) for name, found in sorted(groups.items()) if len(found) >= FEWEST_IN_A_GROUP}
        for kind, groups in sorted_in.items()
    }


def _group(outcomes: Sequence[Outcome]) -> Group:
    return Group(
        questions=len(outcomes),
        top1=metrics.top(outcomes, 1),
        top3=metrics.top(outcomes, 3),
        answered=metrics.decided(outcomes, "answer"),
        wrong_among_answered=metrics.wrong_among_answered(outcomes),
    )


def as_markdown(report: Report) -> str:
    lines = ["| measure | value | 95 of 100 |", "| --- | ---: | --- |"]
    for name, value in report.values.items():
        low, high = report.intervals.get(name, (0.0, 0.0))
        lines.append(f"| {name} | {value:.4g} | {f'{low:.3f} to {high:.3f}' if name in report.intervals else ''} |")
    for kind, groups in report.groups.items():
        lines += ["", f"| {kind} | questions | top-1 | top-3 | answered | wrong among answered |"]
        lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
        for name, group in groups.items():
            lines.append(
                f"| {name} | {group.questions} | {group.top1:.1%} | {group.top3:.1%} "
                f"| {group.answered:.1%} | {group.wrong_among_answered:.1%} |"
            )
    return "\n".join([*lines, "", *rows_of_misses(report.misses)]) + "\n"
