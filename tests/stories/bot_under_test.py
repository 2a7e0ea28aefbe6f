"""A whole bot on a free port: the real composition, SQLite, the shipped encoder and the shipped knowledge."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
import yaml

from bot import config as configuration
from bot.app import App, build, running
from bot.config import Config, Secrets
from knowledge.library import Library

ROOT = Path(__file__).parents[2]
CONNECTED_WITHIN_S = 15

Channels = Mapping[str, Mapping[str, Any]]
"""What a test changes in the blocks `channels.*` of config.yml: {"telegram": {"api": "http://..."}}."""


@dataclass
class BotUnderTest:
    app: App
    url: str

    async def connected(self) -> None:
        """Until every messenger is up."""
        async with asyncio.timeout(CONNECTED_WITHIN_S):
            while any(connection.state.state != "up" for connection in self.app.connections):
                await asyncio.sleep(0.01)


def config_for(folder: Path, channels: Channels | None = None) -> Config:
    """The shipped configuration with its files in a folder of the test."""
    return configuration.load(write_config(folder, channels))


def write_config(folder: Path, channels: Channels | None = None, index: Path | None = None) -> Path:
    """`index`: one that is built already."""
    values = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    values["knowledge"]["folder"] = str(ROOT / "knowledge")
    if index:
        values["knowledge"]["index"] = str(index)
    for name, changes in (channels or {}).items():
        values["channels"][name] |= changes
    path = folder / "config.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return path


def free_port() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def address_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


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
            yield BotUnderTest(app, address_of(listener))
        finally:
            server.should_exit = True
            await serve
