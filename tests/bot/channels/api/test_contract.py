"""The operator's own app keeps the contract of a channel."""

from collections.abc import Callable

import pytest

from bot.channels.api.channel import ApiChannel
from bot.channels.api.settings import SIGNATURE_HEADER
from bot.channels.channel import Channel
from bot.messages import WebhookCall
from tests.bot.channels.api.app import USER, signed
from tests.bot.channels.api.conftest import PAYLOADS
from tests.bot.channels.contract import ChannelContract


class TestApi(ChannelContract):
    @pytest.fixture
    def channel(self, connected: ApiChannel) -> Channel:
        return connected

    @pytest.fixture
    def chat_id(self) -> str:
        return USER

    @pytest.fixture
    def gone_chat_id(self) -> str:
        return "user-gone"

    @pytest.fixture
    def body(self) -> bytes:
        return (PAYLOADS / "text.json").read_bytes()

    @pytest.fixture
    def signed(self) -> Callable[[bytes], WebhookCall]:
        return lambda body: WebhookCall({SIGNATURE_HEADER: signed(body)}, body)
