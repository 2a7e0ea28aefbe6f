"""`otklik ask` before any model is loaded: what it refuses. Its answers are tested with the stories."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from tests.bot.commands.conftest import Run

GOOD = '{"text": "как узнать баланс", "expected": "balance.check"}'


@pytest.mark.parametrize("bad", ["{", '{"txt": "a"}', '"text"', "[1]", "7", "как узнать баланс"])
def test_a_bad_line_of_a_batch_is_named_by_its_number_and_nothing_is_answered(
    otklik: Run, folder: Path, bad: str
) -> None:
    (folder / "batch.jsonl").write_text(f"{GOOD}\n\n{bad}\n{GOOD}\n", encoding="utf-8")
    result = otklik("ask", "--batch", "batch.jsonl")
    assert result.exit_code == 1
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception).startswith('batch.jsonl:3: expected a JSON object with "text"')
    assert result.stdout == ""


def test_a_bad_line_of_the_input_is_named_too(otklik: Run) -> None:
    result = otklik("ask", "--batch", "-", input=f"{GOOD}\nnonsense\n")
    assert str(result.exception).startswith("-:2: ")


@pytest.mark.parametrize("arguments", [[], ["вопрос", "--batch", "batch.jsonl"]])
def test_a_question_or_a_batch_but_not_both(otklik: Run, arguments: list[str]) -> None:
    result = otklik("ask", *arguments)
    assert result.exit_code == 2
    assert "--batch" in result.stderr
