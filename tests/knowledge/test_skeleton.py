import pytest

from knowledge.faults import KnowledgeError
from knowledge.loader import load
from knowledge.skeleton import CannotMake, new_topic
from tests.knowledge.content import Content


def test_a_new_topic_is_put_into_the_folder_of_its_area(content: Content) -> None:
    path = new_topic(load(content.folder), content.folder, "market.buy-minutes", "Как купить минуты")
    assert path == content.folder / "topics/market/buy-minutes.yml"
    assert '  title: "Как купить минуты"' in path.read_text(encoding="utf-8")


def test_it_may_be_added_to_a_file(content: Content) -> None:
    before = (content.folder / "topics/market/selling.yml").read_text(encoding="utf-8").rstrip()
    path = new_topic(load(content.folder), content.folder, "market.buy", "Как купить минуты", "selling.yml")
    assert path.read_text(encoding="utf-8").startswith(before + "\n\n- id: market.buy\n")


def test_what_is_left_to_write_is_asked_for(content: Content) -> None:
    new_topic(load(content.folder), content.folder, "market.buy", "Как купить минуты")
    with pytest.raises(KnowledgeError, match="вопросов 0, а нужно не меньше 10"):
        load(content.folder)


@pytest.mark.parametrize(
    ("topic_id", "title", "reason"),
    [
        ("market.sell", "Название", "уже есть: topics/market/selling.yml:1"),
        ("Рынок", "Название", "ждали «область.имя-темы»"),
        ("markt.buy", "Название", "области «markt» нет, возможно «market»"),
        ("market.buy", "", "ждали от 1 до 44 знаков"),
        ("market.buy", "Слово " * 9, "ждали от 1 до 44 знаков"),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(content: Content, topic_id: str, title: str, reason: str) -> None:
    before = sorted(content.folder.rglob("*"))
    with pytest.raises(CannotMake, match=reason):
        new_topic(load(content.folder), content.folder, topic_id, title)
    assert sorted(content.folder.rglob("*")) == before
