"""The web chat under a real server: connections that break, a server that goes and comes back."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.browser.web_chat_site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.start()
    yield site
    site.stop()


def say(socket: ClientConnection, **frame: Any) -> None:
    socket.send(json.dumps(frame))


def hear(socket: ClientConnection, kind: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The wanted frame, and the messages that came before it."""
    messages = []
    while True:
        frame = json.loads(socket.recv(timeout=10))
        if frame["type"] == kind:
            return frame, messages
        if frame["type"] == "message":
            messages.append(frame)


@contextmanager
def tab(site: Site, token: str = "", cursor: int = 0) -> Iterator[tuple[ClientConnection, str, list[dict[str, Any]]]]:
    """An open socket, its token and what was replayed to it."""
    with connect(f"ws://127.0.0.1:{site.port}/chat/socket") as socket:
        say(socket, type="hello", token=token, cursor=cursor)
        token = hear(socket, "welcome")[0]["token"]
        yield socket, token, hear(socket, "replayed")[1]


def test_a_restart_ends_the_connection_cleanly_and_loses_and_doubles_nothing(site: Site) -> None:
    key = str(uuid.uuid4())
    with tab(site) as (socket, token, messages):
        say(socket, type="message", key=key, text="До перезапуска")
        hear(socket, "ack")
        site.stop()
        with pytest.raises(ConnectionClosed):
            hear(socket, "never")
    site.start()
    with tab(site, token, messages[-1]["id"]) as (socket, same, missed):
        assert same == token
        say(socket, type="message", key=key, text="До перезапуска")
        hear(socket, "ack")
    assert [frame.get("key") for frame in missed] == [key, None]
    assert site.core.texts() == ["До перезапуска"]


def test_a_connection_that_breaks_without_a_goodbye_harms_nobody(site: Site) -> None:
    with tab(site) as (socket, token, _):
        socket.socket.shutdown(SHUT_RDWR)
        with tab(site, token) as (_, same, missed):
            assert same == token
            assert len(missed) == 1


def test_a_frame_far_too_large_does_no_harm(site: Site) -> None:
    with tab(site) as (socket, _, _):
        socket.send("x" * 100_000)
        assert hear(socket, "refused")[0]["reason"] == "too_long"
        say(socket, type="ping")
        hear(socket, "pong")
