"""What Rasa is trained on: read back, it is what was written, whatever the texts hold."""

from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlu.rasa.export import FEWEST_EPOCHS, MOST_EPOCHS, batch_sizes, epochs, example, files

HOSTILE = [
    'он сказал: "баланс"',
    "it's - a: {b} # не комментарий",
    "[Турция](country) и [тариф]{a: b}",
    "${HOME} | > & * ! % @ `",
    "- список\n- из\tдвух\r\nстрок",
    "нуль\x00 перенос\u2028строки \x85 \ufeffи 😀 👨\u200d👩",
    "\ud800половина",
    "---",
    "true",
    "*105#",
]
TEXTS = st.lists(st.text(max_size=40), max_size=6)


def read_back(written: dict[str, str]) -> dict[str, list[str]]:
    """The examples as Rasa takes them: what stands after the dash of each line."""
    nlu: dict[str, Any] = yaml.safe_load(written["nlu.yml"])
    return {each["intent"]: [line[1:].strip() for line in each["examples"].splitlines()] for each in nlu["nlu"]}


def test_topics_become_intents_and_the_rest_is_out_of_scope() -> None:
    written = files({"roaming.price": ["цена в стране"], "market.sell": ["продать"]}, ["погода"])
    assert read_back(written) == {
        "roaming__price": ["цена в стране"],
        "market__sell": ["продать"],
        "out_of_scope": ["погода"],
    }
    assert yaml.safe_load(written["domain.yml"])["intents"] == ["roaming__price", "market__sell", "out_of_scope"]


def test_hostile_texts_are_read_back_as_one_line_each() -> None:
    read = read_back(files({"a.b": HOSTILE}, HOSTILE))
    assert read["a__b"] == read["out_of_scope"] == [example(text) for text in HOSTILE]
    assert read["a__b"][0] == 'он сказал: "баланс"'
    assert read["a__b"][2] == "Турция country и тариф a: b"


@given(st.dictionaries(st.sampled_from(["a.b", "a.c", "d.e-f"]), TEXTS), TEXTS)
def test_any_text_survives(topics: dict[str, list[str]], outside: list[str]) -> None:
    written = files(topics, outside)
    expected = {intent: list(dict.fromkeys(filter(None, map(example, texts)))) for intent, texts in topics.items()}
    expected = {intent.replace(".", "__"): lines for intent, lines in expected.items() if lines}
    found = read_back(written)
    found.pop("out_of_scope", None)
    assert found == expected


@given(st.text())
def test_an_example_holds_no_mark_of_an_entity_and_no_break(text: str) -> None:
    made = example(text)
    assert not set("[](){}") & set(made)
    assert made.splitlines() in ([], [made])


def test_training_stays_bearable() -> None:
    assert epochs(0) == epochs(150) == MOST_EPOCHS
    assert epochs(50_000) == 12
    assert epochs(10_000_000) == FEWEST_EPOCHS
    assert batch_sizes(150)[0] < batch_sizes(50_000)[0]


def test_the_pipeline_learns_a_thousand_intents_and_falls_back_rarely() -> None:
    config = yaml.safe_load(files({"a.b": ["цена"]}, [])["config.yml"])
    pipeline = {each["name"]: each for each in config["pipeline"]}
    assert pipeline["DIETClassifier"]["constrain_similarities"] is True
    assert pipeline["DIETClassifier"]["epochs"] == MOST_EPOCHS
    assert pipeline["FallbackClassifier"]["threshold"] < 0.1
