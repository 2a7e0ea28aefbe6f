"""Which sites may talk to the chat, and the CORS headers for them. Pure. The token is what guards a chat: no cookie is
ever sent, so this only decides who may embed the widget."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers


def is_allowed(headers: Headers, allowed: tuple[str, ...]) -> bool:
    """A call without an Origin is not made by a page of another site."""
    origin = headers.get("origin", "").lower()
    return not origin or "*" in allowed or origin in allowed or _host(origin) == headers.get("host", "").lower()


def cors(headers: Headers) -> Mapping[str, str]:
    """For an origin that `is_allowed`."""
    return {
        "Access-Control-Allow-Origin": headers.get("origin", "*"),
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization",
        "Access-Control-Max-Age": "600",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Vary": "Origin",
    }


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
