"""A stand-in VK and the channel at it, with a clock that stands still and little patience."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.vk.channel import VkChannel
from bot.channels.vk.client import Timing
from bot.channels.vk.settings import VkSettings
from standins.vk import Phone, StandInVk

NOW = datetime(2025, 10, 9, 12, 0, tzinfo=UTC)
TIMING = Timing(connect_s=5, call_s=5, poll_s=5, file_s=5, first_pause_s=0.01, longest_pause_s=0.02)
IMPATIENT = Timing(
    connect_s=0.3, call_s=0.3, poll_s=0, file_s=0.3, second_s=0.1, first_pause_s=0.01, longest_pause_s=0.02
)
PAYLOADS = Path(__file__).parent / "payloads"


class KeptCursors:
    """Implements bot.storage.cursors.Cursors."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}
        self.failures = 0

    async def load(self, channel: str, account: str) -> str:
        self._fail()
        return self.values.get((channel, account), "")

    async def save(self, channel: str, account: str, value: str) -> None:
        self._fail()
        self.values[channel, account] = value

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is gone")


@pytest.fixture
async def vk() -> AsyncIterator[StandInVk]:
    async with StandInVk() as server:
        server.access.calls_a_second = 0  # only tests of the pace wait
        yield server


@pytest.fixture
def cursors() -> KeptCursors:
    return KeptCursors()


def make_channel(
    vk: StandInVk, cursors: KeptCursors | None = None, timing: Timing = TIMING, **settings: str
) -> VkChannel:
    chosen = VkSettings.model_validate({"api": vk.url, **settings})
    return VkChannel(chosen, vk.token, "", cursors or KeptCursors(), timing=timing, now=lambda: NOW)


@pytest.fixture
async def channel(vk: StandInVk, cursors: KeptCursors) -> AsyncIterator[VkChannel]:
    channel = make_channel(vk, cursors)
    await channel.connect()
    yield channel
    await channel.close()


@pytest.fixture
async def impatient(vk: StandInVk, cursors: KeptCursors) -> AsyncIterator[VkChannel]:
    channel = make_channel(vk, cursors, IMPATIENT)
    yield channel
    await channel.close()


@pytest.fixture
async def phone(vk: StandInVk) -> Phone:
    phone = vk.phone(42)
    await phone.start()
    return phone
