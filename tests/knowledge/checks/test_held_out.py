"""Phrasings searched without themselves, against the search as it serves, with the phrasing really taken away."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.build import Built, build
from knowledge.checks.closeness import closeness_findings, stray_findings
from knowledge.checks.held_out import HeldOut
from knowledge.checks.report import retrieval_report
from knowledge.loader import load
from knowledge.search import Finder
from nlu.confidence import Mix, by_score
from tests.knowledge.content import Content, SpellingEncoder, topic

SELL = "[продать гиги, продать гигабайты, выставить гиги, продажа гигов, гиги продать бы, лот с гигами, гиги на маркет, сбыть гиги, куда деть гиги, гиги]"  # noqa: E501
PRICE = "[цена лота, цена продажи, какую цену, сколько просить, почём лот, дорого просить, цену поднять, дешёвый лот, стоимость лота, цена]"  # noqa: E501

MIX = Mix(middle=20.0, nearest=10.0, lexical=10.0)
LONG = "продать лишние гигабайты и получить за них деньги на телефон"


@pytest.fixture
def built(content: Content, encoder: SpellingEncoder, tmp_path: Path) -> Built:
    content.write(
        "topics/market/selling.yml",
        topic("market.sell", title="Как продать гигабайты", questions=SELL)
        + topic("market.price", title="Какую цену поставить", questions=PRICE),
    )
    return build(load(content.folder), encoder, tmp_path / "index")


def test_it_finds_what_the_search_finds_without_the_phrasing(built: Built) -> None:
    agreed = 0
    for found in HeldOut(built, MIX).search_all():
        kept = np.arange(len(built.phrasings)) != found.row
        without = Built(
            tuple(phrasing for phrasing, keep in zip(built.phrasings, kept, strict=True) if keep),
            built.vectors[kept],
            built.topics,
            built.answers,
            built.outside,
        )
        asked = built.phrasings[found.row]
        first = by_score(Finder(without).candidates(asked.text, built.vectors[found.row]), MIX)[0]
        agreed += first.topic == built.topics[found.best_topic]
    # The rarity of a piece of a word is counted with the phrasing there, without it here: near ties may differ.
    assert agreed >= 0.9 * len(built.phrasings)


def test_the_report_counts_questions_and_not_titles(content: Content, built: Built) -> None:
    base = load(content.folder)
    report = retrieval_report(base, built, HeldOut(built, MIX).search_all())
    assert report.total.questions == 20
    assert report.areas["market"].questions == 20
    assert 0 < report.total.top1 <= report.total.top3 == 1


def test_questions_of_two_topics_that_mean_the_same_are_named(
    content: Content, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    content.write(
        "topics/market/selling.yml",
        topic("market.sell", title="Продажа", questions=SELL.replace("лот с гигами", LONG))
        + topic("market.price", title="Цена", questions=PRICE.replace("почём лот", LONG + "е")),
    )
    base = load(content.folder)
    built = build(base, encoder, tmp_path / "index")
    findings = closeness_findings(base, built, HeldOut(built, MIX).search_all())
    assert f"значит почти то же, что «{LONG}е» темы «market.price»" in "\n".join(map(str, findings))


def test_questions_that_go_astray_are_named_with_where_they_go(
    content: Content, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    content.write(
        "topics/market/selling.yml",
        topic("market.sell", title="Продажа", questions=SELL.replace("лот с гигами", "какую цену просить"))
        + topic("market.price", title="Цена", questions=PRICE),
    )
    base = load(content.folder)
    built = build(base, encoder, tmp_path / "index")
    named = "\n".join(map(str, stray_findings(base, built, HeldOut(built, MIX).search_all())))
    assert "market.sell: «какую цену просить» без этой строки попадает в тему «market.price»" in named
