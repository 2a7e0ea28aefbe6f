"""A stand-in for VK, a subscriber, and the two client libraries that judge it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import jconfig
import pytest
import requests
from vk_api import VkApiGroup
from vkbottle import API
from vkbottle.http import AiohttpClient

from standins.vk import Phone, StandInVk


@pytest.fixture
async def vk() -> AsyncIterator[StandInVk]:
    async with StandInVk() as server:
        yield server


@pytest.fixture
def phone(vk: StandInVk) -> Phone:
    return vk.phone(42, "Test Subscriber")


@pytest.fixture
async def api(vk: StandInVk) -> AsyncIterator[API]:
    """vkbottle: asynchronous, the token in the query."""
    client = AiohttpClient()

    class StandInApi(API):
        API_URL = f"{vk.url}/method/"

    yield StandInApi(vk.token, http_client=client)
    await client.close()


class Redirected(requests.Session):
    """What vk_api sends to VK goes to the stand-in."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def request(self, method: Any, url: Any, *args: Any, **options: Any) -> Any:
        options["timeout"] = 5
        return super().request(method, str(url).replace("https://api.vk.ru", self.url), *args, **options)


@pytest.fixture
def blocking(vk: StandInVk) -> Iterator[VkApiGroup]:
    """vk_api: blocking, everything in a form. To be called in a thread."""
    with Redirected(vk.url) as session:
        yield VkApiGroup(token=vk.token, session=session, config=jconfig.MemoryConfig, api_version="5.199")
