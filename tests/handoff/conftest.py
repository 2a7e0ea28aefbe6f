"""The world of the desk's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.handoff.visitors import browser, log_in
from tests.handoff.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """An agent's browser, logged in."""
    await world.agent()
    async with browser(world) as client:
        await log_in(client)
        yield client
