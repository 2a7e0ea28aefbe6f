"""Keeps a messenger connected and knows, for /health and the log, whether it is up and why not."""

import asyncio
import random
from dataclasses import dataclass

import structlog

from bot.channels.channel import Accept, Channel, Hooked
from bot.dialogue.ports import Clock
from bot.errors import ChannelDown
from bot.messages import Event, brought_by

CONNECT_TIMEOUT_S = 30.0
LONGEST_WAIT_S = 60.0
ASK_EVERY_S = 120.0  # a messenger that calls our webhook: whether it still can

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class State:
    """`off` needs no attention: it is switched off or has no secret."""

    name: str
    state: str  # off | connecting | up | down
    note: str


class Connection:
    """One messenger: connect, listen, and connect again when it breaks."""

    def __init__(self, channel: Channel, accept: Accept, clock: Clock) -> None:
        self._channel = channel
        self._accept = accept
        self._clock = clock
        self.state = State(channel.name, "connecting", "")

    async def keep(self) -> None:
        """Until cancelled. A messenger that calls our webhook is asked from time to time how it gets on; one that has
        nothing to ask needs no keeping once it is connected."""
        wait_s = 1.0
        while True:
            tried_at = self._clock.now()
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    who = await self._channel.connect()
                self._move("up", who)
                await self._channel.listen(self._take)
                if isinstance(self._channel, Hooked):
                    await self._ask(self._channel, who)
            except ChannelDown as error:
                self._move("down", str(error))
            except TimeoutError:
                self._move("down", f"no answer in {CONNECT_TIMEOUT_S:g} s")
            except Exception as error:  # a fault of ours in one channel must not take the others down
                self._move("down", f"{type(error).__name__}: see the log")
                log.error("channel_broke", channel=self._channel.name, error=type(error).__name__)
            else:
                return
            # What breaks as soon as it is up is as good as down: the waits go on growing.
            if (self._clock.now() - tried_at).total_seconds() > LONGEST_WAIT_S:
                wait_s = 1.0
            await self._clock.sleep(wait_s * (1 - random.random() / 2))  # noqa: S311
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _take(self, event: Event) -> None:
        await self._accept(brought_by(self._channel.name, event))

    async def _ask(self, channel: Hooked, who: str) -> None:
        """Until it does not answer: its faults are told, and mended by whom they name; a dead token shows here."""
        while True:
            await self._clock.sleep(ASK_EVERY_S)
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                faults = (await channel.inspect()).faults
            self._move("down" if faults else "up", "; ".join(faults) or who)

    def _move(self, state: str, note: str) -> None:
        moved = State(self._channel.name, state, note)
        if moved != self.state:
            self.state = moved
            (log.info if state == "up" else log.warning)(f"channel_{state}", channel=self._channel.name, note=note)
