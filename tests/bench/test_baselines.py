"""Each ranker finds the right one of three topics; what is measured of it, and how it is told."""

import json
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
import yaml

from bench.baselines import report
from bench.baselines.bm25 import Bm25
from bench.baselines.documents import by_phrasing, by_topic
from bench.baselines.masking import Masking
from bench.baselines.measure import Asked, asked, measure
from bench.baselines.ours import Ours
from bench.baselines.ranker import Ranked, Ranker
from bench.baselines.rasa import Rasa
from bench.baselines.report import Comparison
from bench.baselines.tfidf import Tfidf
from bench.baselines.vectors import by_vectors
from bench.machine import this_machine
from bot import config as configuration
from knowledge.base import KnowledgeBase
from knowledge.build import Phrasing, phrasings
from knowledge.loader import load
from nlu.evaluation.outcome import Question
from tests.knowledge.content import Content, SpellingEncoder, topic

ROOT = Path(__file__).parents[2]
MONEY = "[сколько денег на счёте, мой баланс, остаток средств, баланс телефона, проверить счёт, посмотреть баланс, " + (
    "узнать сколько денег, баланс сим, деньги на номере, что на счету]"
)
SIM = "[потерял симку, заблокировать сим, украли телефон, симка пропала, блокировка номера, телефон утерян, " + (
    "срочно закройте сим, утеря карты, пропал телефон, остановите номер]"
)
PRICES = "[цена в турции, минуты в турции, связь в турции, звонок в турции, почём в турции, дорого в турции, " + (
    "сколько стоит в турции, расценки в турции, стоимость в турции, тариф в турции]"
)
COUNTRIES = """
country:
  word: страна
  word_forms: {where: в стране, to: в страну, from: из страны}
  source: пример
  checked: 2026-11-28
  sample: true
  rows:
    tr: {name: Турция, forms: {where: в Турции}}
    by: {name: Беларусь, forms: {where: в Беларуси}}
"""
ABROAD = topic(
    "roaming.price",
    "Цены за границей",
    about="country",
    title_with_name="Цены {{ country.where }}",
    questions=PRICES,
    answer="Цены {{ country.where }}.",
    answer_without_name="Напишите страну.",
)


@pytest.fixture
def content(tmp_path: Path) -> Content:
    content = Content(tmp_path / "knowledge")
    (content.folder / "topics/market/selling.yml").unlink()
    content.write("tables/country.yml", COUNTRIES)
    content.write("topics/balance/check.yml", topic("balance.check", "Как узнать баланс", questions=MONEY))
    content.write("topics/sim/lost.yml", topic("sim.lost", "Потерял SIM-карту", questions=SIM))
    content.write("topics/roaming/price.yml", ABROAD)
    return content


@pytest.fixture
def base(content: Content) -> KnowledgeBase:
    return load(content.folder)


@pytest.fixture
def told(base: KnowledgeBase) -> tuple[Phrasing, ...]:
    return phrasings(base)


def rasa(base: KnowledgeBase, ranking: Sequence[tuple[str, float]]) -> Rasa:
    """One that gives the same ranking for every text."""
    said = {"intent_ranking": [{"name": name, "confidence": confidence} for name, confidence in ranking]}
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=said))
    return Rasa(httpx.Client(transport=transport, base_url="http://rasa"), base.topics, "мой баланс")


def local_rankers(told: Sequence[Phrasing], folder: Path) -> list[Ranker]:
    ways = (by_phrasing(told), by_topic(told))
    return [*map(Bm25, ways), *map(Tfidf, ways), *by_vectors(SpellingEncoder(), told, folder)]


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("какой у меня БАЛАНС?", "balance.check"),
        ("украли симку", "sim.lost"),
        ("цена звонка в Беларуси", "roaming.price"),
    ],
)
def test_the_topic_of_the_words_comes_first(
    base: KnowledgeBase, told: Sequence[Phrasing], tmp_path: Path, question: str, right: str
) -> None:
    for ranker in local_rankers(told, tmp_path):
        ranked = Masking(ranker, base).rank(question)
        assert ranked[0][0] == right, ranker.name
        assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)
        assert len(dict(ranked)) == len(ranked)


def test_names_say_what_is_compared(told: Sequence[Phrasing], tmp_path: Path) -> None:
    rankers = local_rankers(told, tmp_path)
    assert len({ranker.name for ranker in rankers}) == 6
    assert all(ranker.made_s is not None for ranker in rankers)


@pytest.mark.parametrize("question", ["", "???", "ъъъ"])
def test_nothing_in_common_finds_nothing(base: KnowledgeBase, told: Sequence[Phrasing], question: str) -> None:
    for ranker in (Bm25(by_phrasing(told)), Tfidf(by_topic(told))):
        assert Masking(ranker, base).rank(question) == []


