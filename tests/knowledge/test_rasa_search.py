"""Topics from Rasa's rankings; from the built-in search when there are none."""

from pathlib import Path

import pytest

from knowledge.build import build
from knowledge.loader import load
from knowledge.rasa_search import RasaSearcher, by_rasa, topic_shares
from knowledge.search import BUILT_IN, Finder, Searcher, readings
from nlu.rasa.ranking import ANSWER_FROM, Ranked, Ranking
from nlu.rasa.reader import RasaDown, RasaReader
from tests.knowledge.content import Content, SpellingEncoder

ANSWER = 0.9
SURE = [Ranked("market__price", 0.08), Ranked("market__sell", 0.02)]


class FakeRasa:
    """`parse` of a Rasa: rankings by text."""

    def __init__(self) -> None:
        self.rankings: dict[str, Ranking] = {}
        self.asked: list[str] = []
        self.is_down = False

    async def parse(self, text: str) -> Ranking:
        self.asked.append(text)
        if self.is_down:
            raise RasaDown("no answer in 1 s")
        return self.rankings.get(text, ())


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
def built_in(content: Content, encoder: SpellingEncoder, tmp_path: Path) -> Searcher:
    base = load(content.folder)
    return Searcher(base, Finder(build(base, encoder, tmp_path / "index")), encoder.encode_one)


@pytest.fixture
def searcher(content: Content, built_in: Searcher, rasa: FakeRasa) -> RasaSearcher:
    reader = RasaReader(rasa.parse, lambda: 0.0)
    return RasaSearcher(load(content.folder), built_in, reader=reader, answer=ANSWER)


async def test_topics_come_in_the_order_of_their_shares(searcher: RasaSearcher, rasa: FakeRasa) -> None:
    rasa.rankings["сколько стоит лот"] = SURE
    first, second = await searcher.find("Сколько стоит ЛОТ?")
    assert (first.topic, second.topic) == ("market.price", "market.sell")
    assert first.probability >= ANSWER > second.probability
    assert searcher.backend.name == "rasa"


async def test_the_threshold_of_answers_is_rasas_own(searcher: RasaSearcher, rasa: FakeRasa) -> None:
    rasa.rankings["лот"] = [Ranked("market__price", ANSWER_FROM), Ranked("market__sell", 1 - ANSWER_FROM)]
    assert (await searcher.find("лот"))[0].probability == pytest.approx(ANSWER)


async def test_what_falls_to_no_topic_or_to_an_unknown_one_is_left_to_nobody(
    searcher: RasaSearcher, rasa: FakeRasa
) -> None:
    rasa.rankings["лот"] = [Ranked("out_of_scope", 0.06), Ranked("gone__topic", 0.02), Ranked("market__sell", 0.02)]
    (hit,) = await searcher.find("лот")
    assert hit.topic == "market.sell"
    assert hit.probability == pytest.approx(ANSWER * 0.2 / ANSWER_FROM)


async def test_without_an_answer_the_built_in_search_answers_at_once_and_it_is_told(
    searcher: RasaSearcher, built_in: Searcher, rasa: FakeRasa
) -> None:
    rasa.is_down = True
    assert await searcher.find("sell один") == await built_in.find("sell один")
    assert (searcher.backend.name, searcher.backend.fault) == (BUILT_IN.name, "no answer in 1 s")


@pytest.mark.parametrize("query", ["", "???", "😀"])
async def test_a_query_without_a_word_finds_nothing_and_asks_nobody(
    searcher: RasaSearcher, rasa: FakeRasa, query: str
) -> None:
    assert await searcher.find(query) == []
    assert rasa.asked == []


async def test_a_new_search_knows_what_the_last_one_learnt(
    content: Content, built_in: Searcher, rasa: FakeRasa, encoder: SpellingEncoder
) -> None:
    rasa.is_down = True
    make = by_rasa(RasaReader(rasa.parse, lambda: 0.0), lambda *_: built_in, ANSWER)
    base = load(content.folder)
    finder = Finder(build(base, encoder, content.folder.parent / "index"))
    await make(base, finder, encoder.encode_one).find("баланс")
    assert make(base, finder, encoder.encode_one).backend.fault == "no answer in 1 s"


async def test_a_name_is_taken_out_and_its_row_comes_back(
    countries: Content, encoder: SpellingEncoder, rasa: FakeRasa, tmp_path: Path
) -> None:
    rasa.rankings["сколько в беларуси"] = [Ranked("roaming__price", 0.05), Ranked("market__price", 0.05)]
    rasa.rankings["сколько в стране"] = [Ranked("roaming__price", 0.3), Ranked("roaming__web", 0.1)]
    base = load(countries.folder)
    built_in = Searcher(base, Finder(build(base, encoder, tmp_path / "index")), encoder.encode_one)
    searcher = RasaSearcher(base, built_in, reader=RasaReader(rasa.parse, lambda: 0.0), answer=ANSWER)
    hits = await searcher.find("сколько в беларуси")
    assert [hit.topic for hit in hits] == ["roaming.price@by", "market.price", "roaming.web@by"]
    assert hits[0].title == base.about_rows["roaming.price@by"].title


def test_shares_of_all_readings_are_at_most_one(countries: Content) -> None:
    base = load(countries.folder)
    asked = readings("сколько в беларуси", base)
    rankings = [[Ranked("market__price", 0.9)], [Ranked("roaming__price", 0.1)]]
    found = topic_shares(asked, rankings, base)
    assert found == pytest.approx({"market.price": 0.5, "roaming.price@by": 0.5})
