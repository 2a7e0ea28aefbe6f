"""Telegram calls us instead of being asked: the same conversation, and no way in without the secret."""

from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot import config as configuration
from bot.config import Secrets
from knowledge.library import Library
from standins.telegram import StandInTelegram
from tests.stories.bot_under_test import free_port, serving, write_config

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_through_the_webhook_is_answered_once_and_a_forged_one_is_refused(
    tmp_path: Path, library: Library
) -> None:
    listener = free_port()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with StandInTelegram() as telegram, httpx.AsyncClient(base_url=address) as stranger:
        path = write_config(tmp_path, telegram.url)
        text = path.read_text(encoding="utf-8").replace("mode: polling", f"mode: webhook\n    public_url: {address}")
        path.write_text(text, encoding="utf-8")
        secrets = Secrets(telegram_token=SecretStr(telegram.token))
        async with serving(configuration.load(path), secrets, library, listener):
            phone = telegram.phone(3, "Test 3")
            await phone.write("как узнать баланс")
            answer = await phone.hears("*105#", 15)
            await phone.press("Помогло")
            await phone.hears("", 15)
            assert "Помогло" in answer.buttons

            forged = {"update_id": 1, "message": {"text": "как узнать баланс"}}
            assert (await stranger.post("/webhooks/telegram", json=forged)).status_code == 403
            assert (await stranger.post("/webhooks/viber", json=forged)).status_code == 404
            assert sum("*105#" in seen.text for seen in phone.messages) == 1
