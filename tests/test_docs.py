"""The documentation names everything that can be configured, switched on and called."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from bot.__main__ import app
from bot.channels.registry import KINDS
from bot.config import Config, Secrets

DOCS = Path(__file__).parents[1] / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys(kind, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


COMMANDS = typer.main.get_command(app)


def commands(group: object = COMMANDS, prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # typer's own copy of click has no public type
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


@pytest.mark.parametrize("key", list(keys(Config)))
def test_every_key_of_the_configuration_is_described(key: str) -> None:
    assert f"`{key}`" in text("configuration.md")


@pytest.mark.parametrize("key", list(keys(Config)))
def test_the_default_of_every_plain_key_is_the_described_one(key: str) -> None:
    value: object = Config()
    for name in key.split("."):
        value = getattr(value, name)
    if isinstance(value, str | int | float | Path) and not isinstance(value, bool) and str(value):
        (row,) = [line for line in text("configuration.md").splitlines() if line.startswith(f"| `{key}`")]
        assert f"`{value}`" in row


@pytest.mark.parametrize("secret", Secrets.model_fields)
def test_every_secret_is_described(secret: str) -> None:
    assert f"OTKLIK_{secret.upper()}" in text("configuration.md")


def test_no_key_is_described_that_does_not_exist() -> None:
    described = set(re.findall(r"^\| `([a-z_]+(?:\.[a-z_]+)+)`", text("configuration.md"), re.MULTILINE))
    assert described <= set(keys(Config))


@pytest.mark.parametrize("name", KINDS)
def test_every_channel_is_described(name: str) -> None:
    assert f"`channels.{name}." in text("configuration.md")


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_command_is_described_with_its_options(name: str, command: object) -> None:
    described = text("cli.md")
    assert f"otklik {name}" in described
    options = [option for each in command.params for option in each.opts if option.startswith("--")]  # type: ignore[attr-defined]  # as above
    assert [option for option in options if option not in described] == []


def test_links_between_the_documents_lead_somewhere() -> None:
    broken = [
        f"{path.relative_to(DOCS)}: {target}"
        for path in DOCS.rglob("*.md")
        for target in re.findall(r"\]\((?!https?:|mailto:|#|\{)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
