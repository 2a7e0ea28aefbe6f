"""The real clock; tests bring their own."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """Implements bot.dialogue.ports.Clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
