"""Options and first steps that several commands share."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import config as configuration
from bot import log
from bot.config import Config, Secrets

ConfigOption = Annotated[
    Path, typer.Option("--config", envvar="OTKLIK_CONFIG", help="The configuration file.", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line, for other programs.")]
DEFAULT_CONFIG = Path("config.yml")


def start(path: Path, *, quiet: bool = False) -> tuple[Config, Secrets]:
    """Read the configuration and the secrets beside it, set up the log. `quiet`: only warnings."""
    config = configuration.load(path)
    log.configure("warning" if quiet else config.log.level, config.log.format)
    return config, configuration.load_secrets(path)


def say(text: str) -> None:
    """The answer of a command, at once even through a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
