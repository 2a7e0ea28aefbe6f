import pytest

from knowledge.base import KnowledgeBase
from knowledge.faults import KnowledgeError
from knowledge.loader import Loader, load
from knowledge.topic import Escalation, TopicButton
from tests.knowledge.content import Content, topic

SELLING = "topics/market/selling.yml"


def faults(content: Content) -> list[str]:
    with pytest.raises(KnowledgeError) as refused:
        load(content.folder)
    return str(refused.value).split("\n")


def fault(content: Content) -> str:
    (only,) = faults(content)
    return only


def test_topic_is_read_whole(content: Content) -> None:
    content.write(
        SELLING,
        topic(
            "market.sell",
            "Как продать",
            answer="|\n    Цена {{ market.price | rub }}.\n\n    Наберите `{{ market.code }}`.",
            buttons="[{text: Цена, topic: market.price}]",
            related="[market.price]",
            follow_ups="{price: market.price}",
            escalate="offer",
            en="{title: How to sell, questions: [how to sell], answer: 'Price {{ market.price | rub }}'}",
        )
        + topic("market.price"),
    )
    base = load(content.folder)
    sell = base.topics["market.sell"]
    assert (sell.title, sell.area, len(sell.questions)) == ("Как продать", "market", 10)
    assert sell.buttons == (TopicButton("Цена", "market.price"),)
    assert sell.related == ("market.price",)
    assert sell.follow_ups == {"price": "market.price"}
    assert sell.escalate is Escalation.OFFER
    assert base.answer("market.sell") == "Цена 15\u00a0₽.\n\nНаберите `*105#`."
    assert base.answer("market.sell", "en") == "Price 15\u00a0₽"
    assert base.answer("market.price", "en") == base.answers["market.price"]
    assert [fact.name for fact in base.sample_facts()][:1] == ["market.price"]
    assert "market.small.days" in [fact.name for fact in base.unused_facts()]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"titel": "x"}, "selling.yml:5: titel: неизвестный ключ, возможно «title»"),
        ({"title": "ж" * 45}, "selling.yml:2: title: 45 знаков, а помещается 44"),
        ({"title": ""}, "selling.yml:2: title: пусто"),
        ({"title": "{{ x }}"}, "selling.yml:2: ключ должен быть словом"),
        ({"questions": "[один]"}, "selling.yml:3: questions: вопросов 1, а нужно не меньше 10"),
        ({"questions": "один"}, "selling.yml:3: questions: ждали список"),
        ({"escalate": "offerr"}, "selling.yml:5: escalate: «offerr» не подходит, возможно «offer»"),
        (
            {"buttons": "[{text: Да, topic: market.pricee}]"},
            "selling.yml:5: buttons.topic: нет такой темы «market.pricee», возможно «market.price»",
        ),
        ({"buttons": f"[{{text: {'ж' * 31}, topic: market.price}}]"}, "selling.yml:5: buttons.text: 31 знаков"),
        ({"buttons": f"[{', '.join(['{text: а, topic: market.price}'] * 3)}]"}, "selling.yml:5: buttons: кнопок 3"),
        ({"buttons": "[market.price]"}, "selling.yml:5: buttons: ждали «{text: ..., topic: ...}»"),
        ({"related": "[nowhere.at-all]"}, "selling.yml:5: related: нет такой темы «nowhere.at-all»"),
        ({"follow_ups": "{cost: market.price}"}, "selling.yml:5: follow_ups.cost: неизвестный ключ"),
        ({"follow_ups": "{price: market.cost}"}, "selling.yml:5: follow_ups.price: нет такой темы «market.cost»"),
        (
            {"answer": "|\n    Да.\n\n    {{ market.pryce }}"},
            "selling.yml:7: answer: нет такого факта «market.pryce», возможно «market.price»",
        ),
        ({"answer": "{a: 1}"}, "selling.yml:4: answer: ждали текст"),
    ],
)
def test_mistake_in_a_topic_is_told_with_its_line_and_key(
    content: Content, keys: dict[str, str], expected: str
) -> None:
    content.write(SELLING, topic("market.sell", **keys))
    content.write("topics/market/price.yml", topic("market.price"))
    told = faults(content)
    assert any(each.startswith(f"topics/market/{expected}") for each in told), told


def test_id_must_be_of_its_area_and_unique(content: Content) -> None:
    content.write("topics/market/more.yml", topic("market.sell") + topic("balance.check") + topic("Market.Sell"))
    wrong_area, wrong_form, repeated = faults(content)
    assert "должна лежать в папке topics/balance" in wrong_area
    assert "не подходит" in wrong_form
    assert repeated == "topics/market/selling.yml:1: id: тема «market.sell» уже есть: topics/market/more.yml:1"


