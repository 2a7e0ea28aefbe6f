"""A conversation in the operator's own app, the example of docs/adding-a-channel.md."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Secrets
from knowledge.library import Library
from tests.bot.channels.api.app import SECRET, StandInApp
from tests.stories.bot_under_test import address_of, config_for, free_port, serving

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_question_in_the_operators_app_is_answered_once_and_its_buttons_work(
    tmp_path: Path, library: Library
) -> None:
    listener = free_port()
    async with StandInApp(bot=f"{address_of(listener)}/webhooks/api") as app:
        config = config_for(tmp_path, {"api": {"callback_url": app.url}})
        async with serving(config, Secrets(api_secret=SecretStr(SECRET)), library, listener):
            assert await app.tell("start") == 200
            await app.hears("Здравствуйте")
            assert await app.tell("text", text="как узнать баланс", id="the-question") == 200
            answer = await app.hears("*105#")
            assert await app.tell("text", text="как узнать баланс", id="the-question") == 200
            keys = {button["text"]: button["press"] for button in answer["buttons"]}
            assert await app.tell("press", press=keys["Помогло"]) == 200
            await app.hears("")
            assert await app.tell("read", id=answer["id"]) == 200
            assert await app.tell("dance") == 400
            assert sum("*105#" in message["text"] for message in app.seen) == 1
            assert app.repeats == 0
