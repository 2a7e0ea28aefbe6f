"""Who may come in: the session cookie, proof that our own page asks, hardened headers, refusals in Russian.

Every page and every call of the desk goes through `Guard`; there is no second way.
"""

import secrets
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from handoff import errors, wording
from handoff.agents import Role
from handoff.errors import DeskError, Forbidden, NoSession, PasswordExpired
from handoff.sessions import Session, Sessions

COOKIE = "otklik_desk"
LARGEST_BODY = 64 * 1024
FORM = "application/x-www-form-urlencoded"  # of our pages; a form with a file shows its token in a header
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it a browser sends our own forms with "Origin: null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
REFUSALS: dict[type[DeskError], tuple[int, str]] = {
    errors.NoSession: (401, "Сеанс закончился. Войдите заново."),
    errors.PasswordExpired: (403, "Сначала смените одноразовый пароль."),
    errors.Forbidden: (403, "Страница устарела или у вас нет прав. Обновите её и попробуйте снова."),
    errors.NotFound: (404, "Этого нет, или оно вам недоступно."),
    errors.NotHeld: (403, "Обращение ведёт другой специалист."),
    errors.WrongStatus: (409, "Обращение уже изменилось: его взяли, вернули или закрыли."),
    errors.Barred: (403, wording.BARRED),
}

Refusal = HTTPException | RequestValidationError | DeskError


class Guard:
    """Dependencies of the routes: each gives the session or raises a DeskError."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def require_session(self, request: Request) -> Session:
        """Anybody logged in, even with a one-time password. A POST must come from a page of ours."""
        session = await self.session_of(request)
        if request.method not in ("GET", "HEAD"):
            await _require_own_page(request, session)
        return session

    async def require_agent(self, request: Request) -> Session:
        session = await self.require_session(request)
        if session.agent.must_change_password:
            raise PasswordExpired
        return session

    async def require_admin(self, request: Request) -> Session:
        session = await self.require_agent(request)
        if session.agent.role is not Role.ADMIN:
            raise Forbidden
        return session

    async def session_of(self, connection: HTTPConnection) -> Session:
        token = connection.cookies.get(COOKIE)
        session = await self._sessions.find(token) if token else None
        if session is None:
            raise NoSession
        return session


def comes_from_us(connection: HTTPConnection) -> bool:
    """Browsers name the page a POST or a WebSocket comes from, and no page can make them lie."""
    origin = connection.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == connection.headers.get("host")


def require_no_foreign_page(request: Request) -> None:
    """For the login, which has no session yet. Whoever is no browser names no origin and may try."""
    if "origin" in request.headers and not comes_from_us(request):
        raise Forbidden


async def _require_own_page(request: Request, session: Session) -> None:
    require_no_foreign_page(request)
    shown = request.headers.get("x-csrf-token", "")
    if not shown and request.headers.get("content-type", "").startswith(FORM):
        shown = str((await request.form()).get("csrf", ""))
    if not secrets.compare_digest(shown.encode(), session.csrf.encode()):
        raise Forbidden


def refusal(error: Refusal) -> tuple[int, str]:
    """The status code and what to tell the person."""
    match error:
        case errors.AlreadyTaken(by=name):
            return 409, f"Обращение уже у другого специалиста: {name}."
        case errors.Unacceptable(reason=reason):
            return 422, reason
        case DeskError():
            return REFUSALS[type(error)]
        case RequestValidationError():
            return 422, "Запрос заполнен неверно: проверьте текст и попробуйте снова."
        case HTTPException(status_code=413):
            return 413, "Это слишком много за один раз: файл может быть до 20 МБ."
        case _:
            return error.status_code, "Запрос не принят."


def guarded(refuse: Callable[[Refusal], Response], *, largest_body: int = LARGEST_BODY) -> type[APIRoute]:
    """A route that limits what comes in, words refusals by `refuse` and hardens what goes out."""

    class GuardedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_guarded(request: Request) -> Response:
                try:
                    _require_small_body(request, largest_body)
                    response = await handle(request)
                except (DeskError, RequestValidationError, HTTPException) as error:
                    response = refuse(error)
                for name, value in HEADERS.items():
                    response.headers.setdefault(name, value)
                return response

            return handle_guarded

    return GuardedRoute


def _require_small_body(request: Request, largest: int) -> None:
    """A body must tell its length: no client of ours streams one."""
    length = request.headers.get("content-length", "0")
    if "transfer-encoding" in request.headers or not length.isdecimal() or int(length) > largest:
        raise HTTPException(413)
