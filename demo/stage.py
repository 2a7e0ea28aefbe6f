"""The composition of the demo: the real bot on a port of its own, a stand-in for each messenger, a phone in each.

Everything it stores lies in a folder that goes with it; only the index of the knowledge is the one of `make run`.
"""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp

from bot import config as configuration
from bot import health
from bot.app import App, build, open_library, running
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.viber.settings import ViberSettings
from bot.channels.vk.settings import VkSettings
from bot.config import Config, Secrets
from demo.phones.telegram import TelegramHandset
from demo.phones.viber import ViberHandset
from demo.phones.vk import VkHandset
from demo.screens import Handset
from standins.telegram import StandInTelegram
from standins.viber import StandInViber
from standins.vk import StandInVk

ROOT = Path(__file__).parents[1]
AGENT = "demo"
AGENT_NAME = "Василиса"


@dataclass(frozen=True, slots=True)
class StandIns:
    telegram: StandInTelegram
    vk: StandInVk
    viber: StandInViber


@dataclass(frozen=True, slots=True)
class Stage:
    """A running bot with its phones by the messenger's name, and the login of an agent on duty."""

    app: App
    url: str
    phones: Mapping[str, Handset]
    login: str
    password: str

    async def health(self) -> dict[str, Any]:
        return await health.report(self.app.database, self.app.library, self.app.connections, {})


class Server(uvicorn.Server):
    """Two of them share one process: whoever starts them listens for signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    """`folder`: for the database and the files."""
    async with AsyncExitStack() as closing:
        standins = StandIns(
            await closing.enter_async_context(StandInTelegram()),
            await closing.enter_async_context(StandInVk()),
            await closing.enter_async_context(StandInViber()),
        )
        listener = listen(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config, bot_secrets = _config(folder, standins, url), _secrets(folder, standins)
        library = await closing.enter_async_context(open_library(config))
        app = build(config, bot_secrets, library)
        await closing.enter_async_context(running(app))
        await closing.enter_async_context(serving(app.web, listener))
        handsets = (
            TelegramHandset(standins.telegram),
            VkHandset(standins.vk),
            ViberHandset(standins.viber),
        )
        password = await _agent(app)
        yield Stage(app, url, {handset.name: handset for handset in handsets}, AGENT, password)


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    settings = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = Server(settings)
    serve = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serve.done():  # noqa: ASYNC110  # there is nothing to wait for
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await serve


def listen(port: int) -> socket.socket:
    """Raises OSError when the port is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _config(folder: Path, standins: StandIns, url: str) -> Config:
    """The shipped configuration with the stand-ins' addresses: what config.yml says of the rest holds here too."""
    shipped = configuration.load(ROOT / "config.yml")
    channels = {
        "telegram": TelegramSettings(api=standins.telegram.url),
        "vk": VkSettings(api=standins.vk.url),
        "viber": ViberSettings(api=standins.viber.url, public_url=url, sender_name="Отклик"),
    }
    changes = {"channels": shipped.channels.model_copy(update=channels), "files": folder / "files"}
    return shipped.model_copy(update=changes)


def _secrets(folder: Path, standins: StandIns) -> Secrets:
    """Each is named, so that none of a real bot comes in from the environment."""
    return Secrets(
        database_url=SecretStr(f"sqlite+aiosqlite:///{folder / 'demo.db'}"),
        business_key=SecretStr(""),
        telegram_token=SecretStr(standins.telegram.token),
        telegram_webhook_secret=SecretStr(""),
        viber_token=SecretStr(standins.viber.token),
        vk_token=SecretStr(standins.vk.token),
        vk_webhook_secret=SecretStr(""),
    )


async def _agent(app: App) -> str:
    """Somebody on duty with a password that need not be changed."""
    created = await app.desk.agents.create(AGENT, AGENT_NAME)
    agent = await app.desk.agents.authenticate(created.login, created.password)
    if agent is None:
        raise RuntimeError("the login of the demo's agent was refused")
    password = secrets.token_urlsafe(9)
    await app.desk.agents.change_password(agent, created.password, password)
    await app.desk.agents.set_duty(agent.id, on=True)
    return password
