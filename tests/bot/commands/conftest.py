"""A project folder with a configuration, and the command line in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.config import Secrets

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", *(name.upper() for name in Secrets.model_fields)):
        monkeypatch.delenv(f"OTKLIK_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yml").write_text("database:\n  url: sqlite+aiosqlite:///otklik.db\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def otklik(folder: Path) -> Run:
    """Runs a command line in the folder."""

    def run(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(app, list(arguments), **more)

    return run
