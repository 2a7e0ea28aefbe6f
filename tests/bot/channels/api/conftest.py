"""A stand-in app and the channel at it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.api.channel import ApiChannel
from bot.channels.api.settings import ApiSettings
from tests.bot.channels.api.app import SECRET, StandInApp

PAYLOADS = Path(__file__).parent / "payloads"


@pytest.fixture
async def app() -> AsyncIterator[StandInApp]:
    async with StandInApp() as server:
        yield server


@pytest.fixture
async def connected(app: StandInApp) -> AsyncIterator[ApiChannel]:
    channel = ApiChannel(ApiSettings(callback_url=app.url), SECRET)
    await channel.connect()
    yield channel
    await channel.close()
