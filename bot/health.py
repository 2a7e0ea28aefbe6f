"""What /health and `otklik check` tell of the running parts: per part, what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.connections import Connection
from bot.dialogue.conversation import Status
from bot.storage.database import Database
from bot.storage.delivery_states import DEAD, UNDELIVERED
from bot.storage.tables import conversations, messages
from knowledge.library import Library

UP = Gauge("otklik_up", "1: the part is well; 0: /health says what is wrong", ["part"])
QUEUED = Gauge("otklik_queued", "Conversations that wait for a person")
UNDELIVERED_MESSAGES = Gauge("otklik_undelivered", "Messages to subscribers by delivery state", ["delivery"])


async def report(
    database: Database, library: Library, connections: Sequence[Connection], off: Mapping[str, str]
) -> dict[str, Any]:
    """`status`: ok, degraded (works, but something needs a person), down (cannot accept messages)."""
    stored = await _database_part(database)
    knowledge = {
        "state": "stale" if library.fault else "ok",
        "note": library.fault or "",
        "topics": len(library.topics()),
    }
    backend = library.backend
    nlu = {"state": "fallback" if backend.fault else "ok", "backend": backend.name, "note": backend.fault}
    channels = {connection.state.name: _channel_part(connection) for connection in connections}
    channels |= {name: {"state": "off", "note": note} for name, note in off.items()}
    faulty = [
        knowledge["state"] != "ok",
        nlu["state"] != "ok",
        *(part["state"] == "down" for part in channels.values()),
    ]
    status = "down" if stored["state"] == "down" else "degraded" if any(faulty) else "ok"
    return {"status": status, "database": stored, "knowledge": knowledge, "nlu": nlu, "channels": channels}


def measure(told: Mapping[str, Any]) -> None:
    """What `report` told, as gauges. Of a database that cannot be read nothing but that is known."""
    database = told["database"]
    UP.labels("database").set(database["state"] == "ok")
    UP.labels("knowledge").set(told["knowledge"]["state"] == "ok")
    UP.labels("nlu").set(told["nlu"]["state"] == "ok")
    for name, part in told["channels"].items():
        if part["state"] != "off":
            UP.labels(f"channel:{name}").set(part["state"] == "up")
    if database["state"] == "ok":
        QUEUED.set(database["queued"])
        for delivery in (*UNDELIVERED, *DEAD):
            UNDELIVERED_MESSAGES.labels(delivery).set(database.get(delivery, 0))


def _channel_part(connection: Connection) -> dict[str, str]:
    return {"state": connection.state.state, "note": connection.state.note}


async def _database_part(database: Database) -> dict[str, Any]:
    try:
        async with database.reading() as connection:
            waiting = await connection.execute(
                select(func.count()).where(conversations.c.status == Status.QUEUED.value).select_from(conversations)
            )
            deliveries = await connection.execute(
                select(messages.c.delivery, func.count())
                .where(messages.c.delivery.in_((*UNDELIVERED, *DEAD)))
                .group_by(messages.c.delivery)
            )
            return {"state": "ok", "queued": waiting.scalar_one(), **{row[0]: row[1] for row in deliveries}}
    except (SQLAlchemyError, OSError) as error:
        return {"state": "down", "note": type(error).__name__}
