"""A stand-in Telegram and the channel at it, with a clock that stands still and little patience."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import Timing
from bot.channels.telegram.settings import TelegramSettings
from standins.telegram import StandInTelegram

NOW = datetime(2025, 10, 9, 12, 0, tzinfo=UTC)
TIMING = Timing(connect_s=5, call_s=5, poll_s=5, file_s=5, first_pause_s=0.01, longest_pause_s=0.02)
IMPATIENT = Timing(connect_s=0.1, call_s=0.3, poll_s=0, file_s=0.3, first_pause_s=0.01, longest_pause_s=0.02)
PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture
async def telegram() -> AsyncIterator[StandInTelegram]:
    async with StandInTelegram() as server:
        yield server


def make_channel(telegram: StandInTelegram, timing: Timing = TIMING, **settings: str) -> TelegramChannel:
    chosen = TelegramSettings.model_validate({"api": telegram.url, **settings})
    return TelegramChannel(chosen, telegram.token, timing=timing, now=lambda: NOW)


@pytest.fixture
async def channel(telegram: StandInTelegram) -> AsyncIterator[TelegramChannel]:
    channel = make_channel(telegram)
    yield channel
    await channel.close()


@pytest.fixture
async def impatient(telegram: StandInTelegram) -> AsyncIterator[TelegramChannel]:
    channel = make_channel(telegram, IMPATIENT)
    yield channel
    await channel.close()
