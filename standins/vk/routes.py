"""What answers on each path: methods, the long poll, uploads and downloads, each with the faults it was given."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from standins.faults import DONE_FIRST, Fault, Faults, How, misbehave
from standins.vk.access import Access
from standins.vk.errors import ApiError, Json, error_of
from standins.vk.files import address
from standins.vk.longpoll import LongPoll
from standins.vk.methods import Answer, Methods
from standins.vk.rules import Params, text_of
from standins.vk.script import Called, calls_of
from standins.vk.uploads import Uploads
from standins.vk.world import World

MAX_UPLOAD_BYTES = 200 * 2**20
OF_THE_WHOLE_CALL = {1, 5, 6, 9, 10, 14, 29}  # codes that `execute` gives for itself, not for a member


@dataclass(slots=True)
class Routes:
    world: World
    access: Access
    faults: Faults
    methods: Methods
    longpoll: LongPoll
    uploads: Uploads
    calls: list[Called] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)  # instead of what the stand-in says
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_UPLOAD_BYTES)
        app.router.add_route("*", "/method/{name}", self.method)
        app.router.add_route("*", "/whp/{group}", self.poll)
        app.router.add_post("/upload/{kind}", self.upload)
        app.router.add_get("/files/{key}/{name}", self.file)
        app.router.add_get("/doc{key}", self.document)
        return app

    async def method(self, request: web.Request) -> web.StreamResponse:
        name, params = request.match_info["name"], await _params(request)
        self.calls.append(Called(name, params))
        self.world.pulse.beat()
        try:
            self.access.check(params, request.headers.get("Authorization", ""))
            return await self._answer(request, name, params)
        except ApiError as error:
            return web.json_response(error.body(name, params.fields))

    async def poll(self, request: web.Request) -> web.StreamResponse:
        params = await _params(request)
        fault = self.faults.next("longpoll")
        if fault and fault.how is How.STATUS:
            return web.json_response({"failed": fault.status})
        return await self._do(request, fault, lambda: self.longpoll.check(params))

    async def upload(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = next((value for value in form.values() if isinstance(value, web.FileField)), None)
        kind, name = request.match_info["kind"], file.filename if file else ""

        async def post() -> Json:
            return self.uploads.post(kind, name, file.file.read() if file else None)

        return await self._do(request, self.faults.next("upload"), post)

    async def file(self, request: web.Request) -> web.StreamResponse:
        if fault := self.faults.next("file"):
            return await self._fail(request, fault)
        file = self.world.files.get(request.match_info["key"])
        if file is None:
            return web.Response(status=404, text="<html>404</html>", content_type="text/html")
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def document(self, request: web.Request) -> web.StreamResponse:
        key = f"doc{request.match_info['key']}"
        if key not in self.world.files:
            return web.Response(status=404, text="<html>404</html>", content_type="text/html")
        return web.Response(status=302, headers={"Location": address(self.world, key)})

    async def _answer(self, request: web.Request, name: str, params: Params) -> web.StreamResponse:
        if name == "execute":
            return await self._execute(request, params)
        fault = self.faults.next(name)
        _raise_refusal(fault)

        async def answer() -> Json:
            return {"response": await (self.answers.get(name) or self.methods.find(name))(params)}

        return await self._do(request, fault, answer)

    async def _execute(self, request: web.Request, params: Params) -> web.StreamResponse:
        """A fault of a member is its own when it is a refusal, else it strikes the whole call."""
        calls = calls_of(params.required("code"))
        faults = [self.faults.next(call.method) for call in calls]
        whole = next((fault for fault in faults if fault and not _is_of_member(fault)), None)
        fault = self.faults.next("execute") or whole
        _raise_refusal(fault)
        refusals = [error_of(fault) if fault and _is_of_member(fault) else None for fault in faults]
        return await self._do(request, fault, lambda: self.methods.execute(calls, refusals))

    async def _do(
        self, request: web.Request, fault: Fault | None, answer: Callable[[], Awaitable[Json]]
    ) -> web.StreamResponse:
        if fault and fault.how not in DONE_FIRST:
            return await self._fail(request, fault)
        result = await answer()
        return await self._fail(request, fault) if fault else web.json_response(result)

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        status = fault.status if fault.status >= 100 else 502  # smaller ones are codes of VK
        return await misbehave(request, replace(fault, status=status), self.stopping)


def _raise_refusal(fault: Fault | None) -> None:
    if fault and fault.how is How.STATUS:
        raise error_of(fault)


def _is_of_member(fault: Fault) -> bool:
    return fault.how is How.STATUS and fault.status not in OF_THE_WHOLE_CALL


async def _params(request: web.Request) -> Params:
    """From the query, a form, or JSON, whose nested values are put back into strings."""
    fields = {name: str(value) for name, value in request.query.items()}
    if request.content_type == "application/json":
        body: dict[str, Any] = await request.json()
        return Params(fields | {name: text_of(value) for name, value in body.items()})
    form = await request.post()
    return Params(fields | {name: str(value) for name, value in form.items()})
