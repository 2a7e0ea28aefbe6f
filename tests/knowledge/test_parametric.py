"""Tables, topics about their rows, and questions that name one."""

from pathlib import Path

import pytest

from knowledge.build import build, phrasings
from knowledge.faults import KnowledgeError
from knowledge.loader import load
from knowledge.search import Finder, Searcher
from knowledge.stats import statistics
from tests.knowledge.content import Content, SpellingEncoder, topic


def faults(content: Content) -> str:
    with pytest.raises(KnowledgeError) as caught:
        load(content.folder)
    return str(caught.value)


def test_a_topic_answers_for_each_row(countries: Content) -> None:
    base = load(countries.folder)
    assert base.answer("roaming.price") == "Напишите страну."
    assert base.answer("roaming.price@tr") == "Минута в Турции стоит 60\u00a0₽."
    assert base.answer("roaming.price@by") == "Минута в Беларуси стоит 15\u00a0₽."
    turkish = base.topic("roaming.price@tr")
    assert turkish is not None
    assert turkish.title == "Цены в Турции"


def test_links_lead_on_to_the_same_row(countries: Content) -> None:
    turkish = load(countries.folder).topic("roaming.price@tr")
    assert turkish is not None
    assert turkish.related == ("roaming.web@tr", "market.sell")


def test_without_a_name_the_first_rows_are_offered(countries: Content) -> None:
    asking = load(countries.folder).topic("roaming.price")
    assert asking is not None
    assert asking.lacks_name
    assert [(button.text, button.topic) for button in asking.buttons] == [
        ("Турция", "roaming.price@tr"),
        ("Беларусь", "roaming.price@by"),
    ]


def test_cells_are_facts_with_their_origin(countries: Content) -> None:
    base = load(countries.folder)
    assert [fact.name for fact in base.sample_facts() if fact.name.startswith("zone")] == ["zone.near.minute"]
    assert not [fact for fact in base.unused_facts() if fact.column]


def test_any_answer_may_name_a_cell(countries: Content) -> None:
    countries.write("topics/market/buying.yml", topic("market.buy", answer='"{{ zone.near.minute | rub }}"'))
    assert load(countries.folder).answer("market.buy") == "15\u00a0₽"


def test_phrasings_are_kept_without_the_name(countries: Content) -> None:
    texts = {phrasing.text for phrasing in phrasings(load(countries.folder)) if phrasing.topic == "roaming.price"}
    assert "цена в стране" in texts
    assert not [text for text in texts if "турции" in text]


@pytest.mark.parametrize(
    ("question", "masked"),
    [
        ("звонки в беларусь", "звонки в страну"),
        ("звонки в беларуси", "звонки в стране"),
        ("смс из турции", "смс из страны"),
        ("турция цены", "страна цены"),
        ("переезд на анталью", "переезд в страну"),
    ],
)
def test_the_direction_is_kept(countries: Content, question: str, masked: str) -> None:
    (named,) = load(countries.folder).naming.named(question)
    assert named.masked == masked


async def test_a_question_without_a_name_finds_what_needs_none(
    countries: Content, encoder: SpellingEncoder, tmp_path: Path
) -> None:
    base = load(countries.folder)
    searcher = Searcher(base, Finder(build(base, encoder, tmp_path)), encoder.encode_one)
    found = await searcher.find("цена в стране")
    assert {hit.topic for hit in found} == {"market.sell", "market.price"}


def test_parametric_topics_are_counted_apart(countries: Content) -> None:
    counted = statistics(load(countries.folder))
    assert (counted.topics, counted.parametric_topics) == (2, 2)
    assert counted.rows_by_table == {"country": 2, "zone": 2}


@pytest.mark.parametrize(
    ("question", "topic_id"),
    [
        ("сколько в беларуси", "roaming.price@by"),
        ("интернет цена в турции", "roaming.web@tr"),
        ("сколько в антальи", "roaming.price@tr"),
    ],
)
async def test_a_question_finds_the_topic_about_what_it_names(
    countries: Content, encoder: SpellingEncoder, question: str, topic_id: str
) -> None:
    base = load(countries.folder)
    built = build(base, encoder, countries.folder.parent / "index")
    hits = await Searcher(base, Finder(built), encoder.encode_one).find(question)
    assert hits[0].topic == topic_id
    assert len({hit.topic for hit in hits}) == len(hits)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("tables/country.yml", "zone: far}", "zone: fare}", "нет строки «fare» в таблице «zone», возможно «far»"),
        ("tables/country.yml", "{zone: zone}", "{zone: zones}", "нет таблицы «zones», возможно «zone»"),
        ("tables/country.yml", ", zone: far}", "}", "tables/country.yml:9: country.rows.tr: нет «zone»"),
        ("tables/country.yml", "forms: {where: в Турции}, ", "", "country.rows.tr: нет «where»"),
        ("tables/country.yml", "    tr:", "    Tr:", "имя строки пишут латиницей"),
        ("tables/country.yml", "zone: near}", "zone: [near]}", "ждали текст, число или дату"),
        ("tables/zone.yml", "zone:\n", "zones:\n", "ждали один верхний ключ «zone:»"),
        ("tables/zone.yml", "checked: 2026-11-28", "checked: вчера", "ждали дату проверки"),
        ("topics/roaming/price.yml", "about: country", "about: countri", "нет таблицы «countri», возможно «country»"),
        ("topics/roaming/price.yml", "цена в турции", "цена", "в вопросе нет ни одного названия из tables/country.yml"),
        ("topics/roaming/price.yml", "country.zone.minute", "country.zone.minuta", "roaming.price@tr: answer"),
        ("topics/roaming/price.yml", "Цены {{", "Подробно обо всех ценах на мобильную связь {{", "а помещается 44"),
        ("topics/roaming/price.yml", "  answer_without_name: Напишите страну.\n", "", "нет обязательного ключа"),
        ("topics/roaming/price.yml", "  about: country\n", "", "title_with_name: бывает только у темы с ключом about"),
    ],
)
def test_a_mistake_is_named(countries: Content, file: str, old: str, new: str, message: str) -> None:
    countries.replace(file, old, new)
    assert message in faults(countries)
