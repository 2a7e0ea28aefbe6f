"""What a page is told while it is open: each phone's whole screen whenever it changes, and the state of the bot."""

import asyncio
import json
from dataclasses import asdict

from fastapi import WebSocket
from starlette.websockets import WebSocketDisconnect

from demo.screens import Handset
from demo.stage import Stage

PAUSE_S = 0.05  # between two screens, so that a burst of changes is one
HEALTH_S = 1.0


async def follow(socket: WebSocket, stage: Stage) -> None:
    """Until the page goes."""
    await socket.accept()
    phones = list(stage.phones)
    told = {"phones": phones, "login": stage.login, "password": stage.password, "chat": f"{stage.url}/"}
    await _tell(socket, "hello", **told)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_until_gone(socket))
            tasks.create_task(_tell_health(socket, stage))
            for phone in stage.phones.values():
                tasks.create_task(_tell_screen(socket, phone))
    except* (WebSocketDisconnect, RuntimeError):
        # Who sends into a socket that was closed meanwhile gets a RuntimeError.
        pass


async def _until_gone(socket: WebSocket) -> None:
    while True:
        await socket.receive_text()


async def _tell_screen(socket: WebSocket, phone: Handset) -> None:
    shown = None
    while True:
        screen = await phone.changed(shown)
        if screen != shown:
            shown = screen
            await _tell(socket, "screen", phone=phone.name, screen=asdict(screen))
            await phone.look()
        await asyncio.sleep(PAUSE_S)


async def _tell_health(socket: WebSocket, stage: Stage) -> None:
    shown = None
    while True:
        health = await stage.health()
        if health != shown:
            shown = health
            await _tell(socket, "health", health=health)
        await asyncio.sleep(HEALTH_S)


async def _tell(socket: WebSocket, kind: str, **content: object) -> None:
    await socket.send_text(json.dumps({"kind": kind, **content}, ensure_ascii=False))
