"""`otklik run`: the bot with its web chat, desk and messengers, until it is stopped."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from typing import Annotated

import typer
import uvicorn

from bot.app import App, build, open_library, running, switched_off
from bot.channels.broken import BrokenChannel
from bot.commands.options import DEFAULT_CONFIG, ConfigOption, say, start
from bot.config import Config, Secrets
from bot.errors import ConfigError


def run(
    config: ConfigOption = DEFAULT_CONFIG,
    port: Annotated[int | None, typer.Option(help="Port instead of server.port.", min=0, max=65535)] = None,
) -> None:
    """Start the bot, the web chat, the desk and every messenger that has its secrets."""
    settings, secrets = start(config)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(settings, secrets, settings.server.port if port is None else port))


async def _serve(config: Config, secrets: Secrets, port: int) -> None:
    listener = _listen(config.server.host, port)
    async with open_library(config) as library:
        app = build(config, secrets, library)
        async with running(app):
            await _introduce(app, listener, switched_off(config, secrets))
            settings = uvicorn.Config(
                app.web, log_config=None, access_log=False, timeout_graceful_shutdown=5, ws_max_size=64 * 1024
            )
            await Server(settings).serve(sockets=[listener])


class Server(uvicorn.Server):
    """A signal ends the serving, not the process: uvicorn's own handling would kill it before `running` cleans up."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for ending in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(ending, self.handle_exit, ending, None)
        yield


def _listen(host: str, port: int) -> socket.socket:
    """Bound before anything else starts, so that a second bot on the same port stops at once and harms nothing."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # who connects while the rest starts waits a moment instead of being refused
    except OSError as error:
        listener.close()
        raise ConfigError(
            [f"port {port} of {host} cannot be used: {error.strerror}. Stop what listens there, or give --port"]
        ) from None
    return listener


async def _introduce(app: App, listener: socket.socket, off: dict[str, str]) -> None:
    host, port = listener.getsockname()[:2]
    address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104
    say(f"Web chat: {address}/")
    say(f"Desk:     {address}/desk")
    if (first := await app.desk.agents.ensure_first_admin()) is not None:
        say(f"First administrator: login {first.login}, one-time password {first.password}")
        say("It is shown this once; the desk asks for a new one at the first login.")
    for name, note in off.items():
        say(f"Messenger {name}: off ({note})")
    for name, channel in app.channels.items():
        if isinstance(channel, BrokenChannel):
            say(f"Messenger {name}: failed ({channel.reason})")
            continue
        say(f"Messenger {name}: on; whether it is up stands in the log and at {address}/health")
