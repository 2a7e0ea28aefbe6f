"""The bot of the bench, connected to the stand-ins of all messengers, and the crowds that write to it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.crowds import Crowd, PhoneCrowd, WebCrowd
from bench.process import free_port, running_bot, write_config
from bot.channels.telegram import render as telegram_limits
from bot.channels.viber import render as viber_limits
from bot.channels.vk import render as vk_limits
from standins.telegram import StandInTelegram
from standins.viber import StandInViber
from standins.vk import StandInVk


@dataclass(frozen=True, slots=True)
class StandIns:
    telegram: StandInTelegram
    vk: StandInVk
    viber: StandInViber

    def channels(self, url: str) -> Mapping[str, Mapping[str, Any]]:
        """The blocks of config.yml for a bot at this address."""
        hooked = {"mode": "webhook", "public_url": url}
        return {
            "telegram": {"api": self.telegram.url, **hooked},
            "vk": {"api": self.vk.url, **hooked},
            "viber": {"api": self.viber.url, "public_url": url},
        }

    @property
    def secrets(self) -> Mapping[str, str]:
        return {
            "OTKLIK_TELEGRAM_TOKEN": self.telegram.token,
            "OTKLIK_VK_TOKEN": self.vk.token,
            "OTKLIK_VIBER_TOKEN": self.viber.token,
        }

    def crowds(self, people: int) -> list[Crowd]:
        numbers = range(1, people + 1)
        telegram = [self.telegram.phone(number) for number in numbers]
        vk = [self.vk.phone(number) for number in numbers]
        viber = [self.viber.phone(f"subscriber-{number:05}==") for number in numbers]
        return [
            PhoneCrowd("telegram", telegram_limits.CAPABILITIES.total_rate, telegram, lambda phone: phone.start()),
            PhoneCrowd("vk", vk_limits.CAPABILITIES.total_rate, vk, lambda phone: phone.start()),
            PhoneCrowd("viber", viber_limits.CAPABILITIES.total_rate, viber, lambda phone: phone.open()),
        ]


@dataclass(frozen=True, slots=True)
class Stage:
    crowds: Sequence[Crowd]
    cpu_s: Callable[[], float]  # that the bot has used


@asynccontextmanager
async def open_stage(config: Path, folder: Path, people: int) -> AsyncIterator[Stage]:
    """So many people in each messenger; nobody has opened the chat yet."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        standins = StandIns(
            telegram=await stack.enter_async_context(StandInTelegram()),
            vk=await stack.enter_async_context(StandInVk()),
            viber=await stack.enter_async_context(StandInViber()),
        )
        path = write_config(config, folder, standins.channels(url))
        cpu_s = await stack.enter_async_context(running_bot(path, port, standins.secrets))
        web = await stack.enter_async_context(WebCrowd(url, people))
        yield Stage([*standins.crowds(people), web], cpu_s)
