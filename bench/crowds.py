"""Subscribers by the hundred: of each messenger, on the phones of its stand-in or in tabs of the web chat."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any, Protocol, Self

import aiohttp

from bot.channels.channel import Rate


class Crowd(Protocol):
    name: str
    limit: Rate | None  # of the messenger, for what the bot sends

    async def open(self) -> None:
        """Everybody opens the chat."""
        ...

    async def ask(self, questions: Sequence[str]) -> None:
        """Everybody writes one of these, all at once."""
        ...

    @property
    def seen(self) -> int:
        """Messages of the bot on all screens."""
        ...


class Phone(Protocol):
    @property
    def messages(self) -> Sequence[Any]: ...
    async def write(self, text: str) -> Any: ...


class PhoneCrowd:
    """In a stand-in. `open_chat`: what a phone does when the chat is opened."""

    def __init__(
        self, name: str, limit: Rate | None, phones: Sequence[Phone], open_chat: Callable[[Any], Awaitable[Any]]
    ) -> None:
        self.name = name
        self.limit = limit
        self._phones = phones
        self._open_chat = open_chat

    async def open(self) -> None:
        for phone in self._phones:
            await self._open_chat(phone)

    async def ask(self, questions: Sequence[str]) -> None:
        for phone, question in zip(self._phones, questions, strict=True):
            await phone.write(question)

    @property
    def seen(self) -> int:
        return sum(len(phone.messages) for phone in self._phones)


class WebCrowd:
    """Tabs of the web chat; an async context manager."""

    def __init__(self, url: str, people: int) -> None:
        self.name = "web"
        self.limit: Rate | None = None
        self.seen = 0
        self._url = f"{url}/chat/socket"
        self._people = people
        self._tabs: list[aiohttp.ClientWebSocketResponse] = []
        self._readers: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0)
        self._session = await self._stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        return self

    async def __aexit__(self, *_error: object) -> None:
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        await asyncio.gather(*(tab.close() for tab in self._tabs))
        await self._stack.aclose()

    async def open(self) -> None:
        self._tabs = [await self._session.ws_connect(self._url) for _ in range(self._people)]
        self._readers = [asyncio.create_task(self._read(tab)) for tab in self._tabs]
        for tab in self._tabs:
            await tab.send_json({"type": "hello"})

    async def ask(self, questions: Sequence[str]) -> None:
        for tab, question in zip(self._tabs, questions, strict=True):
            await tab.send_json({"type": "message", "key": str(uuid.uuid4()), "text": question})

    async def _read(self, tab: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in tab:
            if frame.type is aiohttp.WSMsgType.TEXT:
                said = json.loads(frame.data)
                self.seen += said["type"] == "message" and said["author"] != "subscriber"
