"""A messenger's rate limits: one bucket for the chat, one for the whole account."""

from aiolimiter import AsyncLimiter

from bot.channels.channel import Capabilities, Rate

MOST_CHATS = 10_000


class Rates:
    """Waiting here costs no attempt. Buckets of chats that have been silent longest are forgotten first."""

    def __init__(self, capabilities: Capabilities) -> None:
        self._chat_rate = capabilities.chat_rate
        self._total = _limiter(capabilities.total_rate)
        self._chats: dict[str, AsyncLimiter] = {}

    async def take(self, chat_id: str) -> None:
        """Wait until one more message may go to the chat."""
        if self._chat_rate is not None:
            await self._of(chat_id, self._chat_rate).acquire()
        if self._total is not None:
            await self._total.acquire()

    def _of(self, chat_id: str, rate: Rate) -> AsyncLimiter:
        limiter = self._chats.pop(chat_id, None) or AsyncLimiter(rate.count, rate.per_s)
        self._chats[chat_id] = limiter  # the most recent last
        if len(self._chats) > MOST_CHATS:
            del self._chats[next(iter(self._chats))]
        return limiter


def _limiter(rate: Rate | None) -> AsyncLimiter | None:
    return AsyncLimiter(rate.count, rate.per_s) if rate else None
