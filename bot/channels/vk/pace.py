"""How often VK may be called. Waiting here does not block the event loop, as vk-api's own limit would."""

import asyncio
from collections import deque


class Pace:
    """At most `count` calls start in any `per_s` seconds; who comes first goes first."""

    def __init__(self, count: int, per_s: float) -> None:
        self._starts: deque[float] = deque(maxlen=count)
        self._count = count
        self._per_s = per_s
        self._turn = asyncio.Lock()

    async def take(self) -> None:
        """Wait until one more call may start."""
        async with self._turn:
            await asyncio.sleep(self._wait_s())
            self._starts.append(asyncio.get_running_loop().time())

    @property
    def free(self) -> int:
        """How many calls may start now."""
        limit = asyncio.get_running_loop().time() - self._per_s
        return self._count - sum(start > limit for start in self._starts)

    def _wait_s(self) -> float:
        is_full = len(self._starts) == self._count
        return max(0.0, self._starts[0] + self._per_s - asyncio.get_running_loop().time()) if is_full else 0
