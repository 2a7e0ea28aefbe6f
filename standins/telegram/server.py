"""The stand-in's HTTP side: who may call, what is called, and what goes wrong on demand."""

import asyncio
import json
from dataclasses import dataclass
from typing import Self

from aiohttp import web

from standins.faults import DONE_FIRST, Fault, Faults, How, Trouble, misbehave
from standins.telegram.errors import ApiError, Json, error_of
from standins.telegram.methods import Answer, Methods
from standins.telegram.phone import Phone
from standins.telegram.rules import Params, Upload
from standins.telegram.updates import Updates
from standins.telegram.world import Chat, World

TOKEN = "100200300:STAND-IN-token-of-no-real-bot"
SENDS = frozenset({"sendmessage", "sendphoto", "senddocument"})
LARGEST_CALL = 64 * 1024 * 1024
TROUBLES = {
    Trouble.LIMIT: Fault(How.STATUS, 429, retry_after=1),
    Trouble.SERVER_ERROR: Fault(How.PAGE, 502),
    Trouble.GARBAGE: Fault(How.GARBAGE),
    Trouble.HANG: Fault(How.HANG),
    Trouble.RESET: Fault(How.DROP_BEFORE),
    Trouble.BLOCKED: Fault(How.STATUS, 403),
}


@dataclass(frozen=True, slots=True)
class Call:
    method: str  # as it was spelled
    params: Params


class StandInTelegram:
    """An async context manager. `port=0` takes a free port; a fixed one lets a server come back after `stop`."""

    def __init__(self, token: str = TOKEN, *, port: int = 0) -> None:
        self.token = token
        self.url = ""
        self.calls: list[Call] = []
        self.world = World(int(token.partition(":")[0]))
        self.updates = Updates(self.world.pulse)
        self._methods = Methods(self.world, self.updates)
        self._faults = Faults("send")
        self._answers: dict[str, Answer] = {}
        self._port = port
        self._token_is_good = True
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()
        await self.updates.close()

    async def start(self) -> None:
        app = web.Application(client_max_size=LARGEST_CALL)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        self._stopping.clear()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """Nobody listens on the port any more; what was said stays."""
        self._stopping.set()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def sent(self) -> list[Json]:
        """What the bot sent, as the messages they became."""
        return self._methods.sent

    def phone(self, chat_id: int, name: str = "Test Subscriber") -> Phone:
        chat = self.world.chats.setdefault(chat_id, Chat(chat_id, name))
        return Phone(self.world, self.updates, chat)

    def called(self, method: str) -> list[Params]:
        return [call.params for call in self.calls if call.method.lower() == method.lower()]

    def fail_next(  # how a call can fail has this many sides
        self,
        method: str,
        how: How = How.STATUS,
        *,
        status: int = 500,
        retry_after: int = 0,
        description: str = "",
        times: int = 1,
    ) -> None:
        """The next `times` calls of the method fail; a download is the method "file", "send" is any that sends."""
        self._faults.add(method, Fault(how, status, retry_after, description), times)

    def answer_with(self, method: str, answer: Answer) -> None:
        """From now on the method gives what `answer` gives."""
        self._answers[method.lower()] = answer

    def trouble(self, trouble: Trouble | None, *, every: int = 1) -> None:
        self._faults.stand(TROUBLES.get(trouble) if trouble else None, every)
        self._token_is_good = trouble is not Trouble.DEAD_TOKEN
        self.updates.trouble(trouble)

    def revoke_token(self) -> None:
        self._token_is_good = False

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = await _params(request)
        self.calls.append(Call(method, params))
        self.world.pulse.beat()
        try:
            return await self._do(request, method, params)
        except ApiError as error:
            return web.json_response(error.body, status=error.code)

    async def _do(self, request: web.Request, method: str, params: Params) -> web.StreamResponse:
        self._check_token(request)
        fault = self._fault(method)
        if fault and fault.how not in DONE_FIRST:
            return await self._fail(request, fault)
        result = await (self._answers.get(method.lower()) or self._methods.find(method))(params)
        return await self._fail(request, fault) if fault else web.json_response({"ok": True, "result": result})

    def _fault(self, method: str) -> Fault | None:
        return self._faults.next(method) or (self._faults.next("send") if method.lower() in SENDS else None)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request)
            if fault := self._faults.next("file"):
                return await self._fail(request, fault)
        except ApiError as error:
            return web.json_response(error.body, status=error.code)
        path = request.match_info["path"]
        for file in self.world.files.values():
            if file.path == path:
                return web.Response(body=file.content, content_type="application/octet-stream")
        return web.json_response(ApiError(404, "Not Found").body, status=404)

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how is How.STATUS:
            raise error_of(fault)
        return await misbehave(request, fault, self._stopping)

    def _check_token(self, request: web.Request) -> None:
        given = request.match_info["token"]
        if not given.partition(":")[0].isdigit() or ":" not in given:
            raise ApiError(404, "Not Found")
        if given != self.token or not self._token_is_good:
            raise ApiError(401, "Unauthorized")


async def _params(request: web.Request) -> Params:
    """From the query, a form, or JSON, whose nested values are put back into strings."""
    fields = {name: str(value) for name, value in request.query.items()}
    if request.content_type == "application/json":
        body = await request.json()
        return Params(
            fields | {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        )
    uploads = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:
                uploads[name] = Upload(value.filename, file.read())
        else:
            fields[name] = str(value)
    return Params(fields, uploads)
