"""The page, the widget and their modules: read once, served from memory with an ETag. All modules share one version
in their path, so that a browser never mixes modules of two releases."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response

STATIC = Path(__file__).parent / "static"
MIMES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
}
PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
)
PAGE_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
OPEN_HEADERS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    mime: str
    etag: str


class Assets:
    def __init__(self, title: str) -> None:
        files = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.suffix in MIMES}
        self.version = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
        self._page = self._filled("page.html", files.pop("page.html"), title)
        self._widget = self._filled("widget.js", files.pop("widget.js"), title)
        self._modules = {name: _asset(name, content) for name, content in files.items()}

    def page(self, request: Request) -> Response:
        return _respond(request, self._page, PAGE_HEADERS)

    def widget(self, request: Request) -> Response:
        return _respond(request, self._widget, OPEN_HEADERS | {"Cache-Control": "public, max-age=300"})

    def module(self, request: Request, version: str, name: str) -> Response:
        """Another version in the path is a page opened before an upgrade: it gets the new file, but may not keep it."""
        kept = "public, max-age=31536000, immutable" if version == self.version else "no-cache"
        module = self._modules.get(name)
        if module is None:
            return Response(status_code=404)
        return _respond(request, module, OPEN_HEADERS | {"Cache-Control": kept})

    def _filled(self, name: str, content: bytes, title: str) -> Asset:
        text = content.decode().replace("{{version}}", self.version).replace("{{title}}", escape(title))
        return _asset(name, text.encode())


def _respond(request: Request, asset: Asset, headers: Mapping[str, str]) -> Response:
    shared = {"ETag": asset.etag, "X-Content-Type-Options": "nosniff", **headers}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=shared)
    return Response(asset.content, media_type=asset.mime, headers=shared)


def _asset(name: str, content: bytes) -> Asset:
    return Asset(content, MIMES[Path(name).suffix], f'"{hashlib.sha256(content).hexdigest()[:20]}"')
