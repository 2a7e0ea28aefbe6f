"""A stand-in of the operator's own app: it takes the bot's messages, each once, and its users write to the bot."""

import hashlib
import hmac
import itertools
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
from aiohttp import web

from standins.pulse import Pulse

SECRET = "a-secret-of-no-real-app"
USER = "user-42"


def signed(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class StandInApp:
    """An async context manager. `refusals`: the answers to the next calls; None leaves one without an answer."""

    bot: str = ""  # where the bot takes calls
    url: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)  # on the screens of all users
    refusals: deque[web.Response | None] = field(default_factory=deque)
    repeats: int = 0
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _heard: int = 0
    _pulse: Pulse = field(default_factory=Pulse)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=20_000_000)
        app.router.add_post("/otklik", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/otklik"
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def tell(self, kind: str, *, chat: str = USER, **fields: str) -> int:
        """The HTTP status of the bot's answer."""
        call = {"kind": kind, "id": f"call-{next(self._ids)}", "chat": chat, "sent_at": "2025-10-09T08:53:20Z"}
        body = json.dumps({**call, **fields}).encode()
        async with aiohttp.ClientSession() as session:
            answer = await session.post(self.bot, data=body, headers={"X-Otklik-Signature": signed(body)})
            return answer.status

    async def hears(self, part: str) -> dict[str, Any]:
        """The next message not heard yet with this in its text."""

        def find() -> tuple[int, dict[str, Any]] | None:
            new = enumerate(self.seen[self._heard :], self._heard + 1)
            return next(((count, message) for count, message in new if part in message["text"]), None)

        self._heard, message = await self._pulse.until(find, 15)
        return message

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not hmac.compare_digest(request.headers.get("X-Otklik-Signature", ""), signed(body)):
            return web.Response(status=401)
        message = json.loads(body)
        if message["chat"] != USER:
            return web.Response(status=410)
        refusal = self.refusals.popleft() if self.refusals else web.Response()
        if refusal is None or refusal.status == 200:
            self._show(message)
        if refusal is None and request.transport:
            request.transport.abort()
        return refusal or web.Response()

    def _show(self, message: dict[str, Any]) -> None:
        if any(old["id"] == message["id"] for old in self.seen):
            self.repeats += 1
            return
        self.seen.append(message)
        self._pulse.beat()
