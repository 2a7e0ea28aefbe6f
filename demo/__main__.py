"""`python -m demo`: the bot, the three messengers' stand-ins and one page with phones and the desk. No real messenger
is called. `--check` goes through one conversation in each messenger instead and ends with 0 or 1."""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from bot import log
from bot.commands.options import say
from bot.errors import OtklikError
from demo.check import check
from demo.server import site
from demo.stage import Stage, listen, open_stage, serving

PORT = 8090


def main() -> int:
    options = _options()
    log.configure("info" if options.verbose else "error", "console")
    try:
        return asyncio.run(_run(options))
    except OSError as error:
        say(f"Port {options.port} cannot be used: {error.strerror}. Stop what listens there, or give --port.")
    except OtklikError as error:
        say(str(error))
    return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--port", type=_port, default=PORT, help=f"of the page; {PORT} by default, 0 for any free one")
    parser.add_argument("--check", action="store_true", help="talk in each messenger once, and tell how it went")
    parser.add_argument("--verbose", action="store_true", help="show the bot's log")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, which is a number from 0 to 65535")
    return int(text)


async def _run(options: argparse.Namespace) -> int:
    listener = listen(options.port)
    say("Starting; the first time the questions of the knowledge are encoded, which takes some 15 s.")
    with tempfile.TemporaryDirectory(prefix="otklik-demo-") as folder:
        async with open_stage(Path(folder)) as stage, serving(site(stage), listener):
            # Not 127.0.0.1: there the cookie of a real desk on this machine may be.
            address = f"http://localhost:{listener.getsockname()[1]}"
            if options.check:
                return await check(stage, address, say)
            _introduce(stage, address)
            await _signal()
    return 0


def _introduce(stage: Stage, address: str) -> None:
    say(f"Demo:     {address}/")
    say(f"Desk:     {address}/desk, login {stage.login}, password {stage.password} (the page logs in by itself)")
    say(f"Web chat: {stage.url}/")
    say("Nothing is kept: with Ctrl+C the conversations are gone.")


async def _signal() -> None:
    """Until somebody wants the end."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, ended.set)
    await ended.wait()


if __name__ == "__main__":
    sys.exit(main())
