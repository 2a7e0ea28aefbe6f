"""Files of a chat over HTTP: the visitor's come in, the visitor's and the agents' are shown."""

import asyncio
from urllib.parse import quote

import structlog
from fastapi import Request
from fastapi.responses import JSONResponse, Response

from bot.channels.web import origins, render
from bot.channels.web.channel import WebChannel
from bot.channels.web.limits import Windows
from bot.messages import File, Sender
from bot.storage.files import FileRefused, folder_of
from bot.uploads import uploaded

UPLOADS = 20
UPLOADS_PER_S = 600.0

log = structlog.get_logger()


class Uploads:
    def __init__(self, channel: WebChannel) -> None:
        self._channel = channel
        self._windows = Windows(UPLOADS, UPLOADS_PER_S)

    def preflight(self, request: Request) -> Response:
        """A browser asks before it sends a token from another site."""
        if not origins.is_allowed(request.headers, self._channel.settings.allowed_origins):
            return Response(status_code=403)
        return Response(status_code=204, headers=dict(origins.cors(request.headers)))

    async def receive(self, request: Request) -> Response:
        try:
            sender = await self._sender(request)
            if not self._windows.allows(sender.chat_id, asyncio.get_running_loop().time()):
                raise FileRefused("too_many", 429)
            most = self._channel.max_upload_bytes
            async with uploaded(request, most) as upload:
                kept = await asyncio.to_thread(self._channel.files.save, sender, upload, most)
        except FileRefused as refusal:
            return self._refuse(request, refusal)
        log.info("web_file_kept", kind=kept.kind.value, size=kept.size_bytes)
        return JSONResponse(render.attachment(kept), 201, headers=dict(origins.cors(request.headers)))

    async def show(self, request: Request, ref: str) -> Response:
        try:
            sender = await self._sender(request)
            file = await asyncio.to_thread(self._channel.files.read, f"{folder_of(sender)}/{ref}")
            if file is None:
                raise FileRefused("unknown_file", 404)
        except FileRefused as refusal:
            return self._refuse(request, refusal)
        return Response(file.content, headers=dict(origins.cors(request.headers)) | file_headers(file))

    async def _sender(self, request: Request) -> Sender:
        """Whose token it is."""
        if not origins.is_allowed(request.headers, self._channel.settings.allowed_origins):
            raise FileRefused("foreign_site", 403)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        sender = await self._channel.visitors.find(token) if scheme.lower() == "bearer" else None
        if sender is None:
            raise FileRefused("unknown_token", 401)
        return sender

    def _refuse(self, request: Request, refusal: FileRefused) -> Response:
        allowed = origins.is_allowed(request.headers, self._channel.settings.allowed_origins)
        headers = dict(origins.cors(request.headers)) if allowed else {}
        return JSONResponse({"reason": refusal.reason}, refusal.status, headers=headers)


def file_headers(file: File) -> dict[str, str]:
    """The browser takes the file for what we found it to be, and runs nothing in it."""
    shown = file.mime.startswith(("image/", "audio/", "video/"))
    charset = "; charset=utf-8" if file.mime == "text/plain" else ""
    return {
        "Content-Type": file.mime + charset,
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=86400, immutable",
    }
