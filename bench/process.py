"""The bot in a process of its own, as `otklik run` starts it, with a fresh database in a folder of the bench."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from bot import config as configuration

STARTS_WITHIN_S = 120.0
DATABASE = "otklik.db"


def free_port() -> int:
    """Known before the bot starts, because messengers are told where it will be."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def write_config(base: Path, folder: Path, channels: Mapping[str, Mapping[str, Any]]) -> Path:
    """The given configuration, with everything it writes in the folder and its messengers replaced."""
    config = configuration.load(base)
    values = yaml.safe_load(base.read_text(encoding="utf-8"))
    values["knowledge"] = {"folder": str(config.knowledge.folder), "index": str(config.knowledge.index)}
    values |= {"database": {"url": f"sqlite+aiosqlite:///{folder / DATABASE}"}, "files": str(folder / "files")}
    values |= {"channels": {name: dict(block) for name, block in channels.items()}, "log": {"level": "warning"}}
    path = folder / "config.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")
    return path


@asynccontextmanager
async def running_bot(config: Path, port: int, secrets: Mapping[str, str]) -> AsyncIterator[Callable[[], float]]:
    """Up with every messenger connected; stopped at the end. Gives the processor time it has used, in seconds."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("OTKLIK_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--port", str(port), "--config", str(config)),
        env={**others, **secrets},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await _connected(process, f"http://127.0.0.1:{port}/health")
        yield lambda: _cpu_s(process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _cpu_s(pid: int) -> float:
    """By Linux's own account: the fields utime and stime."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _connected(process: asyncio.subprocess.Process, health: str) -> None:
    parts: dict[str, dict[str, str]] = {}
    async with aiohttp.ClientSession() as session:
        for _ in range(int(STARTS_WITHIN_S / 0.1)):
            if process.returncode is not None:
                raise RuntimeError(f"the bot ended with {process.returncode} instead of starting; see its log above")
            parts = await _parts(session, health)
            if parts and all(part["state"] in ("up", "off") for part in parts.values()):
                return
            await asyncio.sleep(0.1)
    raise RuntimeError(f"the bot was not up within {STARTS_WITHIN_S:g} s: {parts}")


async def _parts(session: aiohttp.ClientSession, health: str) -> dict[str, dict[str, str]]:
    try:
        async with session.get(health) as answer:
            parts: dict[str, dict[str, str]] = (await answer.json())["channels"]
            return parts
    except aiohttp.ClientError:
        return {}
