"""`otklik webhook ...`: the addresses that messengers call. A running bot sets its own; these commands are for looking,
moving and mending. What waits at a messenger is never dropped."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

import typer
from pydantic import BaseModel

from bot.app import switched_off
from bot.channels.channel import Channel, Hooked
from bot.channels.registry import KINDS
from bot.commands.hooked import ask, opened, told
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, say, start
from bot.config import Config, Secrets
from bot.errors import ChannelDown, ConfigError

ChannelOption = Annotated[
    str, typer.Option(help="Which messenger; by default every one that is on and can be called by webhook.")
]
Act = Callable[[str, Hooked, BaseModel], Awaitable[list[str]]]
"""Does something with the channel of a name and these settings, and tells of it."""

app = typer.Typer(help="The addresses that messengers call.", no_args_is_help=True)


@app.command()
def show(channel: ChannelOption = "", config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Ask each messenger who we are and which address it calls; change nothing. Exit 1 if something is wrong."""
    settings, secrets = start(config, quiet=True)
    asyncio.run(_do(_show, settings, secrets, channel))


@app.command("set")
def set_webhook(channel: ChannelOption = "", config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Let each messenger call this bot at its public_url. Some try the address at once: the bot should be running."""
    settings, secrets = start(config, quiet=True)
    asyncio.run(_do(_set, settings, secrets, channel))


@app.command("delete")
def delete_webhook(channel: ChannelOption = "", config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Let each messenger call nobody; what waits there is kept."""
    settings, secrets = start(config, quiet=True)
    asyncio.run(_do(_delete, settings, secrets, channel))


async def _do(act: Act, config: Config, secrets: Secrets, name: str) -> None:
    """With one channel, or with all that can be called. Exits 1 when one of them is down or has a fault."""

    async def question(name: str, hooked: Hooked) -> list[str]:
        return await act(name, hooked, getattr(config.channels, name))

    async with opened(config, secrets) as channels:
        chosen = _chosen(channels, name, switched_off(config, secrets))
        answers = await ask(chosen, question)
    lines = [line for answer in answers.values() for line in _lines(answer)]
    for line in lines:
        say(line)
    raise typer.Exit(1 if any(line.startswith("FAULT") for line in lines) else 0)


def _chosen(channels: Mapping[str, Channel], name: str, off: Mapping[str, str]) -> Mapping[str, Channel]:
    hooked = {each: channel for each, channel in channels.items() if isinstance(channel, Hooked)}
    if not name and hooked:
        return hooked
    if not name:
        notes = [f"{each} is off ({note})" for each, note in off.items()]
        raise ConfigError(["no messenger that can be called by webhook is on", *notes])
    if name in hooked:
        return {name: hooked[name]}
    if name in off:
        raise ConfigError([f"--channel {name}: it is off ({off[name]})"])
    if name in channels:
        raise ConfigError([f"--channel {name}: it has no webhook, nobody calls us for it"])
    raise ConfigError([f"--channel {name}: there is no such messenger; expected one of {', '.join(KINDS)}"])


def _lines(answer: list[str] | ChannelDown) -> list[str]:
    return [f"FAULT {answer}"] if isinstance(answer, ChannelDown) else answer


async def _show(name: str, hooked: Hooked, _settings: BaseModel) -> list[str]:
    standing = await hooked.inspect()
    return [told(name, standing), *(f"FAULT {fault}" for fault in standing.faults)]


async def _set(name: str, hooked: Hooked, settings: BaseModel) -> list[str]:
    if not getattr(settings, "public_url", ""):
        raise ChannelDown(
            f"{name}: channels.{name}.public_url is empty; set it in config.yml to the https address under which "
            "the messenger reaches this bot, e.g. https://bot.example.org"
        )
    lines = [f"{name}: calls {await hooked.set_webhook()}"]
    if _mode(settings) == "polling":
        lines.append(
            f"note  channels.{name}.mode is polling: a bot running so fights this webhook. It may hear nothing while "
            "the webhook is set, and may take it away when it starts. Set mode: webhook and restart the bot, or: "
            f"otklik webhook delete --channel {name}"
        )
    return lines


async def _delete(name: str, hooked: Hooked, settings: BaseModel) -> list[str]:
    await hooked.delete_webhook()
    lines = [f"{name}: calls nobody; what waits there is kept"]
    if _mode(settings) == "webhook":
        lines.append(
            f"note  channels.{name} works by webhook: the bot hears nothing until it starts anew, or: "
            f"otklik webhook set --channel {name}"
        )
    return lines


def _mode(settings: BaseModel) -> str:
    """A messenger without the choice works by webhook only."""
    return str(getattr(settings, "mode", "webhook"))
