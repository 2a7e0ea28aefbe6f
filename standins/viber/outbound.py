"""The calls that the stand-in makes itself, in the background: callbacks to the bot, downloads of its files."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True)
class Outbound:
    _session: aiohttp.ClientSession | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def session(self) -> aiohttp.ClientSession:
        self._session = self._session or aiohttp.ClientSession(timeout=TIMEOUT)
        return self._session

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body; status 0 when nobody answered."""
        try:
            async with self.session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, b""

    async def download(self, url: str, limit: int) -> bytes | None:
        """None when there is nothing to get or it is larger than the limit."""
        try:
            async with self.session.get(url) as response:
                content = await response.content.read(limit + 1) if response.status == 200 else None
                while content is not None and len(content) <= limit and not response.content.at_eof():
                    content += await response.content.read(limit + 1 - len(content))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
        return content if content is not None and len(content) <= limit else None

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()
