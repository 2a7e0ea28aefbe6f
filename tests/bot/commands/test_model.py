"""`otklik model eval` before any model is loaded: what it refuses. Its measures: tests/nlu/evaluation."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from tests.bot.commands.conftest import Run


@pytest.mark.parametrize("bad", ["{", "[1]", '"text"', '{"topic": "a.b"}'])
def test_a_bad_line_is_named_by_its_number(otklik: Run, folder: Path, bad: str) -> None:
    (folder / "dev.jsonl").write_text(f'{{"text": "вопрос", "topic": null}}\n{bad}\n', encoding="utf-8")
    result = otklik("model", "eval", "--questions", "dev.jsonl")
    assert isinstance(result.exception, ConfigError)
    assert str(result.exception).startswith('dev.jsonl:2: expected a JSON object with "text" and "topic"')


def test_a_missing_file_is_named(otklik: Run) -> None:
    result = otklik("model", "eval", "--questions", "gone.jsonl")
    assert str(result.exception).startswith("gone.jsonl: cannot be read: ")
