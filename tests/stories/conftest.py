"""The stage: one knowledge for all stories, a fresh bot and database for each, the channel as a parameter."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.app import open_library
from bot.config import Config
from knowledge.library import Library
from tests.stories.bot_under_test import BotUnderTest, address_of, config_for, free_port, serving
from tests.stories.messengers import Messengers, messengers
from tests.stories.people import AgentAtDesk, Subscriber, WebSubscriber


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
    messengers: Messengers
    _closing: AsyncExitStack

    async def subscriber(self, channel: str, number: int = 1) -> Subscriber:
        """A person who has not asked yet; the web chat greets whom it sees come in."""
        if channel != "web":
            return self.messengers.subscriber(channel, number)
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


@asynccontextmanager
async def staged(
    folder: Path, library: Library, *, mode: str = "polling", names: tuple[str, ...] = (), **changes: Any
) -> AsyncIterator[Stage]:
    """`names`: the messengers that are on, by default all; `changes`: see `Channels`."""
    listener = free_port()
    async with AsyncExitStack() as closing:
        standins = await closing.enter_async_context(messengers())
        channels = standins.channels(mode, address_of(listener))
        config = config_for(folder, {name: {**block, **changes.get(name, {})} for name, block in channels.items()})
        bot = await closing.enter_async_context(serving(config, standins.secrets(*names), library, listener))
        await bot.connected()
        async with AsyncExitStack() as people:
            yield Stage(bot, standins, people)


# Viber only knows webhooks, the web chat only its own socket.
WAYS = ("web", "telegram polling", "telegram webhook", "vk polling", "vk webhook", "viber webhook")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """A channel, and how its events come."""
    return str(request.param)


@pytest.fixture
def channel(way: str) -> str:
    return way.partition(" ")[0]


@pytest_asyncio.fixture(loop_scope="session")
async def stage(request: pytest.FixtureRequest, tmp_path: Path, library: Library) -> AsyncIterator[Stage]:
    """For a story of one channel only this one is on, for others all are."""
    way = request.getfixturevalue("way") if "way" in request.fixturenames else " polling"
    name, _, mode = way.partition(" ")
    async with staged(tmp_path, library, mode=mode or "polling", names=() if name in ("", "web") else (name,)) as open_:
        yield open_
