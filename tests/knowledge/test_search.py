from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.build import build
from knowledge.lexical import LexicalIndex
from knowledge.loader import load
from knowledge.search import Finder, Searcher
from nlu.confidence import Confidence, Features, Mix
from tests.knowledge.content import Content, SpellingEncoder, topic

MONEY = "[сколько денег на счёте, мой баланс, остаток средств, баланс телефона, проверить счёт, посмотреть баланс, " + (
    "узнать сколько денег, баланс сим, деньги на номере, что на счету]"
)
SIM = "[потерял симку, заблокировать сим, украли телефон, симка пропала, блокировка номера, телефон утерян, " + (
    "срочно закройте сим, утеря карты, пропал телефон, остановите номер]"
)


@pytest.fixture
def finder(content: Content, encoder: SpellingEncoder, tmp_path: Path) -> Finder:
    content.write("topics/balance/check.yml", topic("balance.check", "Как узнать баланс", questions=MONEY))
    content.write("topics/sim/lost.yml", topic("sim.lost", "Потерял SIM-карту", questions=SIM))
    return Finder(build(load(content.folder), encoder, tmp_path / "index"))


@pytest.fixture
def searcher(content: Content, finder: Finder, encoder: SpellingEncoder) -> Searcher:
    return Searcher(load(content.folder), finder, encoder.encode_one)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Мой БАЛАНС!!!", "balance.check"),
        ("где посмотреть балланс", "balance.check"),
        ("у меня украли симку", "sim.lost"),
    ],
)
async def test_topic_is_found_by_its_words(searcher: Searcher, query: str, expected: str) -> None:
    hits = await searcher.find(query)
    assert hits[0].topic == expected
    assert [hit.probability for hit in hits] == sorted((hit.probability for hit in hits), reverse=True)
    assert all(0 <= hit.probability <= 1 for hit in hits)


async def test_hit_names_the_nearest_phrasing_and_hides_it_from_logs(searcher: Searcher) -> None:
    (hit,) = await searcher.find("мой баланс", limit=1)
    assert (hit.title, hit.phrasing) == ("Как узнать баланс", "мой баланс")
    assert hit.similarity == pytest.approx(1.0, abs=1e-4)
    assert "мой баланс" not in repr(hit)


@pytest.mark.parametrize("query", ["", "   ", "???", "😀"])
async def test_query_without_a_word_finds_nothing(searcher: Searcher, query: str) -> None:
    assert await searcher.find(query) == []


async def test_each_topic_comes_once(searcher: Searcher) -> None:
    topics = [hit.topic for hit in await searcher.find("баланс sell price сим", limit=10)]
    assert len(topics) == len(set(topics)) == 4


def test_a_topic_is_as_close_as_the_middle_of_its_phrasings(
    content: Content, finder: Finder, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    built = build(load(content.folder), encoder, tmp_path / "index")
    (vector,) = encoder.encode(["остаток на счету"])
    found = {candidate.topic: candidate for candidate in finder.candidates("остаток на счету", vector)}
    own = np.array([phrasing.topic == "balance.check" for phrasing in built.phrasings])
    middle = built.vectors[own].sum(axis=0)
    assert found["balance.check"].middle == pytest.approx(float(middle @ vector / np.linalg.norm(middle)), abs=1e-5)
    assert found["balance.check"].nearest == pytest.approx(float((built.vectors[own] @ vector).max()), abs=1e-5)


async def test_question_like_one_of_no_topic_is_less_probable(
    content: Content, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    content.write("topics/balance/check.yml", topic("balance.check", "Как узнать баланс", questions=MONEY))
    unknown = '{"topic": null, "text": "мой баланс воды в организме"}\n'
    probabilities = []
    for asked in ("", unknown):
        content.write("asked/no_topic.jsonl", asked)
        base = load(content.folder)
        finder = Finder(build(base, encoder, tmp_path / "index"))
        confidence = Confidence(Mix(10.0, 10.0, 10.0), 0.0, Features(1.0, 1.0, 1.0, 1.0, -5.0, 0.0), {0.02: 0.9})
        (hit,) = await Searcher(base, finder, encoder.encode_one, confidence).find("мой баланс воды", limit=1)
        probabilities.append(hit.probability)
    assert probabilities[0] > probabilities[1]


def test_same_spelling_scores_one_and_a_typo_little_less() -> None:
    index = LexicalIndex(["обещанный платеж", "детализация звонков"])
    same, other = index.scores("обещанный платеж")
    typo, _ = index.scores("обещаный платеш")
    assert same == pytest.approx(1.0, abs=1e-5)
    assert other < 0.2 < typo < same


@given(st.lists(st.text(st.sampled_from("абвг "), max_size=12), min_size=1, max_size=8), st.text(max_size=12))
def test_spelling_scores_stay_between_zero_and_one(texts: list[str], query: str) -> None:
    scores = LexicalIndex(texts).scores(query)
    assert scores.shape == (len(texts),)
    assert all(0 <= score <= 1 for score in scores)


def test_texts_alike_add_up_and_texts_apart_do_not() -> None:
    index = LexicalIndex(["баланс", "баланс", "баланс", "роуминг"])
    same, apart = index.lengths(np.array([0, 2]))
    assert same == pytest.approx(2.0, abs=1e-5)
    assert apart == pytest.approx(2**0.5, abs=1e-5)
