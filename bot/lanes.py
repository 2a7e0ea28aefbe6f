"""One worker per conversation: never two at once for the same one, any number of different ones at once."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

RETRY_AFTER_S = 1.0
"""A worker that broke (the database is away) tries again after this, and doubles it up to a minute."""

log = structlog.get_logger()


class Lanes:
    """`work(conversation_id)` does everything there is to do for a conversation and returns.

    `wake` may be called at any time and any number of times: work that came up while a worker was finishing
    is not forgotten, because the worker looks again before it leaves.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[int], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._work = work
        self._sleep = sleep
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._woken: set[int] = set()
        self._stopping = False

    def wake(self, conversation_id: int) -> None:
        self._woken.add(conversation_id)
        if conversation_id not in self._workers and not self._stopping:
            task = asyncio.create_task(self._drive(conversation_id), name=f"{self._name}:{conversation_id}")
            self._workers[conversation_id] = task

    @property
    def busy(self) -> int:
        return len(self._workers)

    async def settle(self) -> None:
        """Until nobody works; for those who wait for an answer in the same process."""
        while self._workers:
            await asyncio.wait(list(self._workers.values()))

    async def stop(self, grace_s: float = 5.0) -> None:
        """Start nothing new, let workers finish, then cancel those that are only waiting."""
        self._stopping = True
        tasks = list(self._workers.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _drive(self, conversation_id: int) -> None:
        wait_s = RETRY_AFTER_S
        try:
            while conversation_id in self._woken:
                self._woken.discard(conversation_id)
                try:
                    await self._work(conversation_id)
                except Exception as error:  # the lane must outlive whatever breaks in it
                    log.error("lane_broke", lane=self._name, conversation=conversation_id, error=type(error).__name__)
                    log.debug("lane_broke_at", exc_info=True)
                    self._woken.add(conversation_id)
                    await self._sleep(wait_s)
                    wait_s = min(wait_s * 2, 60.0)
        finally:
            del self._workers[conversation_id]
