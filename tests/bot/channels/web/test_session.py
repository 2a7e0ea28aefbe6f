import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI, WebSocket
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.channels.web import WebChannel, WebSettings, router, session
from bot.channels.web.parse import MAX_FRAME_BYTES
from bot.channels.web.tabs import RESTART, SURPLUS, TABS_PER_CHAT
from bot.channels.web.visitors import chat_of
from bot.messages import Author, Button, IncomingKind, Sender
from tests.bot.channels.web.conftest import Tab
from tests.bot.channels.web.fakes import FakeCore

FORGED = "A" * 32


@contextmanager
def tab(client: TestClient, token: str = "", cursor: int = 0, **headers: str) -> Iterator[Tab]:
    with client.websocket_connect("ws://bot.example.org/chat/socket", headers=headers) as socket:
        yield Tab(socket, token, cursor)


def refusal(socket: Any, text: str) -> dict[str, Any]:
    socket.send_text(text)
    frame: dict[str, Any] = socket.receive_json()
    return frame


def call(client: TestClient, work: Any, *values: Any) -> None:
    assert client.portal
    client.portal.call(work, *values)


def test_a_new_visitor_gets_a_secret_and_a_greeting(client: TestClient, core: FakeCore) -> None:
    with tab(client) as visitor:
        assert len(visitor.token) == 32
        assert [frame["html"] for frame in visitor.messages] == ["<p>Здравствуйте! Чем помочь?</p>"]
    (opened,) = core.seen
    assert opened.kind is IncomingKind.START
    assert opened.sender.chat_id == chat_of(visitor.token)
    assert visitor.token not in repr(core.history.chats)


def test_a_message_is_acknowledged_shown_and_answered(client: TestClient, core: FakeCore) -> None:
    with tab(client) as visitor:
        key = visitor.write("Как узнать баланс?")
        assert visitor.hear("ack")["key"] == key
        own, answer = visitor.hear("message"), visitor.hear("message")
    assert (own["author"], own["text"], own["key"]) == ("subscriber", "Как узнать баланс?", key)
    assert (answer["author"], answer["html"]) == ("bot", "<p>Вы написали: Как узнать баланс?</p>")


def test_there_is_no_acknowledgement_before_the_message_is_stored(client: TestClient, core: FakeCore) -> None:
    with client.websocket_connect("/chat/socket") as socket:
        visitor = Tab(socket)
        core.is_broken = True
        key = visitor.write("Привет")
        with pytest.raises(WebSocketDisconnect) as caught:
            visitor.hear("ack")
        assert caught.value.code == session.BROKEN
    core.is_broken = False
    with tab(client, visitor.token) as again:
        again.write("Привет", key)
        assert again.hear("ack")["key"] == key
    assert core.texts() == ["Привет"]


def test_a_history_that_cannot_be_read_ends_the_connection_and_nothing_is_lost(
    client: TestClient, core: FakeCore
) -> None:
    with client.websocket_connect("/chat/socket") as socket:
        visitor = Tab(socket)
        core.history.is_broken = True
        visitor.write("Привет")
        with pytest.raises(WebSocketDisconnect):
            visitor.hear("never")
    core.history.is_broken = False
    with tab(client, visitor.token) as again:
        assert [frame.get("text") for frame in again.messages][1:2] == ["Привет"]


