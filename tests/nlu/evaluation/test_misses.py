from nlu.evaluation.misses import Misses, misses, rows_of_misses
from tests.nlu.evaluation.test_metrics import LOST, OUTSIDE, RIGHT, SECOND, is_small_talk, outcome

LINKS = {"a.right": ("a.other",), "b.linked": ("a.right",)}


def linked(topic: str) -> tuple[str, ...]:
    return LINKS.get(topic, ())


def test_a_miss_is_told_by_what_stood_first() -> None:
    outcomes = [
        SECOND,
        LOST,
        outcome(0.5, "b.linked", "x.y", "a.right", decision="clarify"),
        outcome(0.5, "a.third"),
        outcome(0.5, "c.far", decision="escalate"),
        outcome(0.5, "smalltalk.joke"),
        outcome(0.0, decision="clarify"),
    ]
    assert misses(outcomes, is_small_talk, linked) == {
        "a linked topic": Misses(questions=3, right_next=2, answered=1),
        "another of the area": Misses(1, 0, 1),
        "another area": Misses(1, 0, 0),
        "small talk": Misses(1, 0, 1),
        "nothing": Misses(1, 0, 0),
    }


def test_what_is_right_or_out_of_scope_is_no_miss() -> None:
    assert misses([RIGHT, OUTSIDE], is_small_talk, linked) == {}


def test_the_table_has_a_row_for_each_kind() -> None:
    assert rows_of_misses({"nothing": Misses(3, 2, 1)})[-1] == "| nothing | 3 | 2 | 1 |"
