"""An editor saves a file while subscribers write: the answer follows, and a broken file does no harm."""

import asyncio
import shutil
from pathlib import Path

import httpx
import pytest

from bot import config as configuration
from bot.app import open_library
from bot.config import Config, Secrets
from knowledge.library import Library
from tests.stories.bot_under_test import ROOT, serving, write_config
from tests.stories.people import WebSubscriber

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIVE_WITHIN_S = 5


async def test_a_saved_file_is_live_and_a_broken_one_is_refused(
    tmp_path: Path, knowledge_config: Config, library: Library
) -> None:
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = write_config(tmp_path, index=knowledge_config.knowledge.index)
    text = path.read_text(encoding="utf-8").replace(str(ROOT / "knowledge"), "knowledge")
    path.write_text(text, encoding="utf-8")
    config = configuration.load(path)
    file = next(
        file
        for file in (tmp_path / "knowledge/topics/balance").iterdir()
        if "- id: balance.check\n" in file.read_text()
    )
    whole = file.read_text(encoding="utf-8")
    async with open_library(config) as own, serving(config, Secrets(), own) as bot, httpx.AsyncClient() as http:
        tab = WebSubscriber(bot.url)
        await tab.open()
        await tab.write("как узнать баланс")
        await tab.hears("Наберите")

        file.write_text(whole.replace("Наберите", "Просто наберите", 1), encoding="utf-8")
        await asyncio.sleep(LIVE_WITHIN_S)
        await tab.write("как узнать баланс")
        await tab.hears("Просто наберите")

        file.write_text(whole.replace("questions:", "qestions:", 1), encoding="utf-8")
        await asyncio.sleep(LIVE_WITHIN_S)
        health = (await http.get(f"{bot.url}/health")).json()
        assert (health["status"], health["knowledge"]["state"]) == ("degraded", "stale")
        assert f"{file.name}:" in health["knowledge"]["note"]
        await tab.write("как узнать баланс")
        await tab.hears("Просто наберите")

        file.write_text(whole, encoding="utf-8")
        await asyncio.sleep(LIVE_WITHIN_S)
        assert (await http.get(f"{bot.url}/health")).json()["status"] == "ok"
        await tab.close()
