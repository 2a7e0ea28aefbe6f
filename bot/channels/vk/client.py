"""Calls to VK: its API through vk-api, its Long Poll and its files. The only module of the channel that talks to the
network; raises SendError and nothing else. Knows nothing of conversations."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from jconfig import MemoryConfig
from vk_api import VkApiGroup

from bot.channels.vk.errors import CaptchaWanted, TooFast, http_failure, translate
from bot.channels.vk.pace import Pace
from bot.channels.vk.session import CONNECTIONS, Session, in_thread
from bot.errors import SendError, TryLater, Uncertain

API_VERSION = "5.199"
CALLS_PER_S = 20  # of a community's token
ATTEMPTS = 3  # of a call that came too soon after others
MAX_POLL_S = 25
log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Timing:
    """How long we wait for VK. Sensible for everybody; tests wait less."""

    connect_s: float = 10
    call_s: float = 15
    poll_s: int = MAX_POLL_S  # how long VK holds a question for events open when there is nothing new
    file_s: float = 60
    second_s: float = 1.05  # VK's second, with some room for the network
    first_pause_s: float = 1
    longest_pause_s: float = 30


TIMING = Timing()


class Client:
    """One community at one API server."""

    def __init__(self, api: str, token: str, timing: Timing) -> None:
        self.pace = Pace(CALLS_PER_S, timing.second_s)
        self.timing = timing
        self.session = Session(api, timing.connect_s, timing.call_s)
        self._flying = asyncio.Semaphore(CONNECTIONS)
        self._vk = VkApiGroup(token=token, session=self.session, config=MemoryConfig, api_version=API_VERSION)
        # vk-api sleeps under one lock for all threads, and repeats too fast a call without end: both are ours to do.
        self._vk.RPS_DELAY = 0
        self._vk.lock = nullcontext()
        self._vk.error_handlers = {}

    async def call(self, method: str, **parameters: str | int) -> Any:
        """The `response` of VK's answer."""
        return (await self.answer(method, parameters))["response"]

    async def answer(
        self, method: str, parameters: Mapping[str, str | int], *, has_slot: bool = False
    ) -> Mapping[str, Any]:
        """VK's whole answer. `has_slot`: the caller has taken a slot of `pace`."""
        for attempt in range(ATTEMPTS):
            if attempt or not has_slot:
                await self.pace.take()
            try:
                return await self._answer(method, parameters)
            except TooFast:
                log.warning("vk_too_fast", method=method, attempt=attempt + 1)
            await asyncio.sleep(self.timing.second_s / 2)
        raise TryLater(1)

    async def wait(self, server: str, key: str, ts: str) -> Mapping[str, Any]:
        """One question to Long Poll: what happened after `ts`."""
        limits = (self.timing.connect_s, self.timing.poll_s + self.timing.call_s)
        question = {"act": "a_check", "key": key, "ts": ts, "wait": str(self.timing.poll_s)}

        def ask() -> Any:
            with self.session.get(server, params=question, timeout=limits) as answer:
                return answer.status_code, answer.json() if answer.ok else None

        status, found = await self.blocking(ask, "Long Poll", sum(limits))
        if status >= 300:
            raise http_failure(status, "Long Poll")
        if not isinstance(found, dict):
            raise Uncertain("vk: the answer of Long Poll is not an object")
        return found

    async def blocking(self, work: Callable[[], T], what: str, limit_s: float) -> T:
        """`work` in a thread, its errors translated."""
        try:
            async with asyncio.timeout(limit_s):
                return await in_thread(work)
        except Exception as error:
            fault = error if isinstance(error, SendError) else translate(error, what)
        raise fault  # outside of the except: not even the context may quote the parameters, which hold the token

    async def close(self) -> None:
        self.session.close()

    async def _answer(self, method: str, parameters: Mapping[str, str | int]) -> Mapping[str, Any]:
        limit_s = self.timing.connect_s + self.timing.call_s
        async with self._flying:
            try:
                answer = await self.blocking(
                    lambda: self._vk.method(method, dict(parameters), raw=True), method, limit_s
                )
            except CaptchaWanted as captcha:
                log.error("vk_captcha", method=method, what_to_do=str(captcha))
                raise
        if not isinstance(answer, dict) or "response" not in answer:
            raise Uncertain(f"vk: the answer to {method} cannot be read (no response in it)")
        return answer
