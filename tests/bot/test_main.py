"""The command line as a person meets it: help without arguments, errors of ours in plain sentences."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[2]

Otklik = Callable[..., tuple[object, str, str]]  # arguments -> exit code, output, errors


@pytest.fixture
def otklik(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Otklik:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OTKLIK_CONFIG", raising=False)

    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["otklik", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        written = capsys.readouterr()
        return left.value.code, written.out, written.err

    return run


def test_an_error_of_ours_is_a_plain_line_and_no_traceback(otklik: Otklik) -> None:
    code, out, err = otklik("migrate")
    assert (code, out) == (1, "")
    assert err == "config.yml: there is no such file. Run from the project's folder or name it: --config\n"


def test_every_fault_of_the_configuration_is_a_line(otklik: Otklik, tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("foo: 1\nbar: 2\n", encoding="utf-8")
    code, _, err = otklik("migrate")
    assert code == 1
    assert [line.partition(": ")[0] for line in err.splitlines()] == ["config.yml:1", "config.yml:2"]


def test_an_encoder_that_cannot_be_had_is_a_plain_line(otklik: Otklik, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "config.yml").write_text(f"nlu: {{encoder: {tmp_path / 'empty'}}}\n", encoding="utf-8")
    code, _, err = otklik("ask", "вопрос")
    assert code == 1
    assert "empty" in err
    assert "Traceback" not in err


def test_the_command_is_also_a_module() -> None:
    command = [sys.executable, "-m", "bot", "--help"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert "chat" in done.stdout
