"""A web chat with a scripted core, and a visitor's tab that speaks its protocol."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession

from bot.channels.web import WebChannel, WebSettings, router
from bot.storage.files import Files
from tests.bot.channels.web.fakes import FakeCore


class Tab:
    """A tab of a visitor. Frames are read one by one until the wanted one comes; `frames` keeps all of them."""

    def __init__(self, socket: WebSocketTestSession, token: str = "", cursor: int = 0) -> None:
        self.socket = socket
        self.frames: list[dict[str, Any]] = []
        self.say(type="hello", token=token, cursor=cursor)
        self.token = self.hear("welcome")["token"]
        self.hear("replayed")

    def say(self, **frame: Any) -> None:
        self.socket.send_text(json.dumps(frame))

    def write(self, text: str, key: str | None = None, **rest: Any) -> str:
        key = key or str(uuid.uuid4())
        self.say(type="message", key=key, text=text, **rest)
        return key

    def hear(self, kind: str) -> dict[str, Any]:
        while True:
            frame = self.socket.receive_json()
            self.frames.append(frame)
            if frame["type"] == kind:
                return frame

    def settle(self) -> list[dict[str, Any]]:
        """Every frame up to now: an answer to a ping comes after all that was told before it."""
        self.say(type="ping")
        self.hear("pong")
        return self.frames

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == "message"]


@pytest.fixture
def core() -> FakeCore:
    return FakeCore()


@pytest.fixture
def settings() -> WebSettings:
    return WebSettings()


@pytest.fixture
def channel(core: FakeCore, settings: WebSettings, tmp_path: Path) -> WebChannel:
    core.channel = WebChannel(settings, core.history, Files(tmp_path / "files"))
    return core.channel


@pytest.fixture
def client(core: FakeCore, channel: WebChannel) -> Iterator[TestClient]:
    application = FastAPI()
    application.include_router(router(channel, core.accept))
    with TestClient(application, base_url="http://bot.example.org") as client:
        yield client
