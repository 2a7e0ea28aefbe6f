import json

from nlu.evaluation.report import Report, as_markdown, measure
from tests.nlu.evaluation.test_metrics import CHAT, LOST, OUTSIDE, RIGHT, SECOND, is_small_talk, outcome

OUTCOMES = [RIGHT, SECOND, LOST, OUTSIDE, CHAT] * 10 + [outcome(0.4, "a.right", register="typo")] * 3
PROMISED = {"top1", "top3", "coverage_at_2pct_risk", "out_of_scope_answered", "ece"}


def measured() -> Report:
    return measure(OUTCOMES, is_small_talk, linked=lambda _: ())


def test_the_promised_keys_are_there_and_can_be_written() -> None:
    report = measured().to_dict()
    assert report.keys() >= PROMISED | {"misses", "intervals", "register", "language", "area"}
    assert json.loads(json.dumps(report))["questions"] == 53


def test_groups_are_of_questions_in_scope_and_not_tiny() -> None:
    report = measured()
    assert report.groups["register"].keys() == {"plain"}
    assert report.groups["register"]["plain"].questions == 30


def test_markdown_tells_values_and_intervals() -> None:
    text = as_markdown(measured())
    assert "| top1 | 0.3939 | " in text
    assert "| a | 33 | 39.4% |" in text
