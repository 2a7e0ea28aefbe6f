"""Viber keeps the contract of a channel."""

from collections.abc import Callable

import pytest

from bot.channels.channel import Channel
from bot.channels.viber.channel import ViberChannel
from bot.channels.viber.settings import SIGNATURE_HEADER, signature
from bot.messages import WebhookCall
from standins.viber import StandInViber
from tests.bot.channels.contract import ChannelContract
from tests.bot.channels.viber.conftest import PAYLOADS, USER


class TestViber(ChannelContract):
    @pytest.fixture
    def channel(self, connected: ViberChannel) -> Channel:
        return connected

    @pytest.fixture
    async def chat_id(self, connected: ViberChannel, viber: StandInViber) -> str:
        await viber.phone(USER).subscribe()
        return USER

    @pytest.fixture
    def gone_chat_id(self) -> str:
        return "nobody=="

    @pytest.fixture
    def body(self) -> bytes:
        return (PAYLOADS / "text.json").read_bytes()

    @pytest.fixture
    def signed(self, viber: StandInViber) -> Callable[[bytes], WebhookCall]:
        return lambda body: WebhookCall({SIGNATURE_HEADER: signature(viber.token, body)}, body)