def test_a_failure_is_logged_without_a_word_of_the_message(
    client: TestClient, core: FakeCore, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with client.websocket_connect("/chat/socket") as socket:
        visitor = Tab(socket)
        core.is_broken = True
        visitor.write("паспорт и адрес")
        with pytest.raises(WebSocketDisconnect):
            visitor.hear("never")
    output = caplog.text + "".join(capsys.readouterr())
    assert "web_chat_failed" in output
    assert "паспорт" not in output
    assert visitor.token not in output


def test_the_same_key_twice_is_one_message_and_two_acknowledgements(client: TestClient, core: FakeCore) -> None:
    with tab(client) as visitor:
        key = visitor.write("Привет")
        visitor.write("Привет", key)
        visitor.hear("ack")
        visitor.hear("ack")
        visitor.settle()
        assert len(visitor.messages) == 3
    assert core.texts() == ["Привет"]


def test_a_reconnect_replays_exactly_what_came_meanwhile_in_order(client: TestClient, core: FakeCore) -> None:
    with tab(client) as visitor:
        seen = visitor.messages[-1]["id"]
    for number in range(250):
        core.history.add(chat_of(visitor.token), Author.BOT, str(number))
    with tab(client, visitor.token, seen) as again:
        assert [frame["html"] for frame in again.messages] == [f"<p>{number}</p>" for number in range(250)]
        last = again.messages[-1]["id"]
    with tab(client, visitor.token, last) as third:
        assert third.messages == []
    assert len(core.seen) == 1


def test_two_tabs_show_the_same_conversation(client: TestClient) -> None:
    with tab(client) as one, tab(client, one.token) as two:
        key = one.write("Из первой")
        for each in (one, two):
            assert each.hear("message")["key"] == key
            each.hear("message")
        two.write("Из второй")
        one.hear("message")
        two.hear("message")
        assert [frame["id"] for frame in one.settle() if frame["type"] == "message"] == [
            frame["id"] for frame in two.settle() if frame["type"] == "message"
        ]


def test_live_messages_come_in_order_without_gaps_or_doubles(client: TestClient, core: FakeCore) -> None:
    async def talk(chat_id: str) -> None:
        for number in range(60):
            await core.say(chat_id, (str(number), ()))

    with tab(client) as visitor:
        call(client, talk, chat_of(visitor.token))
        for _ in range(60):
            visitor.hear("message")
        visitor.settle()
        assert [frame["html"] for frame in visitor.messages[1:]] == [f"<p>{number}</p>" for number in range(60)]


def test_a_press_names_its_button(client: TestClient, core: FakeCore) -> None:
    core.greeting = ("Что выбрать?", (Button("Тарифы", "topic:tariffs"), Button("Баланс", "topic:balance")))
    with tab(client) as visitor:
        button = visitor.messages[0]["buttons"][1]
        visitor.say(type="press", key=str(uuid.uuid4()), button=button["key"])
        assert visitor.hear("message")["text"] == "Баланс"
    assert core.seen[-1].kind is IncomingKind.PRESS
    assert core.seen[-1].press == button["key"]


def test_an_agent_s_message_and_typing_reach_the_tab(client: TestClient, core: FakeCore) -> None:
    assert core.channel
    with tab(client) as visitor:
        chat_id = chat_of(visitor.token)
        call(client, core.channel.show_typing, chat_id)
        visitor.hear("typing")
        call(client, core.say, chat_id, ("Добрый день", ()), "Тест")
        shown = visitor.hear("message")
    assert (shown["author"], shown["agent_name"]) == ("agent", "Тест")


@pytest.mark.parametrize("token", [FORGED, "", "x", "ы" * 32, "../" * 10, "A" * 5000, FORGED + "\n"])
def test_a_forged_or_malformed_token_gets_a_chat_of_its_own(client: TestClient, token: str) -> None:
    with tab(client, token, cursor=5) as visitor:
        assert visitor.token != token
        assert len(visitor.messages) == 1


def test_the_digest_of_a_token_opens_nothing(client: TestClient) -> None:
    with tab(client) as visitor:
        visitor.write("Тайна")
        visitor.hear("ack")
    with tab(client, chat_of(visitor.token)[:32]) as thief:
        assert [frame.get("text") for frame in thief.messages] == [None]


def test_a_tab_that_comes_before_the_greeting_keeps_its_chat(client: TestClient, core: FakeCore) -> None:
    core.greeting = None
    with tab(client) as one, tab(client, one.token) as two:
        assert one.token == two.token
    assert len(core.seen) == 1


def test_refusals_name_the_reason_and_keep_the_connection(client: TestClient) -> None:
    with tab(client) as visitor:
        for text, reason in [
            ("not json", "bad_frame"),
            (json.dumps({"type": "hello"}), "bad_frame"),
            ("x" * (MAX_FRAME_BYTES + 1), "too_long"),
        ]:
            assert refusal(visitor.socket, text) == {"type": "refused", "reason": reason}
        visitor.socket.send_bytes(b"\0\1")
        assert visitor.hear("refused")["reason"] == "bad_frame"
        key = visitor.write("а\0б")
        assert visitor.hear("refused") == {"type": "refused", "reason": "bad_text", "key": key}
        key = visitor.write("Вот", files=["a" * 32])
        assert visitor.hear("refused") == {"type": "refused", "reason": "unknown_file", "key": key}
        visitor.write("Но это дойдёт")
        visitor.hear("ack")


def test_the_first_frame_must_be_a_hello(client: TestClient, core: FakeCore) -> None:
    with client.websocket_connect("/chat/socket") as socket:
        assert refusal(socket, "{}")["reason"] == "bad_frame"
        assert refusal(socket, '{"type":"ping"}')["reason"] == "no_hello"
        with pytest.raises(WebSocketDisconnect) as caught:
            socket.receive_json()
    assert caught.value.code == session.SILENT
    assert core.seen == []


def test_a_tab_that_says_nothing_is_let_go(core: FakeCore, channel: WebChannel) -> None:
    application = FastAPI()

    @application.websocket("/")
    async def impatient(socket: WebSocket) -> None:
        await session.Session(socket, channel, accept=core.accept, hello_within_s=0).serve()

    with TestClient(application) as client, client.websocket_connect("/") as socket:
        assert socket.receive_json()["reason"] == "no_hello"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_a_tab_that_is_too_fast_is_told_so_and_may_send_again(client: TestClient, core: FakeCore) -> None:
    with tab(client) as visitor:
        keys = [visitor.write(str(number)) for number in range(session.FRAMES + 3)]
        refused = {visitor.hear("refused")["key"] for _ in range(3)}
        assert refused == set(keys[-3:])
        assert core.texts() == [str(number) for number in range(session.FRAMES)]
        visitor.settle()


def test_the_oldest_of_too_many_tabs_is_dismissed(client: TestClient) -> None:
    with tab(client) as first:
        sessions = [client.websocket_connect("/chat/socket") for _ in range(TABS_PER_CHAT)]
        sockets = [each.__enter__() for each in sessions]
        tabs = [Tab(socket, first.token) for socket in sockets]
        assert first.hear("refused")["reason"] == "too_many_tabs"
        with pytest.raises(WebSocketDisconnect) as caught:
            first.socket.receive_json()
        assert caught.value.code == SURPLUS
        tabs[-1].write("Я здесь")
        tabs[-1].hear("ack")
        for each in sessions:
            each.__exit__(None, None, None)


def test_a_channel_that_closes_asks_its_tabs_to_come_back(client: TestClient, channel: WebChannel) -> None:
    with tab(client) as visitor:
        call(client, channel.close)
        with pytest.raises(WebSocketDisconnect) as caught:
            visitor.hear("never")
    assert caught.value.code == RESTART


def test_a_closed_tab_leaves_nothing_behind(client: TestClient, core: FakeCore) -> None:
    assert core.channel
    with tab(client) as visitor:
        assert core.channel.tabs.count(chat_of(visitor.token)) == 1
    with tab(client):  # its hello is served after the goodbye of the other
        assert core.channel.tabs.count(chat_of(visitor.token)) == 0


def test_typing_is_passed_on(core: FakeCore, channel: WebChannel) -> None:
    heard: list[Sender] = []

    async def on_typing(sender: Sender) -> None:
        heard.append(sender)

    application = FastAPI()
    application.include_router(router(channel, core.accept, on_typing=on_typing))
    with TestClient(application) as client, tab(client) as visitor:
        visitor.say(type="typing")
        visitor.settle()
    assert [sender.chat_id for sender in heard] == [chat_of(visitor.token)]


class TestOrigins:
    @pytest.fixture
    def settings(self) -> WebSettings:
        return WebSettings(allowed_origins=("https://www.example.org",))

    @pytest.mark.parametrize("origin", ["https://www.example.org", "https://WWW.example.org", "http://bot.example.org"])
    def test_ours_and_the_allowed_ones_may(self, client: TestClient, origin: str) -> None:
        with tab(client, origin=origin) as visitor:
            assert visitor.token

    @pytest.mark.parametrize(
        "origin",
        ["https://evil.example", "null", "https://www.example.org.evil.example", "http://[", "https://example.org"],
    )
    def test_others_may_not(self, client: TestClient, core: FakeCore, origin: str) -> None:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/chat/socket", headers={"origin": origin}):
            pass
        assert core.seen == []
