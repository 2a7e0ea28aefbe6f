"""Repeats, reconnects and sudden deaths: nothing is lost, nothing is answered twice."""

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Secrets
from bot.messages import Incoming, IncomingKind, Sender
from bot.storage import conversations, inbox
from bot.storage.database import Database
from bot.storage.migrate import upgrade
from knowledge.library import Library
from standins.telegram import StandInTelegram
from tests.stories.bot_under_test import config_for, serving
from tests.stories.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_web_message_sent_again_after_a_lost_answer_is_answered_once(stage: Stage) -> None:
    tab = await stage.tab()
    await tab.hears("Здравствуйте")
    key = str(uuid.uuid4())
    for _ in range(3):
        await tab.write("как узнать баланс", key)
    await tab.hears("*105#")
    await tab.write("как узнать свой номер")
    await tab.hears("*201#")
    assert sum("*105#" in heard.text for heard in tab.heard) == 1
    assert tab.acknowledged.count(key) == 3


async def test_a_tab_that_was_away_gets_exactly_what_it_missed(stage: Stage) -> None:
    tab = await stage.tab()
    await tab.hears("Здравствуйте")
    await tab.write("как узнать баланс")
    await tab.close()
    await stage.bot.app.settled()
    again = await stage.tab(tab.token, tab.cursor)
    heard = tab.heard + ([await again.hears("*105#")] if not any("*105#" in h.text for h in tab.heard) else [])
    await again.write("как узнать свой номер")
    await again.hears("*201#")
    assert sum("*105#" in one.text for one in [*tab.heard, *again.heard]) == 1
    assert heard


async def test_a_message_accepted_by_a_process_that_died_is_answered_once_by_the_next(
    tmp_path: Path, library: Library
) -> None:
    async with StandInTelegram() as telegram:
        config = config_for(tmp_path, {"telegram": {"api": telegram.url}})
        phone = telegram.phone(9, "Test 9")
        phone.chat.started = True  # the message below is theirs
        account = telegram.token.partition(":")[0]
        await _accept_and_die(config.database.url, Sender("telegram", account, "9", "Test 9"))
        for _ in range(2):  # the second start finds nothing left to do
            async with serving(config, Secrets(telegram_token=SecretStr(telegram.token)), library) as bot:
                await bot.app.settled()
        assert sum("*105#" in seen.text for seen in phone.messages) == 1


async def test_an_answer_that_waited_for_the_messenger_is_sent_once_after_a_restart(
    tmp_path: Path, library: Library
) -> None:
    async with StandInTelegram() as telegram:
        config = config_for(tmp_path, {"telegram": {"api": telegram.url}})
        secrets = Secrets(telegram_token=SecretStr(telegram.token))
        phone = telegram.phone(9, "Test 9")
        telegram.fail_next("sendMessage", status=429, retry_after=1, times=1)
        async with serving(config, secrets, library):
            await phone.write("как узнать баланс")
            async with asyncio.timeout(10):
                while not telegram.called("sendMessage"):
                    await asyncio.sleep(0.01)
        async with serving(config, secrets, library):
            await phone.hears("*105#", 15)
        assert sum("*105#" in seen.text for seen in phone.messages) == 1


async def _accept_and_die(url: str, sender: Sender) -> None:
    """What is in the database after `accept` returned, and nothing after it."""
    database = Database(url)
    await upgrade(database)
    now = datetime.now(UTC)
    message = Incoming("9:1", sender, IncomingKind.TEXT, now, text="как узнать баланс")
    async with database.work() as connection:
        conversation = await conversations.find_or_create(connection, sender, now)
        await inbox.accept(connection, conversation, message, now)
    await database.close()
