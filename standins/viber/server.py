"""The stand-in's HTTP side: who may call, what is called, and what goes wrong on demand."""

import asyncio
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from standins.faults import DONE_FIRST, Fault, Faults, How, Trouble, misbehave
from standins.viber.callbacks import Callbacks
from standins.viber.delivery import Delivery
from standins.viber.errors import INVALID_TOKEN, NOT_SUBSCRIBED, TOO_MANY, ApiError, Json, error_of
from standins.viber.methods import Methods
from standins.viber.phone import Phone
from standins.viber.rules import request_of
from standins.viber.world import Subscriber, World

TOKEN = "445da6az1s345z78-stand-in-token-of-no-real-bot"
TROUBLES = {
    Trouble.LIMIT: Fault(How.STATUS, TOO_MANY),
    Trouble.SERVER_ERROR: Fault(How.PAGE, 502),
    Trouble.GARBAGE: Fault(How.GARBAGE),
    Trouble.HANG: Fault(How.HANG),
    Trouble.RESET: Fault(How.DROP_BEFORE),
    Trouble.BLOCKED: Fault(How.STATUS, NOT_SUBSCRIBED),
}


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    body: Json


class StandInViber:
    """An async context manager. `port=0` takes a free port; a fixed one lets a server come back after `stop`."""

    def __init__(self, token: str = TOKEN, *, port: int = 0) -> None:
        self.token = token
        self.url = ""
        self.media = ""  # where the files that subscribers sent can be had
        self.calls: list[Call] = []
        self.world = World()
        self.callbacks = Callbacks(self.world, token)
        self.delivery = Delivery(self.world, self.callbacks)
        self._methods = Methods(self.world, self.callbacks, self.delivery)
        self._faults = Faults("send_message")
        self._port = port
        self._token_is_good = True
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()
        await self.callbacks.outbound.close()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/pa/{method}", self._answer)
        app.router.add_get("/pa/get_account_info", self._answer)
        app.router.add_get("/media/{path:.+}", self._file)
        self._stopping.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        self.url = f"http://127.0.0.1:{self._port}/pa"
        self.media = f"http://127.0.0.1:{self._port}/media"

    async def stop(self) -> None:
        """Nobody listens on the port any more; what was said stays, and callbacks go on."""
        self._stopping.set()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def sent(self) -> list[Json]:
        """What the bot sent, as Viber took it."""
        return self._methods.sent

    def phone(self, user_id: str, name: str = "Test Subscriber") -> Phone:
        subscriber = self.world.subscribers.setdefault(user_id, Subscriber(user_id, name))
        return Phone(subscriber, self.delivery, self.media)

    def called(self, method: str) -> list[Json]:
        return [call.body for call in self.calls if call.method == method]

    def fail_next(
        self, method: str, how: How = How.STATUS, *, status: int = 500, description: str = "", times: int = 1
    ) -> None:
        """The next `times` calls of the method fail; a subscriber's file is the method "media".

        `status` is Viber's status in the body (500 is none of the documented ones: a "general error"), or the HTTP
        status of a PAGE.
        """
        self._faults.add(method, Fault(how, status, description=description), times)

    def trouble(self, trouble: Trouble | None, *, every: int = 1) -> None:
        self._faults.stand(TROUBLES.get(trouble) if trouble else None, every)
        self._token_is_good = trouble is not Trouble.DEAD_TOKEN
        self.callbacks.trouble(trouble)

    def revoke_token(self) -> None:
        self._token_is_good = False

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info.get("method", "get_account_info")
        try:
            body = request_of(await request.read())
            self.calls.append(Call(method, body))
            self.world.pulse.beat()
            return await self._do(request, method, body)
        except ApiError as error:
            return web.json_response(error.body)

    async def _do(self, request: web.Request, method: str, body: Json) -> web.StreamResponse:
        self._check_token(request, body)
        answer = self._methods.find(method)
        if answer is None:
            return web.Response(status=404)
        fault = self._faults.next(method)
        if fault and fault.how not in DONE_FIRST:
            return await self._fail(request, fault)
        result = await answer(body)
        return await self._fail(request, fault) if fault else web.json_response(result)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """As Viber's own, it needs no token: whoever knows the address may have the file."""
        try:
            if fault := self._faults.next("media"):
                return await self._fail(request, fault)
        except ApiError as error:
            return web.json_response(error.body)
        content = self.world.files.get(request.match_info["path"])
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content, content_type="application/octet-stream")

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how is How.STATUS:
            raise error_of(fault)
        return await misbehave(request, fault, self._stopping)

    def _check_token(self, request: web.Request, body: Json) -> None:
        given = request.headers.get("X-Viber-Auth-Token") or body.get("auth_token")
        if not given:
            raise ApiError(INVALID_TOKEN, "missing_auth_token")
        if given != self.token or not self._token_is_good:
            raise ApiError(INVALID_TOKEN)
