"""A stand-in Viber and the channel at it, our side of the webhook between them, and little patience."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.channels.viber.channel import ViberChannel
from bot.channels.viber.client import Timing
from bot.channels.viber.settings import ViberSettings
from bot.dialogue.ports import Draft
from bot.errors import Untrusted
from bot.messages import Button, Event, Incoming, WebhookCall
from bot.storage.files import Files
from standins.pulse import Pulse
from standins.viber import StandInViber

NOW = datetime(2025, 10, 9, 12, 0, tzinfo=UTC)
TIMING = Timing(connect_s=5, call_s=5, file_s=5)
IMPATIENT = Timing(connect_s=0.1, call_s=0.3, file_s=0.3)
PAYLOADS = Path(__file__).parent / "payloads"
USER = "01234567890A+b/cdEfg=="
WELCOME = Draft("Здравствуйте! **Чем** помочь?", (Button("Проверить баланс", "topic:balance"), Button("Ещё", "menu")))


@dataclass(slots=True)
class Site:
    """Our side of /webhooks/viber: stores, then answers 200; fails as often as told. Lends files."""

    channel: ViberChannel | None = None
    url: str = ""
    events: list[Event] = field(default_factory=list)
    failures: int = 0
    refused: int = 0
    pulse: Pulse = field(default_factory=Pulse)

    async def answer(self, request: web.Request) -> web.Response:
        assert self.channel
        call = WebhookCall({name.lower(): value for name, value in request.headers.items()}, await request.read())
        self.pulse.beat()
        try:
            self.channel.verify(call)
        except Untrusted:
            self.refused += 1
            return web.Response(status=403)
        if self.failures:
            self.failures -= 1
            return web.Response(status=500)
        parsed = self.channel.parse(call.body)
        self.events += parsed.events
        return web.Response(text=parsed.reply)

    async def lend(self, request: web.Request) -> web.Response:
        assert self.channel
        try:
            file = await self.channel.lend(request.match_info["ticket"])
        except Untrusted:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.mime)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Incoming)]

    async def told(self, kind: type[Event]) -> Event:
        """The first event of this kind."""
        await self.pulse.until(lambda: any(isinstance(event, kind) for event in self.events), 5)
        return next(event for event in self.events if isinstance(event, kind))


MakeChannel = Callable[..., ViberChannel]


@pytest.fixture
async def viber() -> AsyncIterator[StandInViber]:
    async with StandInViber() as server:
        yield server


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_post("/webhooks/viber", site.answer)
    app.router.add_get("/webhooks/viber/files/{ticket}", site.lend)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


@pytest.fixture
async def make(viber: StandInViber, files: Files, site: Site) -> AsyncIterator[MakeChannel]:
    """Channels that are closed at the end."""
    made: list[ViberChannel] = []

    def make_one(timing: Timing = TIMING, token: str = viber.token, **settings: str) -> ViberChannel:
        chosen = ViberSettings.model_validate({"api": viber.url, "public_url": f"{site.url}/", **settings})
        channel = ViberChannel(chosen, token, files=files, welcome=lambda: WELCOME, timing=timing, now=lambda: NOW)
        made.append(channel)
        return channel

    yield make_one
    for channel in made:
        await channel.close()


@pytest.fixture
def channel(make: MakeChannel, site: Site) -> ViberChannel:
    site.channel = make()
    return site.channel


@pytest.fixture
async def connected(channel: ViberChannel) -> ViberChannel:
    await channel.connect()
    return channel


@pytest.fixture
async def impatient(connected: ViberChannel, make: MakeChannel) -> ViberChannel:
    """Beside the connected one, so that Viber has a webhook."""
    return make(IMPATIENT)


Serve = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server that answers everything with one function; gives its address."""
    runners: list[web.AppRunner] = []

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()
