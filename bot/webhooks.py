"""The public HTTP of the bot beside the chat and the desk: /webhooks/{channel} with the files that a messenger takes,
/health, /metrics."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.background import Background
from bot.channels.channel import Accept, Channel, LendsFiles
from bot.errors import BadPayload, Untrusted
from bot.health import measure
from bot.messages import File, WebhookCall, brought_by

LARGEST_BODY = 1024 * 1024
"""Bytes. Messengers send a few kilobytes; files are fetched, not posted."""

Health = Callable[[], Awaitable[dict[str, Any]]]

log = structlog.get_logger()


async def receive(channel: Channel, request: Request, accept: Accept, background: Background) -> Response:
    """Verify, parse, store, and only then tell the messenger that its call arrived."""
    body = await read_bounded(request, LARGEST_BODY)
    if body is None:
        return PlainTextResponse(f"the body is larger than {LARGEST_BODY} bytes", 413)
    try:
        channel.verify(WebhookCall(dict(request.headers), body))
        parsed = channel.parse(body)
    except Untrusted as error:
        log.warning("webhook_untrusted", channel=channel.name, why=str(error))
        return PlainTextResponse("the secret or signature is missing or wrong", 403)
    except BadPayload as error:
        log.warning("webhook_refused", channel=channel.name, why=str(error))
        return PlainTextResponse(str(error), 400)
    for event in parsed.events:
        await accept(brought_by(channel.name, event))
        background.spawn(channel.acknowledge(event), f"acknowledge:{channel.name}")
    mime = "application/json" if parsed.reply.startswith("{") else "text/plain"
    return Response(parsed.reply, media_type=mime)


async def lend(channel: Channel | None, ticket: str) -> Response:
    """A file for the messenger. Without a good ticket nobody learns even which messengers there are."""
    try:
        if channel is not None and isinstance(channel, LendsFiles):
            return _as_download(await channel.lend(ticket))
    except Untrusted as error:
        log.info("file_not_lent", why=str(error))
    return PlainTextResponse("there is no such file", 404, headers={"Cache-Control": "no-store"})


def _as_download(file: File) -> Response:
    """Whoever opens the address gets a file to save: nothing of it runs under our name."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(file.content, media_type=file.mime, headers=headers)


def router(*, channels: Mapping[str, Channel], accept: Accept, health: Health, background: Background) -> APIRouter:
    routes = APIRouter()

    @routes.post("/webhooks/{name}", include_in_schema=False)
    async def webhook(name: str, request: Request) -> Response:
        channel = channels.get(name)
        if channel is None:
            return PlainTextResponse(f"no messenger {name!r} is switched on here", 404)
        return await receive(channel, request, accept, background)

    @routes.api_route("/webhooks/{name}/files/{ticket}", methods=["GET", "HEAD"], include_in_schema=False)
    async def file(name: str, ticket: str) -> Response:
        return await lend(channels.get(name), ticket)

    @routes.get("/health")
    async def report_health() -> JSONResponse:
        report = await health()
        return JSONResponse(report, 503 if report["status"] == "down" else 200)

    @routes.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        measure(await health())
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return routes


async def read_bounded(request: Request, limit: int) -> bytes | None:
    """The body, or None as soon as it is known to be larger than `limit` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
