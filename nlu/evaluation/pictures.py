"""The two curves of a report as pictures. Needs matplotlib, which the extras `train` and `dev` bring."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nlu.evaluation.metrics import reliability, risk_coverage
from nlu.evaluation.outcome import Outcome

RISK_COVERAGE = "risk_coverage.png"
RELIABILITY = "reliability.png"
INCHES = (6.0, 4.5)
DOTS_PER_INCH = 120


def draw(outcomes: Sequence[Outcome], folder: Path, risk: float) -> None:
    """`risk`: the share of wrong answers that the bot promises not to exceed."""
    figure, axes = _chart(
        "How much can be answered at which risk", "answered, of questions in scope", "wrong, of answers"
    )
    coverage, risks = risk_coverage(outcomes)
    axes.plot(coverage, risks)
    axes.axhline(risk, linestyle="--", color="grey", label=f"promised: {risk:.0%}")
    axes.legend()
    figure.savefig(folder / RISK_COVERAGE, dpi=DOTS_PER_INCH)

    figure, axes = _chart("Does a probability keep its promise", "promised probability", "share that was right")
    promised, kept, sizes = zip(*reliability(outcomes), strict=True)
    axes.plot((0, 1), (0, 1), linestyle="--", color="grey", label="kept exactly")
    axes.scatter(promised, kept, [2000 * size for size in sizes], alpha=0.5, label="area: share of questions")
    axes.legend(markerscale=0.3)
    figure.savefig(folder / RELIABILITY, dpi=DOTS_PER_INCH)


def _chart(title: str, across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=INCHES, layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=across, ylabel=up, xlim=(0, 1))
    axes.grid(alpha=0.3)
    return figure, axes
