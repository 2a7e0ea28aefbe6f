"""The live socket of the desk: tells that something changed, never what. The page then asks from its own cursor,
so a lost connection loses and doubles nothing. A linked conversation's news are news of the watched one."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from bot.announcements import Announcements
from bot.storage.database import Database
from handoff import queue
from handoff.agents import Agent
from handoff.desk import conversation_for
from handoff.duty import Presence, Roster
from handoff.errors import DeskError, NotFound, PasswordExpired
from handoff.guard import Guard, comes_from_us
from handoff.person import cursors_of

# Close codes that the page understands; 4000-4999 are for applications.
LOGGED_OUT = 4401
FOREIGN = 4403
NOT_UNDERSTOOD = 4400

PAUSE_S = 0.2  # between two looks, so that a busy minute does not flood a page
# A look without a reason: ends sessions that expired, notices changes nobody announced, and lets a page that
# hears nothing for longer know that its connection is dead.
TICK_S = 20.0
LONGEST_FRAME = 200


@dataclass(slots=True, eq=False)
class Viewer:
    """One open page: what it looks at and what it was told of last."""

    agent: Agent
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    check_session: bool = False
    watched: int | None = None
    watched_seen: str | None = None  # the cursor last told; None: tell it in any case
    queue_seen: object = None


@dataclass(frozen=True, slots=True)
class Look:
    """What all pages show, read at once. `cursors`: of the watched conversations, see handoff.person."""

    marks: tuple[queue.Mark, ...] = ()
    people: int = 0
    cursors: Mapping[int, str] = field(default_factory=dict)


class Live:
    """All open pages."""

    def __init__(
        self, *, database: Database, guard: Guard, roster: Roster, presence: Presence, announcements: Announcements
    ) -> None:
        self._database = database
        self._guard = guard
        self._roster = roster
        self._presence = presence
        self._viewers: set[Viewer] = set()
        # Read once for all pages, however many they are, and again after a change.
        self._changes = 0
        self._looking = asyncio.Lock()
        self._seen_at = -1
        self._seen = Look()
        announcements.listen(self._hear)

    def look_again(self) -> None:
        """Somebody logged out or went on duty: every page checks its session and its lists."""
        self._changes += 1
        for viewer in self._viewers:
            viewer.check_session = True
            viewer.wake.set()

    async def serve(self, socket: WebSocket) -> None:
        """Until the page goes or the session ends. Refusals are told by close codes, so the handshake is accepted."""
        await socket.accept()
        agent = await self._admit(socket)
        if agent is None:
            return
        viewer = Viewer(agent)
        self._viewers.add(viewer)
        try:
            with self._presence.connected(agent.id):
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._listen(socket, viewer))
                    tasks.create_task(self._tell(socket, viewer))
        except* WebSocketDisconnect:
            pass
        finally:
            self._viewers.discard(viewer)

    def _hear(self, _conversation_id: int) -> None:
        self._changes += 1
        for viewer in self._viewers:
            viewer.wake.set()

    async def _admit(self, socket: WebSocket) -> Agent | None:
        if not comes_from_us(socket):
            await socket.close(FOREIGN)
            return None
        try:
            session = await self._guard.session_of(socket)
            if session.agent.must_change_password:
                raise PasswordExpired
        except DeskError:
            await socket.close(LOGGED_OUT)
            return None
        return session.agent

    async def _listen(self, socket: WebSocket, viewer: Viewer) -> None:
        """The page says which conversation it shows: {"watch": 12}, or null for none."""
        while True:
            try:
                watched = _watched(await socket.receive_text())
            except ValueError:
                await socket.close(NOT_UNDERSTOOD)
                raise WebSocketDisconnect(NOT_UNDERSTOOD) from None
            viewer.watched = watched if watched and await self._may_watch(viewer.agent, watched) else None
            viewer.watched_seen = None
            self._changes += 1
            viewer.wake.set()

    async def _tell(self, socket: WebSocket, viewer: Viewer) -> None:
        viewer.queue_seen = await self._queue_of(viewer.agent)
        await socket.send_json({"type": "welcome"})
        while True:
            if await self._is_idle(viewer):
                await socket.send_json({"type": "tick"})
            if viewer.check_session and not await self._is_logged_in(socket):
                await socket.close(LOGGED_OUT)
                raise WebSocketDisconnect(LOGGED_OUT)
            viewer.check_session = False
            await self._tell_watched(socket, viewer)
            await self._tell_queue(socket, viewer)
            await asyncio.sleep(PAUSE_S)

    async def _is_idle(self, viewer: Viewer) -> bool:
        """Waits for a change; True when there was none for a while, and then everything is looked at."""
        try:
            async with asyncio.timeout(TICK_S):
                await viewer.wake.wait()
        except TimeoutError:
            viewer.check_session = True
            viewer.watched_seen = None
            self._changes += 1
        idle = not viewer.wake.is_set()
        viewer.wake.clear()
        return idle

    async def _tell_watched(self, socket: WebSocket, viewer: Viewer) -> None:
        watched = viewer.watched
        look = await self._current()
        cursor = look.cursors.get(watched, "") if watched else None
        # The page may have turned to another conversation meanwhile: then this is told in the next round.
        if watched != viewer.watched or cursor == viewer.watched_seen:
            return
        viewer.watched_seen = cursor
        await socket.send_json({"type": "conversation", "id": watched, "cursor": cursor})

    async def _tell_queue(self, socket: WebSocket, viewer: Viewer) -> None:
        now = await self._queue_of(viewer.agent)
        if now != viewer.queue_seen:
            viewer.queue_seen = now
            await socket.send_json({"type": "queue"})

    async def _queue_of(self, agent: Agent) -> object:
        """Equal for two equal queues: a colleague's talk with a subscriber does not count as a change."""
        look = await self._current()
        concerns = [mark if mark.agent_id in (None, agent.id) else (mark.id, mark.agent_id) for mark in look.marks]
        return concerns, look.people

    async def _current(self) -> Look:
        async with self._looking:
            if self._seen_at != self._changes:
                changes = self._changes  # a change during the reading makes the next look read again
                watched = {viewer.watched for viewer in self._viewers if viewer.watched}
                async with self._database.reading() as connection:
                    marks = await queue.marks(connection)
                    cursors = await cursors_of(connection, watched) if watched else {}
                self._seen = Look(marks, await self._roster.people(), cursors)
                self._seen_at = changes
            return self._seen

    async def _may_watch(self, agent: Agent, conversation_id: int) -> bool:
        try:
            async with self._database.reading() as connection:
                await conversation_for(connection, agent, conversation_id)
        except NotFound:
            return False
        return True

    async def _is_logged_in(self, socket: WebSocket) -> bool:
        try:
            await self._guard.session_of(socket)
        except DeskError:
            return False
        return True


def _watched(frame: str) -> int | None:
    """The conversation's id, or None for none. Raises ValueError for a frame that is not ours."""
    value = json.loads(frame[:LONGEST_FRAME])
    watched = value.get("watch", 0) if isinstance(value, dict) else 0
    if watched is None:
        return None
    if type(watched) is not int or not 0 < watched < 2**63:
        raise ValueError("expected the id of a conversation or null")
    return watched
