"""Joins the parts of the desk: the one call that bot.app makes. Opens nothing and starts nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter, WebSocket

from bot.announcements import Announcements
from bot.dialogue.permission import Permission
from bot.dialogue.ports import Clock, Knowledge
from bot.dialogue.replies import Replies
from bot.dialogue.turn import Fit
from bot.messages import Sender
from bot.storage.database import Database
from bot.storage.files import Files
from handoff.agents import Agents
from handoff.api import Fetch, Services, api
from handoff.assets import Assets
from handoff.desk import Desk
from handoff.duty import Presence, Roster
from handoff.guard import Guard
from handoff.live import Live
from handoff.pages import PageServices, Templates, pages
from handoff.passwords import Passwords
from handoff.reach import Reach
from handoff.reading import Reader
from handoff.sending import FileDesk
from handoff.sessions import Sessions
from handoff.settings import DeskSettings
from handoff.uploads import uploads

CONSOLE = Path(__file__).parent / "console"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the desk needs of the rest. `channel_titles`: how people call a channel ("telegram" -> "Telegram").
    `largest_file`: bytes of a file that a sender's messenger takes from us, 0 for none."""

    database: Database
    knowledge: Knowledge
    replies: Replies
    fit: Fit
    fetch: Fetch
    announcements: Announcements
    clock: Clock
    channel_titles: Mapping[str, str]
    files: Files
    largest_file: Callable[[Sender], int]
    permission: Permission


class Handoff:
    """`router` serves /desk, `roster` is the dialogue's DutyRoster, `agents` is for the command line."""

    def __init__(self, settings: DeskSettings, around: Surroundings, *, passwords: Passwords | None = None) -> None:
        presence = Presence(around.clock)
        hours = settings.opening_hours()
        self.agents = Agents(around.database, around.clock, passwords)
        self.roster = Roster(database=around.database, hours=hours, presence=presence, clock=around.clock)
        sessions = Sessions(around.database, around.clock, timedelta(hours=settings.session_hours))
        guard = Guard(sessions)
        self.live = Live(
            database=around.database,
            guard=guard,
            roster=self.roster,
            presence=presence,
            announcements=around.announcements,
        )
        reach = Reach(around.fit, around.largest_file, around.permission)
        reader = Reader(
            database=around.database,
            knowledge=around.knowledge,
            channel_titles=around.channel_titles,
            reach=reach,
        )
        assets = Assets(CONSOLE / "static")
        templates = Templates(CONSOLE / "templates", assets, hours.zone)
        self.router = APIRouter(tags=["desk"])
        self.router.include_router(api(self._services(around, reader, reach), guard))
        self.router.include_router(uploads(_file_desk(around, reach), guard))
        self.router.include_router(
            pages(PageServices(self.agents, sessions, reader, self.live, assets, templates), guard)
        )

        @self.router.websocket("/desk/live")
        async def follow(socket: WebSocket) -> None:
            await self.live.serve(socket)

    def _services(self, around: Surroundings, reader: Reader, reach: Reach) -> Services:
        desk = Desk(
            database=around.database,
            replies=around.replies,
            roster=self.roster,
            reach=reach,
            announcements=around.announcements,
            clock=around.clock,
        )
        return Services(desk, reader, self.agents, self.roster, self.live, around.fetch, around.clock)


def _file_desk(around: Surroundings, reach: Reach) -> FileDesk:
    return FileDesk(
        database=around.database,
        reach=reach,
        files=around.files,
        announcements=around.announcements,
        clock=around.clock,
    )
