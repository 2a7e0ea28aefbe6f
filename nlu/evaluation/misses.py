"""Of what kind the misses are: what stood first instead of the right topic."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from nlu.evaluation.outcome import Outcome

Linked = Callable[[str], Collection[str]]
Harmless = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Misses:
    """Questions in scope whose first topic is wrong; of them those with the right one second or third, and those that
    were answered with the wrong one."""

    questions: int
    right_next: int
    answered: int


def misses(outcomes: Sequence[Outcome], harmless: Harmless, linked: Linked) -> dict[str, Misses]:
    """By kind, the most frequent first. `harmless`: small talk; `linked`: where the content leads to from a topic."""
    missed = [outcome for outcome in outcomes if outcome.question.is_in_scope and not outcome.is_right]
    kinds = [_kind(outcome, harmless, linked) for outcome in missed]
    return {kind: _counted(missed, kinds, kind) for kind, _ in Counter(kinds).most_common()}


def rows_of_misses(kinds: Mapping[str, Misses]) -> list[str]:
    """In Markdown."""
    rows = [f"| {kind} | {each.questions} | {each.right_next} | {each.answered} |" for kind, each in kinds.items()]
    return [
        "| first instead | questions | right one 2nd or 3rd | answered wrongly |",
        "| --- | ---: | ---: | ---: |",
        *rows,
    ]


def _kind(outcome: Outcome, harmless: Harmless, linked: Linked) -> str:
    if not outcome.found:
        return "nothing"
    first = outcome.found[0]
    if harmless(first):
        return "small talk"
    if any(first in linked(right) or right in linked(first) for right in outcome.question.right):
        return "a linked topic"
    return "another of the area" if first.startswith(f"{outcome.question.area}.") else "another area"


def _counted(missed: Sequence[Outcome], kinds: Sequence[str], kind: str) -> Misses:
    of_kind = [outcome for outcome, each in zip(missed, kinds, strict=True) if each == kind]
    return Misses(
        questions=len(of_kind),
        right_next=sum(outcome.place in {1, 2} for outcome in of_kind),
        answered=sum(outcome.decision == "answer" for outcome in of_kind),
    )