def test_a_topic_about_countries_is_found_by_its_masked_question_alone(base: KnowledgeBase) -> None:
    ranker = Fixed([("roaming.price", 0.9), ("balance.check", 0.5)])
    assert Masking(ranker, base).rank("сколько стоит") == [("balance.check", 0.5)]
    assert Masking(ranker, base).rank("сколько в Турции") == [("roaming.price", 0.9), ("balance.check", 0.5)]
    assert ranker.asked == ["сколько стоит", "сколько в турции", "сколько в стране"]


def test_no_text_is_encoded_twice(told: Sequence[Phrasing], tmp_path: Path) -> None:
    first, second, third = SpellingEncoder(), SpellingEncoder(), SpellingEncoder()
    made = [list(by_vectors(encoder, told[:-1], tmp_path)) for encoder in (first, second)]
    assert len(first.encoded) == len({phrasing.text for phrasing in told[:-1]})
    assert second.encoded == []
    assert made[0][0].made_s == made[1][0].made_s > 0  # what it took is remembered
    list(by_vectors(third, told, tmp_path))
    assert third.encoded == [told[-1].text]


def test_rasa_names_topics_and_its_doubt_is_no_topic(base: KnowledgeBase) -> None:
    ranker = rasa(base, [("out_of_scope", 0.6), ("balance__check", 0.1), ("sim__lost", 0.3), ("nlu_fallback", 0.2)])
    assert Masking(ranker, base).rank("украли") == [("sim.lost", 0.3), ("balance.check", 0.1)]


@pytest.mark.parametrize("ranking", [[], [("balance/check", 1.0)], [("out_of_scope", 1.0)]])
def test_a_rasa_that_knows_no_topic_is_refused(base: KnowledgeBase, ranking: list[tuple[str, float]]) -> None:
    with pytest.raises(SystemExit, match="balance__check"):
        rasa(base, ranking)


def test_a_rasa_that_fails_is_named(base: KnowledgeBase) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(404))
    with pytest.raises(SystemExit, match=r"rasa at http://rasa.*--enable-api"):
        Rasa(httpx.Client(transport=transport, base_url="http://rasa"), base.topics, "мой баланс")


def test_ours_answers_as_it_serves(content: Content, tmp_path: Path) -> None:
    values = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    values["knowledge"] = {"folder": str(content.folder), "index": str(tmp_path / "index")}
    (tmp_path / "config.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with Ours(configuration.load(tmp_path / "config.yml")) as ours:
        assert ours.rank("цены в Турции")[0][0] == "roaming.price"
        assert ours.rank("") == []
        assert ours.megabytes > 0


class Fixed:
    """Implements Ranker: the same topics for every question, which it keeps."""

    name = "fixed"
    megabytes = None
    made_s = 1.4

    def __init__(self, ranked: Ranked) -> None:
        self.asked: list[str] = []
        self._ranked = ranked

    def rank(self, text: str) -> Ranked:
        self.asked.append(text)
        return self._ranked


def questions() -> list[Asked]:
    told = [Question("Здравствуйте! Мой баланс", frozenset({"a.first"})), Question("симка", frozenset({"a.second"}))]
    return asked([*told, Question("погода")])


def test_what_is_measured_is_the_query_of_the_bot_and_the_rankers_own_score() -> None:
    ranker = Fixed([("a.first", 7.5), ("a.second", 2.0)])
    row = measure(ranker, questions(), questions())
    assert ranker.asked[-3:] == ["Мой баланс", "симка", "погода"]
    assert (row.top1, row.top3, row.mrr, row.auroc_scope) == (0.5, 1.0, 0.75, 0.5)
    assert row.coverage_at_5pct_risk == 0  # all are equally sure, and one of three is right
    assert 0 <= row.ms_p50 <= row.ms_p99


def test_the_report_says_the_same_in_both_forms() -> None:
    row = measure(Fixed([("a.first", 7.5)]), questions(), questions())
    compared = Comparison(this_machine(("numpy",)), questions=3, in_scope=2, topics=3, phrasings=30, rows=[row])
    lines = report.as_markdown(compared).splitlines()
    assert lines[2] == "3 questions, 2 of them in scope; 3 topics with 30 phrasings."
    assert lines[-1].startswith("| fixed | 50.0 % |")
    assert lines[-1].endswith("|  | 1 |")  # nobody knows its size
    assert {line.count("|") for line in lines[4:]} == {13}
    told = json.loads(report.as_json(compared))
    assert told["rows"][0]["top1"] == 0.5
    assert told["machine"]["packages"].keys() == {"numpy"}
