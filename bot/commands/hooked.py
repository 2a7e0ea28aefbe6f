"""Channels that can be called by webhook, as `check --live` and `webhook` ask them: all at once, none for long."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog

from bot.app import build_channels
from bot.channels.channel import Channel, Hooked, Standing
from bot.config import Config, Secrets
from bot.errors import ChannelDown
from bot.storage.database import Database

ANSWER_S = 15.0

T = TypeVar("T")
Question = Callable[[str, Hooked], Awaitable[T]]
"""What to do with the channel of this name."""

log = structlog.get_logger()


@asynccontextmanager
async def opened(config: Config, secrets: Secrets) -> AsyncIterator[Mapping[str, Channel]]:
    """The channels that are on, beside a running bot: their database is empty and forgotten. Raises ConfigError."""
    database = Database("sqlite+aiosqlite://")
    try:
        channels = build_channels(config, secrets, database)
        try:
            yield channels
        finally:
            await asyncio.gather(*(channel.close() for channel in channels.values()))
    finally:
        await database.close()


async def ask(
    channels: Mapping[str, Channel], question: Question[T], limit_s: float = ANSWER_S
) -> dict[str, T | ChannelDown]:
    """The answer of every channel that can be called by webhook; one that is down hides no other."""
    hooked = {name: channel for name, channel in channels.items() if isinstance(channel, Hooked)}
    answers = await asyncio.gather(*(_ask(name, channel, question, limit_s) for name, channel in hooked.items()))
    return dict(zip(hooked, answers, strict=True))


def told(name: str, standing: Standing) -> str:
    return f"{name}: {standing.who}; webhook: {standing.webhook or 'none'}"


async def _ask(name: str, channel: Hooked, question: Question[T], limit_s: float) -> T | ChannelDown:
    try:
        async with asyncio.timeout(limit_s):
            return await question(name, channel)
    except ChannelDown as error:
        reason = str(error)
        return error if reason.startswith(f"{name}:") else ChannelDown(f"{name}: {reason}")
    except TimeoutError:
        return ChannelDown(f"{name}: no answer in {limit_s:g} s; check the network and channels.{name}.api")
    except Exception as error:  # a fault of ours in one channel must not hide the others
        log.error("channel_broke", channel=name, error=type(error).__name__)
        return ChannelDown(f"{name}: {type(error).__name__} in the channel; this is a fault of the program: report it")
