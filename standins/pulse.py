"""Waiting until something becomes true, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Pulse:
    """Beats whenever anything in the stand-in changed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def beat(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, find: Callable[[], T | None], timeout_s: float) -> T:
        """The first true value of `find`. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not (found := find()):
                await self._next.wait()
        return found
