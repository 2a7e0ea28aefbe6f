"""messages.send, alone or up to 25 in one `execute`: VK counts calls, not messages. Knows no chat; the core keeps the
order in each."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from vk_api.utils import sjson_dumps

from bot.channels.vk.client import Client
from bot.channels.vk.errors import refusal
from bot.channels.vk.render import Parameters
from bot.errors import Blocked, Rejected, SendError, Uncertain, Unreachable

SEND = "messages.send"
MAX_BATCH = 25
MAX_CODE = 40_000  # characters of all parameters in one `execute`
log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Letter:
    parameters: Parameters = field(repr=False)
    outcome: asyncio.Future[str]

    @property
    def size(self) -> int:
        return sum(len(str(value)) for value in self.parameters.values())

    def settle(self, outcome: str | SendError) -> None:
        if self.outcome.done():  # nobody waits any more
            return
        if isinstance(outcome, SendError):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


class Sender:
    """While calls are to be had a message is a call; when more wait than there are calls, they share one."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting: deque[_Letter] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._flights: set[asyncio.Task[None]] = set()

    async def send(self, parameters: Parameters) -> str:
        """VK's id of the message."""
        letter = _Letter(parameters, asyncio.get_running_loop().create_future())
        self._waiting.append(letter)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        return await letter.outcome

    async def close(self) -> None:
        tasks = [*self._flights, *([self._pump] if self._pump else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while self._waiting:
            self._waiting.popleft().settle(Unreachable("vk: the channel is closed"))

    async def _run(self) -> None:
        while self._waiting:
            await self._client.pace.take()
            if batch := self._next():
                flight = asyncio.create_task(self._carry(batch))
                self._flights.add(flight)
                flight.add_done_callback(partial(self._land, batch))

    def _next(self) -> list[_Letter]:
        """For a call that may start now: one letter, or as many as go together if they outnumber the calls."""
        self._waiting = deque(letter for letter in self._waiting if not letter.outcome.done())
        most = MAX_BATCH if len(self._waiting) > 1 + self._client.pace.free else 1
        batch: list[_Letter] = []
        room = MAX_CODE
        while self._waiting and len(batch) < most and (not batch or self._waiting[0].size <= room):
            letter = self._waiting.popleft()
            room -= letter.size
            batch.append(letter)
        return batch

    async def _carry(self, batch: list[_Letter]) -> None:
        if len(batch) > 1:
            await self._together(batch)
        else:
            await self._alone(batch[0], has_slot=True)

    def _land(self, batch: list[_Letter], flight: asyncio.Task[None]) -> None:
        """Nothing but a cancellation or a fault of ours leaves a letter without an outcome."""
        self._flights.discard(flight)
        if not flight.cancelled() and (fault := flight.exception()):
            log.error("vk_sending_broke", error=type(fault).__name__)
        for letter in batch:
            letter.settle(Uncertain("vk: the sending was interrupted"))

    async def _alone(self, letter: _Letter, *, has_slot: bool) -> None:
        try:
            answer = await self._client.answer(SEND, letter.parameters, has_slot=has_slot)
        except SendError as error:
            letter.settle(error)
        else:
            letter.settle(_sent_as(answer["response"]))

    async def _together(self, batch: list[_Letter]) -> None:
        try:
            code = script([letter.parameters for letter in batch])
            answer = await self._client.answer("execute", {"code": code}, has_slot=True)
        except (Rejected, Blocked):  # of `execute`, not of a message: no subscriber's fault
            for letter in batch:
                await self._alone(letter, has_slot=False)
        except SendError as error:
            for letter in batch:
                letter.settle(error)
        else:
            results = outcomes(answer["response"], answer.get("execute_errors"), len(batch))
            for letter, outcome in zip(batch, results, strict=True):
                letter.settle(outcome)


def script(sends: Sequence[Parameters]) -> str:
    """VKScript that sends each and returns the ids. Numbers go as strings: VKScript's own are too short for ids."""
    calls = (
        f"API.{SEND}({sjson_dumps({name: str(value) for name, value in parameters.items()})})" for parameters in sends
    )
    return f"return [{','.join(calls)}];"


def outcomes(response: object, errors: object, count: int) -> list[str | SendError]:
    """A call that failed is `false` in the answer, and its error is the next of `execute_errors` (the last
    of which is of `execute` itself)."""
    if not isinstance(response, list) or len(response) != count:
        return [Uncertain("vk: the answer to execute cannot be read") for _ in range(count)]
    told = errors if isinstance(errors, list) else []
    failures = (error for error in told if isinstance(error, dict) and error.get("method") == SEND)
    return [_sent_as(result) if result else refusal(next(failures, None), SEND) for result in response]


def _sent_as(result: Any) -> str | SendError:
    if type(result) is int and result > 0:
        return str(result)
    return Uncertain(f"vk: the answer to {SEND} is no id of a message")
