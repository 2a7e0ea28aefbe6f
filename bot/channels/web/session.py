"""One tab's WebSocket, from hello to goodbye. Two loops: hear the frames, tell the news. Text never gets into a log."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from fastapi import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from bot.channels.channel import Accept
from bot.channels.web import render
from bot.channels.web.channel import WebChannel
from bot.channels.web.limits import Window
from bot.channels.web.parse import (
    Frame,
    FrameRefused,
    Hello,
    Message,
    Ping,
    Press,
    Reason,
    incoming,
    opening,
    parse_frame,
)
from bot.channels.web.tabs import SURPLUS, Tab
from bot.channels.web.visitors import Visitor
from bot.messages import Attachment, Sender
from bot.storage.files import folder_of

log = structlog.get_logger()

REREAD_S = 15.0  # a safety net for news that no wake-up told of, such as those made by another process
PAGE = 100
FRAMES = 20
FRAMES_PER_S = 10.0

BROKEN = 1011
SILENT = 4002

OnTyping = Callable[[Sender], Awaitable[None]]


class Session:
    def __init__(
        self,
        socket: WebSocket,
        channel: WebChannel,
        *,
        accept: Accept,
        on_typing: OnTyping | None = None,
        hello_within_s: float = 10.0,
    ) -> None:
        self._socket = socket
        self._channel = channel
        self._accept = accept
        self._on_typing = on_typing
        self._hello_within_s = hello_within_s
        self._window = Window(FRAMES, FRAMES_PER_S)

    async def serve(self) -> None:
        await self._socket.accept()
        try:
            await self._talk()
        except* WebSocketDisconnect:
            pass
        except* Exception as failures:
            log.error("web_chat_failed", errors=sorted(_names(failures)))
            await self._close(BROKEN)

    async def _talk(self) -> None:
        hello = await self._hello()
        if hello is None:
            await self._send(render.dismissed(Reason.NO_HELLO))
            await self._close(SILENT)
            return
        visitor = await self._channel.visitors.admit(hello.token, hello.name)
        if visitor.is_new:
            await self._accept(opening(visitor.sender, datetime.now(UTC)))
        settings = self._channel.settings
        await self._send(render.welcome(visitor.token, settings.title, settings.max_upload_mb))
        with self._channel.tabs.open(visitor.sender.chat_id) as tab:
            async with asyncio.TaskGroup() as loops:
                telling = loops.create_task(self._tell(tab, visitor, 0 if visitor.is_new else hello.cursor))
                await self._hear(tab, visitor.sender)
                telling.cancel()

    async def _hello(self) -> Hello | None:
        """The first good frame must be a hello; refused frames before it keep the connection, but not for long."""
        try:
            async with asyncio.timeout(self._hello_within_s):
                while True:
                    try:
                        frame = parse_frame(await self._receive())
                    except FrameRefused as refusal:
                        await self._send(render.refused(refusal))
                        continue
                    return frame if isinstance(frame, Hello) else None
        except TimeoutError:
            return None

    async def _hear(self, tab: Tab, sender: Sender) -> None:
        """Until the tab goes away."""
        while True:
            try:
                text = await self._receive()
                in_time = self._window.allows(asyncio.get_running_loop().time())
                await self._obey(parse_frame(text), tab, sender, in_time=in_time)
            except FrameRefused as refusal:
                tab.push(render.refused(refusal))
            except WebSocketDisconnect:
                return

    async def _obey(self, frame: Frame, tab: Tab, sender: Sender, *, in_time: bool) -> None:
        match frame:
            case Message() | Press() if in_time:
                await self._take(frame, sender)
                tab.push(render.ack(frame.key))
                self._channel.wake(sender.chat_id)
            case Message() | Press():
                raise FrameRefused(Reason.TOO_FAST, frame.key)
            case Ping():
                tab.push(render.PONG)
            case Hello():
                raise FrameRefused(Reason.BAD_FRAME)
            case _ if self._on_typing and in_time:
                await self._on_typing(sender)

    async def _take(self, frame: Message | Press, sender: Sender) -> None:
        """The tab hears "ack" only when this has returned: from then on the message cannot be lost."""
        files: tuple[Attachment, ...] = ()
        if isinstance(frame, Message) and frame.files:
            files = await self._files(frame, sender)
        await self._accept(incoming(frame, sender, datetime.now(UTC), files))

    async def _files(self, frame: Message, sender: Sender) -> tuple[Attachment, ...]:
        """The chat is part of the path, so a file of another chat is not found."""
        found: list[Attachment] = []
        for ref in frame.files:
            file = await asyncio.to_thread(self._channel.files.find, f"{folder_of(sender)}/{ref}")
            if file is None:
                raise FrameRefused(Reason.UNKNOWN_FILE, frame.key)
            found.append(file)
        return tuple(found)

    async def _tell(self, tab: Tab, visitor: Visitor, cursor: int) -> None:
        cursor = await self._catch_up(visitor.sender, cursor)
        await self._send(render.REPLAYED)
        while not tab.close_code:
            await tab.wait(REREAD_S)
            for frame in tab.frames():
                await self._send(frame)
            cursor = await self._catch_up(visitor.sender, cursor)
        if tab.close_code == SURPLUS:
            await self._send(render.dismissed(Reason.TOO_MANY_TABS))
        await self._close(tab.close_code)

    async def _catch_up(self, sender: Sender, cursor: int) -> int:
        while True:
            page = await self._channel.history.after(sender, cursor, PAGE)
            for shown in page:
                await self._send(render.message(shown))
                cursor = shown.id
            if len(page) < PAGE:
                return cursor

    async def _receive(self) -> str:
        """A frame's text; what is not text is refused."""
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code") or 1005)
        text = received.get("text")
        if not isinstance(text, str):
            raise FrameRefused(Reason.BAD_FRAME)
        return text

    async def _send(self, frame: render.Frame) -> None:
        await self._socket.send_text(json.dumps(frame, ensure_ascii=False))

    async def _close(self, code: int) -> None:
        states: tuple[WebSocketState, WebSocketState] = (self._socket.client_state, self._socket.application_state)
        if states == (WebSocketState.CONNECTED, WebSocketState.CONNECTED):
            await self._socket.close(code)


def _names(failure: BaseException) -> set[str]:
    """The kinds of errors only: an error of the storage may quote the message."""
    if isinstance(failure, BaseExceptionGroup):
        return set().union(*(_names(each) for each in failure.exceptions))
    return {type(failure).__name__}
