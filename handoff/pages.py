"""The pages of the desk: login, password, the desk itself, staff, undelivered messages. Server-rendered."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handoff.agents import Agents, OneTimePassword, Role
from handoff.assets import Assets
from handoff.errors import NoSession, NotFound, PasswordExpired, Unacceptable
from handoff.guard import COOKIE, Guard, Refusal, guarded, refusal, require_no_foreign_page
from handoff.live import Live
from handoff.reading import Reader
from handoff.sessions import Session, Sessions

LOGIN_REFUSED = "Логин или пароль не подошли. После пяти ошибок вход закрывается на 15 минут."

Field = Annotated[str, Form(max_length=300)]


class Templates:
    """Jinja2 with autoescape; every page knows the address of this version's static files."""

    def __init__(self, folder: Path, assets: Assets, zone: ZoneInfo) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["moment"] = lambda moment: f"{moment.astimezone(zone):%d.%m.%Y %H:%M}"
        self._environment.globals["static"] = f"/desk/static/{assets.version}"

    def page(self, name: str, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(self._environment.get_template(name).render(**values), status)

    def refuse(self, error: Refusal) -> Response:
        """Whoever is not logged in goes to the login, a one-time password to its change; others are told why."""
        match error:
            case NoSession():
                return RedirectResponse("/desk/login", 303)
            case PasswordExpired():
                return RedirectResponse("/desk/password", 303)
            case _:
                status, words = refusal(error)
                return self.page("refused.html", status, words=words)


@dataclass(frozen=True, slots=True)
class PageServices:
    """What the pages need."""

    agents: Agents
    sessions: Sessions
    reader: Reader
    live: Live
    assets: Assets
    templates: Templates


def pages(services: PageServices, guard: Guard) -> APIRouter:
    router = APIRouter(prefix="/desk", route_class=guarded(services.templates.refuse), include_in_schema=False)
    _add_login(router, services, guard)
    _add_password(router, services, guard)
    _add_desk(router, services, guard)
    _add_staff(router, services, guard)
    return router


def _add_login(router: APIRouter, services: PageServices, guard: Guard) -> None:
    sessions, templates = services.sessions, services.templates

    @router.get("/login")
    async def show_login(request: Request) -> Response:
        try:
            await guard.session_of(request)
        except NoSession:
            return templates.page("login.html", login="", fault="")
        return RedirectResponse("/desk", 303)

    @router.post("/login")
    async def log_in(request: Request, login: Field, password: Field) -> Response:
        require_no_foreign_page(request)
        agent = await services.agents.authenticate(login, password)
        if agent is None:
            return templates.page("login.html", 401, login=login, fault=LOGIN_REFUSED)
        await sessions.end(request.cookies.get(COOKIE, ""))
        return await _logged_in(request, sessions, agent.id)

    @router.post("/logout", dependencies=[Depends(guard.require_session)])
    async def log_out(request: Request) -> Response:
        await sessions.end(request.cookies.get(COOKIE, ""))
        services.live.look_again()
        response = RedirectResponse("/desk/login", 303)
        response.delete_cookie(COOKIE, path="/desk")
        return response


def _add_password(router: APIRouter, services: PageServices, guard: Guard) -> None:
    LoggedIn = Annotated[Session, Depends(guard.require_session)]
    templates = services.templates

    @router.get("/password")
    async def show_password(session: LoggedIn) -> Response:
        return templates.page("password.html", session=session, fault="")

    @router.post("/password")
    async def change_password(request: Request, session: LoggedIn, old: Field, new: Field, again: Field) -> Response:
        try:
            if new != again:
                raise Unacceptable("Новый пароль и его повтор не совпадают.")
            await services.agents.change_password(session.agent, old, new)
        except Unacceptable as error:
            return templates.page("password.html", 422, session=session, fault=error.reason)
        await services.sessions.end_all(session.agent.id)
        services.live.look_again()
        return await _logged_in(request, services.sessions, session.agent.id)


def _add_desk(router: APIRouter, services: PageServices, guard: Guard) -> None:
    LoggedIn = Annotated[Session, Depends(guard.require_agent)]
    templates = services.templates

    @router.get("")
    async def show_desk(session: LoggedIn) -> Response:
        return templates.page("desk.html", session=session)

    @router.get("/undelivered")
    async def show_undelivered(session: LoggedIn) -> Response:
        return templates.page("undelivered.html", session=session, letters=await services.reader.undelivered())

    @router.get("/static/{version}/{name:path}")
    async def show_asset(version: str, name: str) -> Response:
        asset = services.assets.files.get(name)
        if asset is None:
            raise NotFound
        fresh = version == services.assets.version
        headers = {"Cache-Control": "public, max-age=31536000, immutable" if fresh else "no-store"}
        return Response(asset.content, media_type=asset.mime, headers=headers)


def _add_staff(router: APIRouter, services: PageServices, guard: Guard) -> None:
    Admin = Annotated[Session, Depends(guard.require_admin)]

    async def show(session: Session, issued: OneTimePassword | None = None, fault: str = "") -> Response:
        everyone = await services.agents.everyone()
        status = 422 if fault else 200
        return services.templates.page(
            "staff.html", status, session=session, everyone=everyone, issued=issued, fault=fault
        )

    @router.get("/staff")
    async def show_staff(session: Admin) -> Response:
        return await show(session)

    @router.post("/staff")
    async def add_agent(session: Admin, login: Field, name: Field, role: Role = Form(Role.AGENT)) -> Response:  # noqa: B008
        try:
            return await show(session, await services.agents.create(login, name, role))
        except Unacceptable as error:
            return await show(session, fault=error.reason)

    @router.post("/staff/{agent_id}/reset")
    async def reset_password(session: Admin, agent_id: int) -> Response:
        if agent_id == session.agent.id:
            return await show(session, fault="Свой пароль меняют на странице «Сменить пароль».")
        issued = await services.agents.reset_password(agent_id)
        await services.sessions.end_all(agent_id)
        services.live.look_again()
        return await show(session, issued)


async def _logged_in(request: Request, sessions: Sessions, agent_id: int) -> Response:
    token = await sessions.start(agent_id)
    response = RedirectResponse("/desk", 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sessions.lifetime.total_seconds()),
        path="/desk",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response
