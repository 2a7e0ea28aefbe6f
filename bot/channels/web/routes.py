"""The HTTP of the web chat: the page at /, /widget.js for other sites, the socket and the files."""

from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import Response

from bot.channels.channel import Accept
from bot.channels.web import origins
from bot.channels.web.assets import Assets
from bot.channels.web.channel import WebChannel
from bot.channels.web.session import OnTyping, Session
from bot.channels.web.uploads import Uploads

FOREIGN = 1008


def router(channel: WebChannel, accept: Accept, *, on_typing: OnTyping | None = None) -> APIRouter:
    """`on_typing` hears who is writing right now, for those who show it to an agent."""
    routes = APIRouter(include_in_schema=False)
    _serve_pages(routes, Assets(channel.settings.title))
    _serve_files(routes, Uploads(channel))

    @routes.websocket("/chat/socket")
    async def socket(socket: WebSocket) -> None:
        if origins.is_allowed(socket.headers, channel.settings.allowed_origins):
            await Session(socket, channel, accept=accept, on_typing=on_typing).serve()
        else:
            await socket.close(FOREIGN)

    return routes


def _serve_pages(routes: APIRouter, assets: Assets) -> None:
    @routes.api_route("/", methods=["GET", "HEAD"])
    async def page(request: Request) -> Response:
        return assets.page(request)

    @routes.api_route("/widget.js", methods=["GET", "HEAD"])
    async def widget(request: Request) -> Response:
        return assets.widget(request)

    @routes.api_route("/chat/static/{version}/{name}", methods=["GET", "HEAD"])
    async def module(request: Request, version: str, name: str) -> Response:
        return assets.module(request, version, name)


def _serve_files(routes: APIRouter, uploads: Uploads) -> None:
    @routes.options("/chat/files")
    @routes.options("/chat/files/{ref}")
    async def preflight(request: Request) -> Response:
        return uploads.preflight(request)

    @routes.post("/chat/files")
    async def receive(request: Request) -> Response:
        return await uploads.receive(request)

    @routes.get("/chat/files/{ref}")
    async def show(request: Request, ref: str) -> Response:
        return await uploads.show(request, ref)
