"""VK keeps the contract of a channel."""

from collections.abc import AsyncIterator, Callable

import pytest

from bot.channels.channel import Channel
from bot.channels.vk.channel import VkChannel
from bot.channels.vk.settings import VkSettings, with_secret
from bot.messages import WebhookCall
from standins.vk import StandInVk
from tests.bot.channels.contract import ChannelContract
from tests.bot.channels.vk.conftest import NOW, PAYLOADS, TIMING, KeptCursors

SECRET = "aSecretOfTheTest"


class TestVk(ChannelContract):
    @pytest.fixture
    async def channel(self, vk: StandInVk) -> AsyncIterator[Channel]:
        channel = VkChannel(VkSettings(api=vk.url), vk.token, SECRET, KeptCursors(), timing=TIMING, now=lambda: NOW)
        await channel.connect()
        yield channel
        await channel.close()

    @pytest.fixture
    async def chat_id(self, vk: StandInVk) -> str:
        await vk.phone(42).start()
        return "42"

    @pytest.fixture
    def gone_chat_id(self) -> str:
        return "43"

    @pytest.fixture
    def body(self) -> bytes:
        return (PAYLOADS / "text.json").read_bytes()

    @pytest.fixture
    def signed(self) -> Callable[[bytes], WebhookCall]:
        return lambda body: WebhookCall({}, with_secret(body, SECRET))
