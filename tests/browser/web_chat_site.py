"""A small site with the web chat and a bot that follows a script, to be driven by a real browser: started, stopped and
started again on the same port, while the history outlives it."""

import asyncio
import io
import socket
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from bot.channels.web import WebChannel, WebSettings, router
from bot.channels.web.visitors import ACCOUNT, CHANNEL
from bot.messages import Author, Button, Sender
from bot.storage.files import Files, Upload
from tests.bot.channels.web.fakes import FakeCore, Reply

PAGES = Path(__file__).parent / "pages"
GREETING: Reply = (
    "Здравствуйте! Я бот-помощник. Спросите о тарифах, балансе или роуминге: отвечу сразу, а если не смогу, "
    "позову оператора.",
    (
        Button("Узнать баланс", "topic:balance"),
        Button("Сменить тариф", "topic:tariff"),
        Button("Роуминг", "topic:roam"),
    ),
)
TARIFF: Reply = (
    "Сменить тариф можно за пару минут:\n\n1. Откройте приложение и войдите по номеру.\n"
    "2. Нажмите **«Тариф»** → **«Сменить»**.\n3. Выберите новый и подтвердите.\n\n"
    "Или наберите `*107#`. Подробности: [все тарифы](https://www.example.org/tariffs).",
    (Button("Сколько стоит переход?", "topic:price"), Button("Позвать оператора", "operator")),
)


def answer(text: str) -> Reply | None:
    if "тариф" in text.lower():
        return TARIFF
    return (f"Вы написали: {text}", ()) if text else ("Спасибо, файл получен.", ())


class Site:
    """`url` is the chat's own page; `/host` is a foreign page with the widget, seen at the name `localhost`."""

    def __init__(self, files: Path) -> None:
        self.core = FakeCore(script=answer, greeting=GREETING)
        self.channel = WebChannel(WebSettings(), self.core.history, Files(files))
        self.core.channel = self.channel
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.foreign_url = f"http://localhost:{self.port}/host"
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        config = uvicorn.Config(self._application(), port=self.port, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=asyncio.run, args=[self._serve(self._server)], daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.02)
            assert self._thread.is_alive(), "the site did not start"

    def stop(self) -> None:
        assert self._server
        assert self._thread
        self._server.force_exit = self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive(), "the site did not stop"

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it inside the site, as the core would."""
        assert self._loop
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def agent_sends(self, chat_id: str, name: str, content: bytes) -> None:
        """A file of an agent comes into the chat."""
        sender = Sender(CHANNEL, ACCOUNT, chat_id)
        kept = self.channel.files.save(sender, Upload(name, io.BytesIO(content)), 2**20)
        self.core.history.add(chat_id, Author.AGENT, "", attachments=(kept,), agent_name="Специалист")
        self.run(self._wake(chat_id))

    async def _wake(self, chat_id: str) -> None:
        self.channel.wake(chat_id)

    async def _serve(self, server: uvicorn.Server) -> None:
        self._loop = asyncio.get_running_loop()
        await server.serve()

    def _application(self) -> FastAPI:
        application = FastAPI()
        application.include_router(router(self.channel, self.core.accept))

        @application.get("/host")
        def host() -> HTMLResponse:
            page = (PAGES / "hostile.html").read_text("utf-8")
            return HTMLResponse(page.replace("{{server}}", self.url))

        return application
