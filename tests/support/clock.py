"""Time that only moves when a test or a sleeper moves it."""

import asyncio
from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class FakeClock:
    """Implements bot.dialogue.ports.Clock. Who sleeps moves the time and gives way to others once."""

    def __init__(self, now: datetime = MORNING) -> None:
        self._now = now
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
