"""`otklik model`: what it refuses before any model is loaded, what it exports. Measures: tests/nlu/evaluation."""

from pathlib import Path

import pytest
import yaml

from bot.errors import ConfigError
from tests.bot.commands.conftest import Run
from tests.knowledge.content import Content


@pytest.mark.parametrize("bad", ["{", "[1]", '"text"', '{"topic": "a.b"}'])
def test_a_bad_line_is_named_by_its_number(otklik: Run, folder: Path, bad: str) -> None:
    (folder / "dev.jsonl").write_text(f'{{"text": "вопрос", "topic": null}}\n{bad}\n', encoding="utf-8")
    result = otklik("model", "eval", "--questions", "dev.jsonl")
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception).startswith('dev.jsonl:2: expected a JSON object with "text" and "topic"')


def test_a_missing_file_is_named(otklik: Run) -> None:
    result = otklik("model", "eval", "--questions", "gone.jsonl")
    assert str(result.exception).startswith("gone.jsonl: cannot be read: ")


def test_export_rasa_writes_all_phrasings_and_the_questions_of_no_topic(otklik: Run, folder: Path) -> None:
    content = Content(folder / "knowledge")
    content.add_countries()
    asked = '{"topic": "market.sell", "text": "Куда: деть [гиги]?"}\n{"topic": null, "text": "Какая погода?"}\n'
    content.write("asked/market.jsonl", asked)
    result = otklik("model", "export-rasa", "made/rasa")
    assert result.exit_code == 0, result.output
    nlu = yaml.safe_load((folder / "made/rasa/nlu.yml").read_text(encoding="utf-8"))
    examples = {each["intent"]: each["examples"].splitlines() for each in nlu["nlu"]}
    assert sorted(examples) == ["market__price", "market__sell", "out_of_scope", "roaming__price", "roaming__web"]
    assert {"- sell один", "- название", "- куда деть гиги"} <= set(examples["market__sell"])
    assert "- цена в стране" in examples["roaming__price"]
    assert examples["out_of_scope"] == ["- какая погода"]
    assert {each.name for each in (folder / "made/rasa").iterdir()} == {"nlu.yml", "domain.yml", "config.yml"}
