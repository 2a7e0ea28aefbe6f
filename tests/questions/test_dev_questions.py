"""The questions the bot is measured on: written from titles alone, never from a topic's phrasings."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from knowledge.loader import load
from nlu.normalize import normalize
from tests.knowledge.content import SHIPPED

HERE = Path(__file__).parent
REGISTERS = {"plain", "slang", "terse", "typo", "angry", "story", "double", "layout", "translit", "broken"}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def questions() -> list[dict[str, Any]]:
    return rows("dev.jsonl")


def test_there_are_enough_of_each_kind(questions: list[dict[str, Any]]) -> None:
    in_scope = [question for question in questions if question["topic"]]
    languages = Counter(question["language"] for question in in_scope)
    assert languages["ru"] >= 1_500
    assert languages["en"] + languages["zh"] >= 100
    assert len(questions) - len(in_scope) >= 300
    assert {question["register"] for question in questions} == REGISTERS


def test_each_names_a_topic_there_is(questions: list[dict[str, Any]]) -> None:
    topics = load(SHIPPED).topics
    named = {question[key] for question in questions for key in ("topic", "also") if question.get(key)}
    assert sorted(named - topics.keys()) == []


def test_none_is_asked_twice_and_none_is_a_phrasing(questions: list[dict[str, Any]]) -> None:
    texts = [normalize(question["text"]) for question in questions]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    told = {normalize(phrasing) for topic in load(SHIPPED).topics.values() for phrasing in topic.questions}
    copied = [text for text in texts if text in told and len(text.split()) > 3]  # two words may well meet
    assert copied == []


@pytest.mark.parametrize(
    ("name", "lines"), [("real_questions_labels.jsonl", 102), ("real_out_of_scope_labels.jsonl", 57)]
)
def test_real_messages_are_labelled_by_line_and_not_quoted(name: str, lines: int) -> None:
    topics = load(SHIPPED).topics
    labels = rows(name)
    assert [label["line"] for label in labels] == list(range(1, lines + 1))
    assert {key for label in labels for key in label} <= {"line", "topics", "person"}
    assert sorted({topic for label in labels for topic in label["topics"]} - topics.keys()) == []
