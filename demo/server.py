"""The demo's web server: the page, what the phones do, what they show, and the desk inside of the page."""

import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo import samples
from demo.live import follow
from demo.screens import Bytes, Handset, Refused
from demo.stage import Stage
from standins.faults import Trouble

PAGE = Path(__file__).parent / "page"
LARGEST_FILE = 20 * 1024 * 1024
ALONE, TOGETHER = b"frame-ancestors 'none'", b"frame-ancestors 'self'"
# Files are shown inside the page only if they cannot run anything there.
SHOWN_INSIDE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/")


class Act(BaseModel):
    """What is done with a phone; each act reads what it needs."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=10_000)
    message: str = ""
    row: int = Field(0, ge=0)
    column: int = Field(0, ge=0)
    on: bool = True
    trouble: Trouble | None = None


Do = Callable[[Handset, Act], Awaitable[None]]


async def _renew(phone: Handset, _act: Act) -> None:
    phone.renew()


async def _read(phone: Handset, act: Act) -> None:
    phone.read_at_once(act.on)


async def _trouble(phone: Handset, act: Act) -> None:
    phone.trouble(act.trouble)


ACTS: dict[str, Do] = {
    "start": lambda phone, _: phone.start(),
    "write": lambda phone, act: phone.write(act.text),
    "press": lambda phone, act: phone.press(act.message, act.row, act.column),
    "place": lambda phone, _: phone.send_place(),
    "contact": lambda phone, _: phone.send_contact(),
    "sticker": lambda phone, _: phone.send_sticker(),
    "bill": lambda phone, _: phone.send(Bytes("document", "Счёт.pdf", samples.bill())),
    "voice": lambda phone, _: phone.send(Bytes("voice", "voice.ogg", samples.voice())),
    "block": lambda phone, _: phone.block(),
    "unblock": lambda phone, _: phone.unblock(),
    "renew": _renew,
    "read": _read,
    "trouble": _trouble,
}


@dataclass(frozen=True, slots=True)
class WithDesk:
    """The desk under the page's own address, for the page's frame. At the bot's address it stays out of any frame."""

    page: ASGIApp
    desk: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path != "/desk" and not path.startswith("/desk/"):
            await self.page(scope, receive, send)
            return

        async def send_framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name, value.replace(ALONE, TOGETHER)) for name, value in message["headers"]]
                message = {**message, "headers": headers}
            await send(message)

        await self.desk(scope, receive, send_framed)


def site(stage: Stage) -> ASGIApp:
    app = FastAPI(title="Otklik demo", docs_url=None, redoc_url=None, openapi_url=None)
    _add_phones(app, stage)

    @app.get("/")
    async def show_page() -> Response:
        return FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-store"})

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        await follow(socket, stage)

    app.mount("/page", StaticFiles(directory=PAGE))
    return WithDesk(app, stage.app.web)


def _phone_of(stage: Stage, name: str) -> Handset:
    if name not in stage.phones:
        raise HTTPException(404)
    return stage.phones[name]


def _add_phones(app: FastAPI, stage: Stage) -> None:
    @app.exception_handler(Refused)
    async def explain(_request: Request, refused: Exception) -> Response:
        return JSONResponse({"error": str(refused)}, 409)

    # Before the acts: a file is an act too, but its body is the bytes.
    @app.post("/phones/{name}/file")
    async def send_file(name: str, request: Request, title: str = "file") -> Response:
        body = await request.body()
        if not 0 < len(body) <= LARGEST_FILE:
            return JSONResponse({"error": "Файл пустой или больше 20 МБ."}, 413)
        is_photo = request.headers.get("content-type", "") in ("image/png", "image/jpeg")
        await _phone_of(stage, name).send(Bytes("photo" if is_photo else "document", title, body))
        return Response(status_code=204)

    @app.post("/phones/{name}/{act}")
    async def do(name: str, act: str, body: Act) -> Response:
        phone = _phone_of(stage, name)
        if act not in ACTS:
            raise HTTPException(404)
        await ACTS[act](phone, body)
        return Response(status_code=204)

    @app.get("/phones/{name}/files/{message}/{place}")
    async def show_file(name: str, message: str, place: int) -> Response:
        file = _phone_of(stage, name).open_file(message, place)
        if file is None:
            raise HTTPException(404)
        return _as_response(file)


def _as_response(file: Bytes) -> Response:
    mime = _mime(file)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    if not mime.startswith(SHOWN_INSIDE):
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(file.content, media_type=mime, headers=headers)


def _mime(file: Bytes) -> str:
    """A photo of Telegram has no name, and a name may lie: a picture is told by its first bytes."""
    if file.content.startswith(b"\x89PNG"):
        return "image/png"
    if file.content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if file.kind == "voice":
        return "audio/ogg"
    guessed = mimetypes.guess_type(file.name)[0] or ""
    return guessed if guessed.startswith(("audio/", "video/")) else "application/octet-stream"
