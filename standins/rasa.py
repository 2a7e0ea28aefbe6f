"""A stand-in Rasa NLU server: POST /model/parse with the rankings a test has put into it; misbehaves on demand."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from standins.faults import Fault, Faults, How, misbehave

Ranking = list[tuple[str, float]]


@dataclass
class StandInRasa:
    """An async context manager. `port=0` takes a free port; after `stop` it can be started again on the same."""

    rankings: dict[str, Ranking] = field(default_factory=dict)  # by text; for any other text Rasa has no idea
    asked: list[str] = field(default_factory=list)
    url: str = ""
    port: int = 0
    _faults: Faults = field(default_factory=lambda: Faults("parse"))
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/model/parse", self._parse)
        self._stopping.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = int(self._runner.addresses[0][1])
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        self._stopping.set()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    def fail_next(self, how: How, *, status: int = 500, times: int = 1) -> None:
        self._faults.add("parse", Fault(how, status), times)

    async def _parse(self, request: web.Request) -> web.StreamResponse:
        text = (await request.json())["text"]
        self.asked.append(text)
        fault = self._faults.next("parse")
        return await self._fail(request, fault) if fault else web.json_response(answer(text, self.rankings.get(text)))

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how is How.STATUS:  # as Sanic, Rasa's web server, words it
            body = {"version": "3.6.21", "status": "failure", "reason": "Unexpected", "code": fault.status}
            return web.json_response(body, status=fault.status)
        return await misbehave(request, fault, self._stopping)


def answer(text: str, ranking: Ranking | None) -> dict[str, Any]:
    """As Rasa 3.6.21 answers, at most ten intents."""
    rows = [{"name": name, "confidence": confidence} for name, confidence in (ranking or [])[:10]]
    return {
        "text": text,
        "intent": rows[0] if rows else {"name": None, "confidence": 0.0},
        "entities": [],
        "text_tokens": [[0, len(text)]],
        "intent_ranking": rows,
    }