def test_repeated_question_is_a_fault(content: Content) -> None:
    content.replace(SELLING, "[sell один, ", "[sell один, Sell Один, ")
    assert fault(content) == f"{SELLING}:3: questions: вопрос уже есть в строке 3"


def test_small_talk_needs_fewer_questions(content: Content) -> None:
    content.write("topics/smalltalk/joke.yml", topic("smalltalk.joke", questions="[а, б, в, г, д]"))
    assert "smalltalk.joke" in load(content.folder).topics


def test_broken_files_of_every_kind_are_told_together(content: Content) -> None:
    content.write("topics/market/a.yml", "- id: [")
    content.write("topics/market/b.yml", "")
    content.write("topics/market/c.yml", "id: x")
    content.write("topics/market/d.yml", "- просто текст")
    content.write(
        "catalogue/market.yml", "market: {price: 15, code: {value: да, source: x, checked: вчера, sample: 1}}"
    )
    content.write("replies/ru.yml", "greeting: Привет")
    told = faults(content)
    files = {each.split(":")[0] for each in told}
    assert files >= {f"topics/market/{name}.yml" for name in "abcd"} | {"catalogue/market.yml", "replies/ru.yml"}
    assert told == sorted(told, key=lambda each: each.split(":")[0])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("other: {}", "верхний ключ должен быть один и называться как файл: «market»"),
        ("market: {price: 15}", "1: market.price: ждали вложенные ключи"),
        ("market: {Цена: {value: 1, source: x, checked: 2026-11-22}}", "имя факта пишут латиницей"),
        ("market: {price: {source: x}}", "market.price.value: ждали текст, число или дату"),
        ("market: {a: {b: {c: {value: 1, source: x, checked: 2026-11-22}}}}", "слишком глубоко"),
        ("market: {price: {value: true, source: x, checked: 2026-11-22}}", "market.price.value: ждали текст, число"),
        ("market: {price: {value: 1, checked: 2026-11-22}}", "market.price.source: нет обязательного ключа"),
        ("market: {price: {value: 1, source: x, checked: '2026-11-22'}}", "market.price.checked: ждали дату"),
        ("market: {price: {value: 1, source: x, checked: 2026-11-22, sample: да}}", "sample: ждали true или false"),
        ("[]", "ждали «market:»"),
        ("", "ждали «market:»"),
    ],
)
def test_mistake_in_a_catalogue_is_told(content: Content, source: str, expected: str) -> None:
    content.write("catalogue/market.yml", source)
    assert any(expected in each for each in faults(content)), faults(content)


def test_missing_folder_and_no_topics_are_told(content: Content) -> None:
    (content.folder / SELLING).unlink()
    assert fault(content) == "topics: нет ни одной темы"
    with pytest.raises(KnowledgeError, match="нет папки topics"):
        load(content.folder / "nowhere")


def test_yaml_extension_is_not_silently_skipped(content: Content) -> None:
    content.write("topics/market/extra.yaml", topic("market.extra"))
    assert "переименуйте файл в .yml" in fault(content)


def test_reload_reads_only_what_changed(content: Content) -> None:
    content.write("topics/market/other.yml", topic("market.other"))
    loader = Loader(content.folder)
    before = loader.load()
    content.replace(SELLING, "Ответ о sell.", "Другой ответ.")
    after = loader.load()
    assert after.topics["market.other"] is before.topics["market.other"]
    assert after.answers["market.sell"] == "Другой ответ."
    assert after.content_hash != before.content_hash
    assert loader.load().content_hash == after.content_hash


def test_mended_content_loads_again(content: Content) -> None:
    loader = Loader(content.folder)
    content.replace(SELLING, "title: Название", "title:")
    with pytest.raises(KnowledgeError):
        loader.load()
    content.replace(SELLING, "title:\n", "title: Название\n")
    assert isinstance(loader.load(), KnowledgeBase)


def test_a_file_that_cannot_be_read_is_the_only_fault(content: Content) -> None:
    content.write("topics/market/buying.yml", topic("market.buy", related="[market.sell]"))
    content.replace("topics/market/selling.yml", "questions: [", "questions: [[")
    with pytest.raises(KnowledgeError) as caught:
        load(content.folder)
    assert [fault.file for fault in caught.value.faults] == ["topics/market/selling.yml"]
