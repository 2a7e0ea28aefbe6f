"""The JSON calls of the desk: thin, each hands on to a service. Knows no page."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.dialogue.ports import Clock
from bot.errors import OtklikError
from bot.messages import Attachment, File
from handoff.agents import Agents
from handoff.desk import Desk
from handoff.duty import Roster
from handoff.files import as_response
from handoff.guard import Guard, Refusal, guarded, refusal
from handoff.live import Live
from handoff.person import CURSOR, LONGEST_CURSOR
from handoff.queue import Queue
from handoff.reading import Header, Opened, Reader, Undelivered
from handoff.sessions import Session
from handoff.suggestions import Suggestion

LONGEST_REPLY = 4000
FETCH_TIMEOUT_S = 30.0

Fetch = Callable[[str, Attachment], Awaitable[File]]
"""The bytes of an attachment of a channel. Raises OtklikError: SendError, or ChannelDown for a channel that is off."""

RowId = Annotated[int, Field(ge=1, lt=2**63)]
Before = Annotated[int | None, Query(ge=0, lt=2**63)]
Cursor = Annotated[str | None, Query(pattern=CURSOR, max_length=LONGEST_CURSOR)]
KEY = r"^[A-Za-z0-9-]{8,40}$"


def _sayable(text: str) -> str:
    text = text.strip().replace("\r\n", "\n")
    text.encode()  # half of a surrogate pair cannot be stored; the error is a ValueError
    if not 1 <= len(text) <= LONGEST_REPLY or "\x00" in text:
        raise ValueError(f"a reply has 1 to {LONGEST_REPLY} characters")
    return text


class Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Reply(Body):
    """`key` is the same when the same reply is sent again."""

    text: Annotated[str, AfterValidator(_sayable)] = Field(repr=False)
    key: str = Field(pattern=KEY)


class DutySwitch(Body):
    on: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """The left column and the state of the shift. `now` lets a wrong clock of the browser show right waiting times."""

    now: datetime
    on_duty: bool
    people: int
    lists: Queue


@dataclass(frozen=True, slots=True)
class Done:
    done: bool = True


def refuse(error: Refusal) -> Response:
    status, words = refusal(error)
    return JSONResponse({"error": words}, status)


@dataclass(frozen=True, slots=True)
class Services:
    """What the calls hand on to."""

    desk: Desk
    reader: Reader
    agents: Agents
    roster: Roster
    live: Live
    fetch: Fetch
    clock: Clock


def api(services: Services, guard: Guard) -> APIRouter:
    router = APIRouter(prefix="/desk", route_class=guarded(refuse))
    _add_reads(router, services, guard)
    _add_acts(router, services, guard)
    return router


def _add_reads(router: APIRouter, services: Services, guard: Guard) -> None:
    LoggedIn = Annotated[Session, Depends(guard.require_agent)]
    reader = services.reader

    @router.get("/api/queue")
    async def show_queue(session: LoggedIn) -> Overview:
        return Overview(
            now=services.clock.now(),
            on_duty=session.agent.on_duty,
            people=await services.roster.people(),
            lists=await reader.queue(session.agent),
        )

    @router.get("/api/conversations/{conversation_id}")
    async def show_header(session: LoggedIn, conversation_id: RowId) -> Header:
        return await reader.header(session.agent, conversation_id)

    @router.get("/api/conversations/{conversation_id}/messages")
    async def show_messages(
        session: LoggedIn, conversation_id: RowId, after: Cursor = None, before: Before = None
    ) -> Opened:
        return await reader.history(session.agent, conversation_id, after=after, before=before)

    @router.get("/api/conversations/{conversation_id}/suggestions")
    async def show_suggestions(session: LoggedIn, conversation_id: RowId) -> list[Suggestion]:
        return await reader.suggestions(session.agent, conversation_id)

    @router.get("/api/dead-letters")
    async def show_dead_letters(session: LoggedIn) -> list[Undelivered]:
        return await reader.undelivered()

    @router.get("/attachments/{message_id}/{position}")
    async def show_attachment(session: LoggedIn, message_id: RowId, position: int) -> Response:
        channel, attachment = await reader.attachment(session.agent, message_id, position)
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                file = await services.fetch(channel, attachment)
            return await asyncio.to_thread(as_response, file)
        except (OtklikError, TimeoutError):
            return JSONResponse({"error": "Мессенджер сейчас не отдаёт файл. Попробуйте позже."}, 502)


def _add_acts(router: APIRouter, services: Services, guard: Guard) -> None:
    LoggedIn = Annotated[Session, Depends(guard.require_agent)]
    desk = services.desk

    @router.post("/api/conversations/{conversation_id}/take")
    async def take(session: LoggedIn, conversation_id: RowId) -> Done:
        await desk.take(session.agent, conversation_id)
        return Done()

    @router.post("/api/conversations/{conversation_id}/reply")
    async def reply(session: LoggedIn, conversation_id: RowId, reply: Reply) -> Done:
        await desk.reply(session.agent, conversation_id, text=reply.text, client_key=reply.key)
        return Done()

    @router.post("/api/conversations/{conversation_id}/return")
    async def return_to_bot(session: LoggedIn, conversation_id: RowId) -> Done:
        await desk.return_to_bot(session.agent, conversation_id)
        return Done()

    @router.post("/api/conversations/{conversation_id}/release")
    async def release(session: LoggedIn, conversation_id: RowId) -> Done:
        await desk.release(session.agent, conversation_id)
        return Done()

    @router.post("/api/conversations/{conversation_id}/close")
    async def close(session: LoggedIn, conversation_id: RowId) -> Done:
        await desk.close(session.agent, conversation_id)
        return Done()

    @router.post("/api/duty")
    async def switch_duty(session: LoggedIn, switch: DutySwitch) -> Done:
        await services.agents.set_duty(session.agent.id, on=switch.on)
        services.live.look_again()
        return Done()
