"""The stand-ins of all messengers, and how a bot is configured to talk to them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from bot.config import Secrets
from standins.faults import How, Trouble, Troubled
from standins.telegram import StandInTelegram
from standins.viber import StandInViber
from standins.vk import StandInVk
from tests.stories.bot_under_test import Channels
from tests.stories.people import PhoneSubscriber


@dataclass(frozen=True)
class Messengers:
    telegram: StandInTelegram
    vk: StandInVk
    viber: StandInViber

    def secrets(self, *names: str) -> Secrets:
        """Of these messengers, or of all."""
        tokens = {"telegram": self.telegram.token, "vk": self.vk.token, "viber": self.viber.token}
        return Secrets(**{f"{name}_token": SecretStr(tokens[name]) for name in names or tokens})

    def channels(self, mode: str, public_url: str) -> Channels:
        return {
            "telegram": {"api": self.telegram.url, "mode": mode, "public_url": public_url},
            "vk": {"api": self.vk.url, "mode": mode, "public_url": public_url},
            "viber": {"api": self.viber.url, "public_url": public_url},
        }

    def subscriber(self, channel: str, number: int) -> PhoneSubscriber:
        """A person whose chat with the bot is not open yet."""
        name = f"Test {number}"
        match channel:
            case "telegram":
                telegram = self.telegram.phone(1000 + number, name)
                return PhoneSubscriber(telegram, telegram.start)
            case "vk":
                vk = self.vk.phone(1000 + number, name)
                return PhoneSubscriber(vk, vk.start)
            case _:
                viber = self.viber.phone(f"viber-{number:04}==", name)
                return PhoneSubscriber(viber, viber.open)

    def repeat_everything(self, channel: str) -> None:
        """Every event there was comes once more, as it was."""
        match channel:
            case "telegram":
                for update in list(self.telegram.updates.past):
                    self.telegram.updates.queue(update)
            case "vk":
                for event in list(self.vk.events.past):
                    self.vk.events.queue(event)
            case _:
                for callback in list(self.viber.callbacks.past):
                    self.viber.callbacks.queue(callback)

    def fail_next_file(self, channel: str, how: How) -> None:
        """The next download of a subscriber's file fails."""
        match channel:
            case "telegram":
                self.telegram.fail_next("file", how, status=502)
            case "vk":
                self.vk.fail_next("file", how, status=502)
            case _:
                self.viber.fail_next("media", how, status=502)

    async def stop(self, channel: str) -> None:
        """Nobody answers at the messenger's address; what was said stays."""
        await {"telegram": self.telegram, "vk": self.vk, "viber": self.viber}[channel].stop()

    async def start(self, channel: str) -> None:
        await {"telegram": self.telegram, "vk": self.vk, "viber": self.viber}[channel].start()

    def trouble(self, channel: str, trouble: Trouble | None, *, every: int = 1) -> None:
        standins: dict[str, Troubled] = {"telegram": self.telegram, "vk": self.vk, "viber": self.viber}
        standins[channel].trouble(trouble, every=every)


@asynccontextmanager
async def messengers() -> AsyncIterator[Messengers]:
    async with AsyncExitStack() as stack:
        yield Messengers(
            telegram=await stack.enter_async_context(StandInTelegram()),
            vk=await stack.enter_async_context(StandInVk()),
            viber=await stack.enter_async_context(StandInViber()),
        )
