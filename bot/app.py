"""The composition root: the only module that names concrete classes from everywhere."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from fastapi import FastAPI

from bot import health, webhooks
from bot.announcements import Announcements
from bot.background import Background
from bot.channels import web
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
from bot.dialogue.ports import Draft
from bot.dialogue.replies import Replies
from bot.dialogue.turn import Dialogue
from bot.inbox import Inbox
from bot.messages import Audience
from bot.storage.cursors import DatabaseCursors
from bot.storage.database import Database
from bot.storage.files import Files
from bot.storage.migrate import upgrade
from bot.storage.records import DatabaseRecords
from bot.switchboard import Switchboard
from handoff.assembly import Handoff
from handoff.assembly import Surroundings as DeskSurroundings
from knowledge.library import Library
from nlu.batcher import Batcher
from nlu.encoder import build_encoder


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
    batcher = Batcher(encoder)
    try:
        yield await Library.open(config.knowledge.folder, config.knowledge.index, encoder, batcher)
    finally:
        await batcher.close()


def build_channels(
    config: Config, secrets: Secrets, database: Database, welcome: Callable[[str], Draft] = lambda _channel: Draft("")
) -> dict[str, Channel]:
    """The messengers that are switched on and have their secrets. `welcome`: the greeting in a channel."""
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
        name: KINDS[name].build(settings, replace(around, welcome=partial(welcome, name)))
        for name, settings in config.channels
        if name not in off
    }


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


def build(config: Config, secrets: Secrets, library: Library, channels: Mapping[str, Channel] | None = None) -> App:
    """Join the parts. Nothing is opened or started: see `running`. `channels` replaces those of the configuration."""
    clock = SystemClock()
    database = Database(database_url(config, secrets))
    background = Background()
    announcements = Announcements()
    files = Files(config.files)
    replies = Replies(library, config.dialogue.menu)
    permission = Permission({name: settings.allowed_for for name, settings in config.channels})
    off = switched_off(config, secrets)
    titles = {name: title for name, title in TITLES.items() if name not in off}

    def welcome(channel: str) -> Draft:
        may_advise = permission.permits(channel, Audience.PRIVATE)
        open_channels = permission.open_to(Audience.PRIVATE, titles)
        return replies.welcome() if may_advise else replies.elsewhere(open_channels)

    channels = build_channels(config, secrets, database, welcome) if channels is None else channels
    switchboard = Switchboard(channels, files, background)
    desk = Handoff(
        config.desk,
        DeskSurroundings(
            database=database,
            knowledge=library,
            replies=replies,
            fit=switchboard.fit,
            fetch=switchboard.fetch,
            announcements=announcements,
            clock=clock,
            channel_titles=TITLES,
            files=files,
            largest_file=switchboard.largest_file,
            permission=permission,
        ),
    )
    dialogue = Dialogue(
        records=DatabaseRecords(database, clock),
        interpreter=Interpreter(library, Thresholds(config.dialogue.answer, config.dialogue.clarify)),
        replies=replies,
        roster=desk.roster,
        fit=switchboard.fit,
        typing=switchboard,
        clock=clock,
        permission=permission,
        channel_titles=titles,
    )
    collector = Collector(
        database=database,
        channels=channels,
        files=files,
        announcements=announcements,
        clock=clock,
        permission=permission,
    )
    inbox = Inbox(
        database=database,
        dialogue=dialogue,
        announcements=announcements,
        clock=clock,
        permission=permission,
        business_key=secrets.business_key.get_secret_value(),
        collect=collector.lanes.wake,
    )
    outbox = Outbox(database=database, channels=channels, files=files, announcements=announcements, clock=clock)
    announcements.listen(outbox.lanes.wake)
    app = App(
        web=FastAPI(title="Otklik", docs_url=None, redoc_url=None),
        database=database,
        library=library,
        channels=channels,
        connections=[Connection(channel, inbox.accept, clock) for channel in channels.values()],
        inbox=inbox,
        outbox=outbox,
        collector=collector,
        background=background,
        desk=desk,
    )
    return _with_routes(app, off)


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
    await upgrade(app.database)
    await app.outbox.resume()
    await app.inbox.resume()
    await app.collector.resume()
    app.background.spawn(app.library.watch(), "knowledge")
    for connection in app.connections:
        app.background.spawn(connection.keep(), f"channel:{connection.state.name}")
    try:
        yield
    finally:
        await app.background.close()
        await app.collector.lanes.stop(0)  # the next process begins an unfinished file again
        await app.inbox.lanes.stop()
        await app.outbox.lanes.stop()
        for channel in app.channels.values():
            await channel.close()
        await app.database.close()
