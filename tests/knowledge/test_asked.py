"""Questions people asked are found like phrasings, and a line that cannot be read is named."""

from knowledge.asked import by_topic, read_asked
from knowledge.build import phrasings
from knowledge.loader import load
from tests.knowledge.content import Content

FILE = "asked/market.jsonl"


def test_asked_questions_are_phrasings_of_their_topic(content: Content) -> None:
    content.write(FILE, '{"topic": "market.sell", "text": "Куда деть лишние гиги?"}\n')
    found = [phrasing.text for phrasing in phrasings(load(content.folder)) if phrasing.topic == "market.sell"]
    assert "куда деть лишние гиги" in found


def test_question_of_no_topic_and_of_a_topic_that_is_gone_are_no_phrasings(content: Content) -> None:
    content.write(FILE, '{"topic": null, "text": "какая погода"}\n{"topic": "market.gone", "text": "где это"}\n')
    base = load(content.folder)
    assert base.asked == {"": ("какая погода",), "market.gone": ("где это",)}
    assert not {"какая погода", "где это"} & {phrasing.text for phrasing in phrasings(base)}


def test_line_of_another_form_is_named() -> None:
    asked = read_asked(FILE, '{"topic": "a.b", "text": "да"}\n{"topic": "a.b"}\nтекст\n[]'.encode())
    assert [fault.line for fault in asked.faults] == [2, 3, 4]
    assert by_topic([asked]) == {"a.b": ("да",)}
