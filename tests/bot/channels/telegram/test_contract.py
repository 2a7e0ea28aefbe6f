"""Telegram keeps the contract of a channel."""

from collections.abc import AsyncIterator, Callable

import pytest

from bot.channels.channel import Channel
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.settings import SECRET_HEADER, TelegramSettings
from bot.messages import WebhookCall
from standins.telegram import StandInTelegram
from tests.bot.channels.contract import ChannelContract
from tests.bot.channels.telegram.conftest import NOW, PAYLOADS, TIMING

SECRET = "a-secret_of-the-test"


class TestTelegram(ChannelContract):
    @pytest.fixture
    async def channel(self, telegram: StandInTelegram) -> AsyncIterator[Channel]:
        channel = TelegramChannel(
            TelegramSettings(api=telegram.url), telegram.token, SECRET, timing=TIMING, now=lambda: NOW
        )
        yield channel
        await channel.close()

    @pytest.fixture
    async def chat_id(self, telegram: StandInTelegram) -> str:
        await telegram.phone(42).start()
        return "42"

    @pytest.fixture
    def gone_chat_id(self) -> str:
        return "43"

    @pytest.fixture
    def body(self) -> bytes:
        return (PAYLOADS / "text.json").read_bytes()

    @pytest.fixture
    def signed(self) -> Callable[[bytes], WebhookCall]:
        return lambda body: WebhookCall({SECRET_HEADER: SECRET}, body)
