"""The rows for people (Markdown) and for programs (JSON)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.baselines.measure import Row
from bench.machine import Machine

HEADINGS = (
    "",
    "top-1",
    "95 of 100",
    "top-3",
    "MRR",
    "at 2 % wrong",
    "at 5 % wrong",
    "AUROC",
    "p50, ms",
    "p99, ms",
    "MB",
    "made in CPU s",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was asked of what, and what came of it."""

    machine: Machine
    questions: int
    in_scope: int
    topics: int
    phrasings: int
    rows: Sequence[Row]


def as_json(comparison: Comparison) -> str:
    return json.dumps(asdict(comparison), ensure_ascii=False, indent=2)


def as_markdown(comparison: Comparison) -> str:
    return "\n".join(
        [
            comparison.machine.as_line(),
            "",
            f"{comparison.questions} questions, {comparison.in_scope} of them in scope; "
            f"{comparison.topics} topics with {comparison.phrasings} phrasings.",
            "",
            f"| {' | '.join(HEADINGS)} |",
            f"| --- |{' ---: |' * (len(HEADINGS) - 1)}",
            *(f"| {' | '.join(_cells(row))} |" for row in comparison.rows),
        ]
    )


def _cells(row: Row) -> list[str]:
    low, high = row.top1_interval
    return [
        row.name,
        _percent(row.top1),
        f"{100 * low:.1f} to {100 * high:.1f}",
        _percent(row.top3),
        f"{row.mrr:.3f}",
        _percent(row.coverage_at_2pct_risk),
        _percent(row.coverage_at_5pct_risk),
        f"{row.auroc_scope:.3f}",
        f"{row.ms_p50:.1f}",
        f"{row.ms_p99:.1f}",
        _whole(row.megabytes),
        _whole(row.made_s),
    ]


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")


def _whole(number: float | None) -> str:
    return "" if number is None else f"{number:.0f}"
