"""Callback API: events posted to servers of the community, each repeated until the answer is "ok"."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from standins.pulse import Pulse
from standins.vk.errors import Json
from standins.vk.kinds import peer_of

TOO_MANY_ERRORS = 5  # in a row: the server counts as failed


@dataclass(slots=True)
class Server:
    """`unconfigured`, then `wait` for the confirmation, then `ok` or `failed`."""

    id: int
    url: str
    title: str
    secret: str
    status: str = "unconfigured"
    confirmed: bool = False
    kinds: set[str] = field(default_factory=set)
    api_version: str = "5.199"
    errors: int = 0  # in a row

    def shape(self, creator: int) -> Json:
        told = {"id": self.id, "title": self.title, "url": self.url, "secret_key": self.secret, "status": self.status}
        return {**told, "creator_id": creator}


@dataclass(slots=True)
class Callback:
    group_id: int
    pulse: Pulse
    code: str = "c0nf1rm5"  # what a server answers to be confirmed
    retry_s: float = 0.05
    servers: dict[int, Server] = field(default_factory=dict)
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _session: aiohttp.ClientSession | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _turns: defaultdict[tuple[int, int], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def add(self, url: str, title: str, secret: str) -> Server:
        server = Server(next(self._ids), url, title, secret)
        self.servers[server.id] = server
        self.confirm(server)
        return server

    def confirm(self, server: Server) -> None:
        """VK asks while the call that made or changed the server may still be running."""
        server.status = "wait"
        self._run(self._confirm(server))

    def put(self, event: Json) -> None:
        """To each server that asked for this kind."""
        for server in self.servers.values():
            if server.confirmed and event["type"] in server.kinds:
                self._run(self._post_until_taken(event, server))

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session:
            await self._session.close()
            self._session = None

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _confirm(self, server: Server) -> None:
        question = {"type": "confirmation", "group_id": self.group_id}
        server.confirmed = await self._post(server, question) == self.code
        server.status = "ok" if server.confirmed else "failed"
        self.pulse.beat()

    async def _post_until_taken(self, event: Json, server: Server) -> None:
        async with self._turns[server.id, peer_of(event)]:
            told = {**event, "v": server.api_version}
            for repeat in itertools.count():
                if self.servers.get(server.id) is not server or await self._post(server, told, repeat) == "ok":
                    break
                server.errors += 1
                server.status = "failed" if server.errors >= TOO_MANY_ERRORS else server.status
                await asyncio.sleep(self.retry_s)
            server.errors, server.status = 0, "ok"
            self.pulse.beat()

    async def _post(self, server: Server, body: Json, repeat: int = 0) -> str:
        """What the server answers with status 200; else nothing."""
        self._session = self._session or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        told = {**body, "secret": server.secret} if server.secret else body
        headers = {"X-Retry-Counter": str(repeat)} if repeat else {}
        try:
            async with self._session.post(server.url, json=told, headers=headers) as response:
                return (await response.text()).strip() if response.status == 200 else ""
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError):
            return ""
