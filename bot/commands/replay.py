"""`otklik replay FILE`: post a captured payload to a running bot, as its messenger would."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from bot.channels.registry import KINDS
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, say, start
from bot.errors import ConfigError


def replay(
    file: Annotated[Path, typer.Argument(help="The payload as the messenger posted it.", exists=True, dir_okay=False)],
    channel: Annotated[str, typer.Option(help="Which messenger it is of.")] = "telegram",
    url: Annotated[str, typer.Option(help="Address of the running bot; by default that of config.yml.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Post a captured payload to a running bot with the right secret, and print what it answers."""
    settings, secrets = start(config, quiet=True)
    kind = KINDS.get(channel)
    if kind is None or kind.sign is None:
        raise ConfigError([f"--channel {channel}: expected one with a webhook"])
    body = file.read_bytes()
    call = kind.sign(body, {name: secret.get_secret_value() for name, secret in secrets})
    address = url or f"http://{settings.server.host}:{settings.server.port}"
    request = urllib.request.Request(  # noqa: S310  # an http address of our own server
        f"{address}/webhooks/{channel}", data=call.body, headers={"Content-Type": "application/json", **call.headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            say(f"{answer.status} {answer.read().decode()}")
    except urllib.error.HTTPError as error:
        say(f"{error.code} {error.read().decode(errors='replace')}")
        raise typer.Exit(1) from None
    except urllib.error.URLError as error:
        raise ConfigError([f"{address}: no bot answers there ({error.reason}). Start it with: otklik run"]) from None
