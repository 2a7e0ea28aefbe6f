"""What is learned from is never what is measured on."""

from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.build import build
from knowledge.lessons import examples, kept_examples, questions, rows, split
from knowledge.loader import load
from knowledge.search import Finder
from nlu.evaluation.outcome import Question
from tests.knowledge.content import Content, SpellingEncoder

ASKED = {"market.sell": tuple(f"куда деть гиги {n}" for n in range(200)), "": tuple(f"погода {n}" for n in range(30))}


@pytest.fixture
def base(content: Content) -> KnowledgeBase:
    content.write(
        "asked/market.jsonl",
        '{"topic": "market.sell", "text": "Куда деть лишнее?"}\n{"topic": null, "text": "Какая погода?"}\n',
    )
    return load(content.folder)


def test_every_asked_question_is_taught_or_kept_and_none_is_both() -> None:
    taught, kept = split(ASKED, seed=1)
    for topic, texts in ASKED.items():
        assert sorted(taught[topic] + kept[topic]) == sorted(texts)
    assert 5 <= len(kept["market.sell"]) <= 40
    assert split(ASKED, seed=1) == (taught, kept)
    assert split(ASKED, seed=2) != (taught, kept)


def test_phrasings_and_asked_questions_are_examples_and_no_topic_is_one_more(base: KnowledgeBase) -> None:
    numbers = {example.text: example.topic for example in examples(base)}
    topics = list(base.topics)
    assert numbers["куда деть лишнее"] == topics.index("market.sell")
    assert numbers["какая погода"] == len(topics)
    (kept,) = kept_examples(base, {"market.sell": ("Сбыть лишнее!",), "": ("Который час?",), "no.longer": ("Где?",)})
    assert (kept.text, kept.topic) == ("сбыть лишнее", topics.index("market.sell"))


def test_questions_know_their_topic_or_that_there_is_none() -> None:
    assert [(each.text, each.right) for each in questions({"a.b": ("раз",), "": ("два",)})] == [
        ("раз", frozenset({"a.b"})),
        ("два", frozenset()),
    ]


def test_of_two_right_topics_one_is_right_and_the_other_is_no_rival(
    base: KnowledgeBase, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    finder = Finder(build(base, encoder, tmp_path / "index"))
    question = Question("продать и цена", frozenset({"market.sell", "market.price"}))
    (row,) = rows([question], base, finder, encoder)
    assert row.right in question.right
    assert len({candidate.topic for candidate in row.candidates} & question.right) == 1
