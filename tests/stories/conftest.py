"""The stage: one knowledge for all stories, a fresh bot and database for each, the channel as a parameter."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.app import open_library
from bot.config import Config, Secrets
from knowledge.library import Library
from standins.telegram import StandInTelegram
from tests.stories.bot_under_test import BotUnderTest, config_for, serving
from tests.stories.people import AgentAtDesk, Subscriber, TelegramSubscriber, WebSubscriber


@pytest.fixture(scope="session")
def knowledge_config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Its index is built once: encoding all phrasings takes some seconds."""
    return config_for(tmp_path_factory.mktemp("knowledge"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def library(knowledge_config: Config) -> AsyncIterator[Library]:
    async with open_library(knowledge_config) as opened:
        yield opened


@dataclass
class Stage:
    """A running bot, and doors for its people."""

    bot: BotUnderTest
    telegram: StandInTelegram
    _closing: AsyncExitStack

    async def subscriber(self, channel: str, number: int = 1) -> Subscriber:
        """A person who has not asked yet; the web chat greets whom it sees come in."""
        if channel == "telegram":
            return TelegramSubscriber(self.telegram.phone(1000 + number, f"Test {number}"))
        tab = await self.tab()
        await tab.hears("Здравствуйте")
        return tab

    async def tab(self, token: str = "", cursor: int = 0) -> WebSubscriber:
        tab = WebSubscriber(self.bot.url, token, cursor)
        await tab.open()
        self._closing.push_async_callback(tab.close)
        return tab

    async def agent(self, name: str = "Мария") -> AgentAtDesk:
        """Logged in and on duty."""
        created = await self.bot.app.desk.agents.create(f"agent-{abs(hash(name)) % 1000}", name)
        agent = AgentAtDesk(self.bot.url)
        self._closing.push_async_callback(agent.leave)
        await agent.log_in(created.login, created.password)
        await agent.go_on_duty()
        return agent


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as closing:
        telegram = await closing.enter_async_context(StandInTelegram())
        secrets = Secrets(telegram_token=SecretStr(telegram.token))
        bot = await closing.enter_async_context(serving(config_for(tmp_path, telegram.url), secrets, library))
        async with AsyncExitStack() as people:
            yield Stage(bot, telegram, people)


@pytest.fixture(params=["web", "telegram"])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)
