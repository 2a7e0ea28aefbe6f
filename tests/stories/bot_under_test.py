"""A whole bot on a free port: the real composition, SQLite, the shipped encoder and the shipped knowledge."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from bot import config as configuration
from bot.app import App, build, running
from bot.config import Config, Secrets
from knowledge.library import Library

ROOT = Path(__file__).parents[2]


@dataclass
class BotUnderTest:
    app: App
    url: str


def config_for(folder: Path, telegram: str = "") -> Config:
    """The shipped configuration with its files in a folder of the test."""
    return configuration.load(write_config(folder, telegram))


def write_config(folder: Path, telegram: str = "", index: Path | None = None) -> Path:
    """`index`: one that is built already."""
    text = (ROOT / "config.yml").read_text(encoding="utf-8")
    text = text.replace("index: var/index ", f"index: {index} ") if index else text
    text = text.replace("folder: knowledge ", f"folder: {ROOT / 'knowledge'} ")
    text = text.replace("mode: polling ", f"mode: polling\n    api: {telegram} ") if telegram else text
    path = folder / "config.yml"
    path.write_text(text, encoding="utf-8")
    return path


def free_port() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


@asynccontextmanager
async def serving(
    config: Config, secrets: Secrets, library: Library, listener: socket.socket | None = None
) -> AsyncIterator[BotUnderTest]:
    app = build(config, secrets, library)
    listener = listener or free_port()
    async with running(app):
        server = uvicorn.Server(uvicorn.Config(app.web, log_config=None, timeout_graceful_shutdown=1))
        serve = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield BotUnderTest(app, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            await serve
