"""The composition root: the only module that names concrete classes from everywhere."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from bot import health, webhooks
from bot.announcements import Announcements
from bot.background import Background
from bot.channels import web
from bot.channels.broken import BrokenChannel
from bot.channels.channel import Channel
from bot.channels.registry import KINDS, TITLES, Surroundings
from bot.channels.web.database_history import DatabaseHistory
from bot.clock import SystemClock
from bot.collector import Collector
from bot.config import Config, Secrets, database_url
from bot.connections import Connection
from bot.delivery import Outbox
from bot.dialogue.decide import Thresholds
from bot.dialogue.interpret import Interpreter
from bot.dialogue.permission import Permission
from bot.dialogue.ports import Clock, Draft
from bot.dialogue.replies import Replies
from bot.dialogue.turn import Dialogue
from bot.errors import ConfigError
from bot.inbox import Inbox
from bot.messages import Audience
from bot.rasa import RasaServer
from bot.storage.cursors import DatabaseCursors
from bot.storage.database import Database
from bot.storage.files import Files
from bot.storage.migrate import upgrade
from bot.storage.records import DatabaseRecords
from bot.switchboard import Switchboard
from handoff.assembly import Handoff
from handoff.assembly import Surroundings as DeskSurroundings
from knowledge.library import Library
from knowledge.rasa_search import by_rasa
from knowledge.search import MakeSearch, Searcher
from nlu.batcher import Batcher
from nlu.confidence import confidence_of
from nlu.encoder import build_encoder
from nlu.rasa.reader import RasaReader

# Asked at the start, of whoever reads questions: /health and `otklik check` know how it is before a subscriber asks.
FIRST_QUESTION = "баланс"


@dataclass(slots=True)
class App:
    """Everything that runs. `web` is the ASGI application; the rest is for the command line and the tests."""

    web: FastAPI
    database: Database
    library: Library
    channels: Mapping[str, Channel]
    connections: Sequence[Connection]
    inbox: Inbox
    outbox: Outbox
    collector: Collector
    background: Background
    desk: Handoff

    async def settled(self) -> None:
        """Until everything accepted so far is answered and sent. Files may still be on their way: no answer waits for
        them, and a messenger that does not give them can take an hour."""
        await self.inbox.lanes.settle()
        await self.outbox.lanes.settle()


@asynccontextmanager
async def open_library(config: Config) -> AsyncIterator[Library]:
    """The knowledge, loaded and indexed, with its encoder. Raises KnowledgeError when the content is broken."""
    encoder = build_encoder(config.nlu.encoder, config.nlu.threads)
    built_in = partial(Searcher, confidence=confidence_of(config.nlu.encoder))
    async with AsyncExitStack() as ending:
        batcher = Batcher(encoder)
        ending.push_async_callback(batcher.close)
        make_search: MakeSearch = built_in
        if config.nlu.backend == "rasa":
            server = RasaServer(config.nlu.rasa.url, config.nlu.rasa.timeout_s)
            ending.push_async_callback(server.close)
            make_search = by_rasa(RasaReader(server.parse, time.monotonic), built_in, limits_of(config).answer)
        library = await Library.open(config.knowledge.folder, config.knowledge.index, encoder, batcher, make_search)
        await library.find(FIRST_QUESTION)
        yield library


def limits_of(config: Config) -> Thresholds:
    """The promise about wrong answers as the probability that keeps it."""
    least = confidence_of(config.nlu.encoder).threshold(config.dialogue.wrong_answers)
    return Thresholds(answer=least, clarify=min(least, config.dialogue.clarify))


def build_channels(
    config: Config, secrets: Secrets, database: Database, welcome: Callable[[str], Draft] = lambda _channel: Draft("")
) -> dict[str, Channel]:
    """The messengers that are switched on and have their secrets. `welcome`: the greeting in a channel.

    One that cannot be made is a BrokenChannel: it says why, and the others work.
    """
    values = {name: secret.get_secret_value() for name, secret in secrets}
    around = Surroundings(
        secrets=values,
        files=Files(config.files),
        history=DatabaseHistory(database),
        cursors=DatabaseCursors(database),
        welcome=lambda: Draft(""),
    )
    off = switched_off(config, secrets)
    return {
        name: _channel(name, settings, replace(around, welcome=partial(welcome, name)))
        for name, settings in config.channels
        if name not in off
    }


def _channel(name: str, settings: BaseModel, around: Surroundings) -> Channel:
    try:
        return KINDS[name].build(settings, around)
    except ConfigError as error:
        return BrokenChannel(name, "; ".join(error.faults))


def switched_off(config: Config, secrets: Secrets) -> dict[str, str]:
    """The messengers that will not be started, and why."""
    off = {}
    for name, settings in config.channels:
        missing = [need for need in KINDS[name].needs if not getattr(secrets, need).get_secret_value()]
        if not settings.enabled:
            off[name] = "enabled: false in config.yml"
        elif missing:
            variables = ", ".join(f"OTKLIK_{need.upper()}" for need in missing)
            off[name] = f"to start it, set {variables} in the environment or .env"
    return off


@dataclass(frozen=True, slots=True)
class _Parts:
    """What most of the others are made of."""

    config: Config
    secrets: Secrets
    library: Library
    clock: Clock
    database: Database
    announcements: Announcements
    files: Files
    replies: Replies
    permission: Permission
    off: Mapping[str, str]  # messengers that are not started, and why

    @property
    def titles(self) -> dict[str, str]:
        """Of the messengers that are on."""
        return {name: title for name, title in TITLES.items() if name not in self.off}

    @property
    def shared(self) -> dict[str, Any]:
        return {"database": self.database, "announcements": self.announcements, "clock": self.clock}

    def welcome(self, channel: str) -> Draft:
        if self.permission.permits(channel, Audience.PRIVATE):
            return self.replies.welcome()
        return self.replies.elsewhere(self.permission.open_to(Audience.PRIVATE, self.titles))


def build(config: Config, secrets: Secrets, library: Library, channels: Mapping[str, Channel] | None = None) -> App:
    """Join the parts. Nothing is opened or started: see `running`. `channels` replaces those of the configuration."""
    parts = _parts(config, secrets, library)
    background = Background()
    channels = build_channels(config, secrets, parts.database, parts.welcome) if channels is None else channels
    switchboard = Switchboard(channels, parts.files, background)
    desk = _desk(parts, switchboard)
    collector = Collector(channels=channels, files=parts.files, permission=parts.permission, **parts.shared)
    inbox = Inbox(
        dialogue=_dialogue(parts, switchboard, desk),
        permission=parts.permission,
        business_key=secrets.business_key.get_secret_value(),
        collect=collector.lanes.wake,
        **parts.shared,
    )
    outbox = Outbox(channels=channels, files=parts.files, **parts.shared)
    parts.announcements.listen(outbox.lanes.wake)
    app = App(
        web=FastAPI(title="Otklik", docs_url=None, redoc_url=None),
        database=parts.database,
        library=library,
        channels=channels,
        connections=[Connection(channel, inbox.accept, parts.clock) for channel in channels.values()],
        inbox=inbox,
        outbox=outbox,
        collector=collector,
        background=background,
        desk=desk,
    )
    return _with_routes(app, parts.off)


def _parts(config: Config, secrets: Secrets, library: Library) -> _Parts:
    return _Parts(
        config=config,
        secrets=secrets,
        library=library,
        clock=SystemClock(),
        database=Database(database_url(config, secrets)),
        announcements=Announcements(),
        files=Files(config.files),
        replies=Replies(library, config.dialogue.menu),
        permission=Permission({name: settings.allowed_for for name, settings in config.channels}),
        off=switched_off(config, secrets),
    )


def _desk(parts: _Parts, switchboard: Switchboard) -> Handoff:
    around = DeskSurroundings(
        knowledge=parts.library,
        replies=parts.replies,
        fit=switchboard.fit,
        fetch=switchboard.fetch,
        channel_titles=TITLES,
        files=parts.files,
        largest_file=switchboard.largest_file,
        permission=parts.permission,
        **parts.shared,
    )
    return Handoff(parts.config.desk, around)


def _dialogue(parts: _Parts, switchboard: Switchboard, desk: Handoff) -> Dialogue:
    return Dialogue(
        records=DatabaseRecords(parts.database, parts.clock, parts.announcements.changed),
        interpreter=Interpreter(parts.library, limits_of(parts.config)),
        replies=parts.replies,
        roster=desk.roster,
        fit=switchboard.fit,
        typing=switchboard,
        clock=parts.clock,
        permission=parts.permission,
        channel_titles=parts.titles,
    )


def _with_routes(app: App, off: Mapping[str, str]) -> App:
    """The app with every route of its one web server."""
    accept = app.inbox.accept
    app.web.include_router(
        webhooks.router(
            channels=app.channels,
            accept=accept,
            health=lambda: health.report(app.database, app.library, app.connections, off),
            background=app.background,
        )
    )
    app.web.include_router(app.desk.router)
    if isinstance(chat := app.channels.get("web"), web.WebChannel):
        app.web.include_router(web.router(chat, accept))
    return app


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """Migrate, go on where the last process stopped, connect the messengers; at the end finish and let go."""
    async with AsyncExitStack() as ending:  # the last first, each even when another fails
        ending.push_async_callback(app.database.close)
        for channel in app.channels.values():
            ending.push_async_callback(channel.close)
        ending.push_async_callback(app.outbox.lanes.stop)  # after the inbox, whose last answers it still sends
        ending.push_async_callback(app.inbox.lanes.stop)
        ending.push_async_callback(app.collector.lanes.stop, 0)  # the next process begins an unfinished file again
        ending.push_async_callback(app.background.close)
        await upgrade(app.database)
        await app.outbox.resume()
        await app.inbox.resume()
        await app.collector.resume()
        app.background.spawn(app.library.watch(), "knowledge")
        for connection in app.connections:
            app.background.spawn(connection.keep(), f"channel:{connection.state.name}")
        yield
