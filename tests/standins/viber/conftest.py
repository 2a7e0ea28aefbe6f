"""A bot without a mind: it keeps what Viber tells it, and answers as a test says."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from standins.pulse import Pulse
from standins.viber import Phone, StandInViber

Json = dict[str, Any]
USER = "01234567890A=="


@dataclass
class Bot:
    viber: StandInViber
    url: str = ""
    raw: list[tuple[bytes, str]] = field(default_factory=list)  # bodies and their signatures, as they came
    statuses: list[int] = field(default_factory=list)  # of the next answers; then 200
    welcome: Json | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    session: aiohttp.ClientSession = field(init=False)
    pulse: Pulse = field(default_factory=Pulse)

    @property
    def events(self) -> list[Json]:
        return [json.loads(body) for body, _ in self.raw]

    def named(self, event: str) -> list[Json]:
        return [body for body in self.events if body["event"] == event]

    @property
    def texts(self) -> list[str]:
        return [body["message"]["text"] for body in self.named("message")]

    async def gets(self, event: str, count: int = 1) -> list[Json]:
        """Waits until so many callbacks of this type have come."""
        return (await self.pulse.until(lambda: len(self.named(event)) >= count and self.named(event), 5)) or []

    async def call(self, method: str, **body: Any) -> Json:
        headers = {"X-Viber-Auth-Token": self.viber.token}
        async with self.session.post(f"{self.viber.url}/{method}", json=body, headers=headers) as response:
            answer: Json = await response.json()
            return answer

    async def send(self, text: str = "Привет", **more: Any) -> Json:
        body = {"receiver": USER, "type": "text", "text": text, "sender": {"name": "Test Bot"}, **more}
        return await self.call("send_message", **{name: value for name, value in body.items() if value is not None})

    async def on_callback(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.raw.append((body, request.headers["X-Viber-Content-Signature"]))
        self.pulse.beat()
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            return web.Response(status=status)
        if self.welcome and json.loads(body)["event"] == "conversation_started":
            return web.json_response(self.welcome)
        return web.Response()

    async def on_file(self, request: web.Request) -> web.Response:
        content = self.files.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)


@pytest.fixture
async def viber() -> AsyncIterator[StandInViber]:
    async with StandInViber() as server:
        yield server


@pytest.fixture
async def silent_bot(viber: StandInViber) -> AsyncIterator[Bot]:
    """With a web server and no webhook yet."""
    bot = Bot(viber)
    app = web.Application()
    app.router.add_post("/hook", bot.on_callback)
    app.router.add_get("/files/{name}", bot.on_file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as bot.session:
        yield bot
    await runner.cleanup()


@pytest.fixture
async def bot(silent_bot: Bot) -> Bot:
    answer = await silent_bot.call("set_webhook", url=f"{silent_bot.url}/hook", send_name=True, send_photo=True)
    assert answer["status"] == 0
    silent_bot.raw.clear()
    return silent_bot


@pytest.fixture
async def phone(viber: StandInViber, bot: Bot) -> Phone:
    """Of a subscriber who has written already."""
    phone = viber.phone(USER)
    await phone.write("Здравствуйте")
    await bot.gets("message")
    bot.raw.clear()
    return phone


def keyboard(*labels: str, **more: Any) -> Json:
    buttons = [{"Columns": 6, "Rows": 1, "ActionBody": f"key:{label}", "Text": label, **more} for label in labels]
    return {"Type": "keyboard", "DefaultHeight": False, "Buttons": buttons}
