"""`otklik check`: everything that would keep the bot from working, at once, with what to do about it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import config as configuration
from bot import log
from bot.app import open_library, switched_off
from bot.channels.broken import BrokenChannel
from bot.channels.channel import Channel, Hooked, Standing
from bot.commands.hooked import ask, opened, told
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, say
from bot.config import Config, Secrets
from bot.errors import ChannelDown, ConfigError, OtklikError
from bot.storage.database import Database
from bot.storage.migrate import is_current
from bot.storage.outbox import dead_letters
from knowledge.faults import KnowledgeError
from nlu.confidence import ConfidenceError
from nlu.encoder import EncoderError


def check(
    config: ConfigOption = DEFAULT_CONFIG,
    production: Annotated[bool, typer.Option(help="Also refuse catalogue facts that are only samples.")] = False,
    live: Annotated[bool, typer.Option(help="Also ask the messengers what they know of us; changes nothing.")] = False,
) -> None:
    """Verify configuration, secrets, database, knowledge and index; name every fault; exit 1 if there is one."""
    log.configure("warning", "console")
    faults = asyncio.run(_faults(config, production=production, live=live))
    for fault in faults:
        say(f"FAULT {fault}")
    say(f"{len(faults)} faults" if faults else "All is well.")
    raise typer.Exit(1 if faults else 0)


async def _faults(path: Path, *, production: bool, live: bool) -> list[str]:
    try:
        config = configuration.load(path)
        secrets = configuration.load_secrets(path)
    except ConfigError as error:
        return error.faults
    say(f"ok    configuration: {path}")
    return [
        *await _channel_faults(config, secrets, live=live),
        *await _database_faults(config, secrets),
        *await _knowledge_faults(config, production=production),
    ]


async def _channel_faults(config: Config, secrets: Secrets, *, live: bool) -> list[str]:
    for name, note in switched_off(config, secrets).items():
        say(f"ok    messenger {name}: off ({note})")
    try:
        async with opened(config, secrets) as channels:
            broken = [
                f"messenger {name}: {each.reason}" for name, each in channels.items() if isinstance(each, BrokenChannel)
            ]
            working = {name: channel for name, channel in channels.items() if not isinstance(channel, BrokenChannel)}
            for name in working:
                say(f"ok    messenger {name}: on")
            return [*broken, *(await _live_faults(working) if live else [])]
    except ConfigError as error:
        return error.faults


async def _live_faults(channels: Mapping[str, Channel]) -> list[str]:
    """What the messengers themselves say; `bot.connections` says how a running bot gets on with them."""
    faults = []
    for name, answer in (await ask(channels, _inspect)).items():
        if isinstance(answer, ChannelDown):
            faults.append(str(answer))
        else:
            say(f"live  {told(name, answer)}")
            faults += answer.faults
    return faults


async def _inspect(_name: str, hooked: Hooked) -> Standing:
    return await hooked.inspect()


async def _database_faults(config: Config, secrets: Secrets) -> list[str]:
    database = Database(configuration.database_url(config, secrets))
    if _is_new(database):
        say("ok    database: will be made at the first start")
        return []
    try:
        if not await is_current(database):
            return ["database: its schema is older than this version. Run: otklik migrate"]
        async with database.reading() as connection:
            letters = await dead_letters(connection)
    except (SQLAlchemyError, OSError) as error:
        return [f"database {database.url.render_as_string()}: {type(error).__name__}. Check the address and the file"]
    finally:
        await database.close()
    say(f"ok    database, {len(letters)} undelivered messages")
    for letter in letters[:20]:
        say(f"      {letter.delivery} message {letter.message_id} to {letter.channel}: {letter.error}")
    return []


def _is_new(database: Database) -> bool:
    return database.url.get_backend_name() == "sqlite" and not Path(database.url.database or "").exists()


async def _knowledge_faults(config: Config, *, production: bool) -> list[str]:
    try:
        async with open_library(config) as library:
            unknown = [name for name in config.dialogue.menu if library.topic(name) is None]
            reading = library.backend.fault
            samples = library.base.sample_facts() if production else []
            say(f"ok    knowledge and index: {len(library.topics())} topics")
    except KnowledgeError as error:
        return [str(fault) for fault in error.faults]
    except (OtklikError, EncoderError, ConfidenceError) as error:
        return [str(error)]
    return [
        *([f"nlu.backend: {reading}; the built-in search answers meanwhile"] if reading else []),
        *(f"config.yml: dialogue.menu: there is no topic {name!r}" for name in unknown),
        *(f"{fact.file}:{fact.line}: {fact.name} is only a sample; check it and remove `sample`" for fact in samples),
    ]
