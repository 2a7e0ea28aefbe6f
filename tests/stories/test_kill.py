"""`kill -9` in the middle of work, again and again: the real command in a process of its own."""

import asyncio
import os
import random
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import config as configuration
from bot.config import Config
from bot.storage.database import Database
from bot.storage.delivery_states import Delivery
from bot.storage.tables import messages
from knowledge.library import Library
from standins.telegram import StandInTelegram
from standins.vk import StandInVk
from tests.stories.bot_under_test import write_config
from tests.stories.people import WebSubscriber

pytestmark = pytest.mark.asyncio(loop_scope="session")

KILLS = 3
QUESTIONS = 8


@asynccontextmanager
async def otklik(config: Path, **tokens: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A running process and its address; killed at the end, if it is not dead already."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--port", "0", "--config", str(config)),
        env={**os.environ, **{f"OTKLIK_{name.upper()}": token for name, token in tokens.items()}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            first = (await process.stdout.readline()).decode()
        yield process, first.removeprefix("Web chat: ").strip().rstrip("/")
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_in_the_web_chat_every_question_is_answered_once_and_in_order(
    tmp_path: Path, knowledge_config: Config, library: Library
) -> None:
    config, chance = write_config(tmp_path, index=knowledge_config.knowledge.index), random.Random(2026)
    keys = [str(uuid.uuid4()) for _ in range(QUESTIONS)]
    tab = WebSubscriber("")
    for killing in [True] * KILLS + [False]:
        async with otklik(config) as (process, tab.url):
            await tab.open()
            for key in keys:
                if key not in tab.acknowledged:
                    await tab.write("как узнать баланс", key)
            if killing:
                await asyncio.sleep(chance.uniform(0, 0.15))
                process.send_signal(signal.SIGKILL)
            else:
                await tab.hears_in_all("*105#", QUESTIONS)
            await tab.close()
    assert sum("*105#" in heard.text for heard in tab.heard) == QUESTIONS


async def test_in_telegram_no_question_is_lost_and_none_answered_twice(
    tmp_path: Path, knowledge_config: Config, library: Library
) -> None:
    chance = random.Random(7)
    async with StandInTelegram() as telegram:
        path = write_config(tmp_path, {"telegram": {"api": telegram.url}}, knowledge_config.knowledge.index)
        phone = telegram.phone(5, "Test 5")
        asked = 0
        for _ in range(KILLS):
            async with otklik(path, telegram_token=telegram.token) as (process, _):
                for _ in range(2):
                    await phone.write("как узнать баланс")
                    asked += 1
                await asyncio.sleep(chance.uniform(0, 0.4))
                process.send_signal(signal.SIGKILL)
        async with otklik(path, telegram_token=telegram.token):
            await phone.write("как узнать свой номер")
            await phone.hears("*201#", 30)
        answers = sum("*105#" in seen.text for seen in phone.messages)
        # Telegram has no idempotency key: what was in flight at a kill is marked, never repeated.
        assert answers <= asked <= answers + await _uncertain(configuration.load(path).database.url)


async def test_in_vk_every_question_is_answered_once_and_in_order(
    tmp_path: Path, knowledge_config: Config, library: Library
) -> None:
    """VK has an idempotency key, so here even what was in flight at a kill is sent exactly once."""
    chance = random.Random(11)
    async with StandInVk() as vk:
        path = write_config(tmp_path, {"vk": {"api": vk.url}}, knowledge_config.knowledge.index)
        phone = vk.phone(5, "Test 5")
        asked: list[str] = []
        for _ in range(KILLS):
            async with otklik(path, vk_token=vk.token) as (process, _):
                # A community's events count from the bot's very first connection on.
                await vk.world.pulse.until(lambda: vk.called("groups.getLongPollServer"), 30)
                for text, answer in (("как узнать баланс", "*105#"), ("как узнать свой номер", "*201#")):
                    await phone.write(text)
                    asked.append(answer)
                await asyncio.sleep(chance.uniform(0, 0.6))
                process.send_signal(signal.SIGKILL)
        async with otklik(path, vk_token=vk.token):
            await phone.write("как узнать баланс")
            for answer in [*asked, "*105#"]:
                await phone.hears(answer, 30)
        commands = [answer for seen in phone.messages for answer in ("*105#", "*201#") if answer in seen.text]
        assert commands == [*asked, "*105#"]


async def _uncertain(url: str) -> int:
    database = Database(url)
    async with database.reading() as connection:
        count = await connection.execute(
            select(func.count()).where(messages.c.delivery == Delivery.UNCERTAIN.value).select_from(messages)
        )
        marked = int(count.scalar_one())
    await database.close()
    return marked
