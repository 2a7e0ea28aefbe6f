"""What /health tells: each part by itself, and the whole by its worst part."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from bot import health
from bot.connections import Connection, State
from bot.dialogue.conversation import Status
from bot.errors import Rejected
from bot.storage.database import Database
from knowledge.search import BUILT_IN, Backend
from tests.support.channel import FakeChannel
from tests.support.core import Core, open_core, open_database


@dataclass
class FakeLibrary:
    """What health asks of knowledge.library.Library."""

    fault: str | None = None
    backend: Backend = BUILT_IN
    found: dict[str, object] = field(default_factory=lambda: {"a.b": None, "a.c": None})

    def topics(self) -> dict[str, object]:
        return self.found


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
async def core(tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
    async with open_core(tmp_path, channel) as opened:
        yield opened


def connection(core: Core, channel: FakeChannel, state: str = "up", note: str = "@fake") -> Connection:
    made = Connection(channel, core.inbox.accept, core.clock)
    made.state = State(channel.name, state, note)
    return made


def measured(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_when_all_is_well_every_part_says_so(core: Core, channel: FakeChannel) -> None:
    assert await health.report(core.database, FakeLibrary(), [connection(core, channel)], {}) == {
        "status": "ok",
        "database": {"state": "ok", "queued": 0},
        "knowledge": {"state": "ok", "note": "", "topics": 2},
        "nlu": {"state": "ok", "backend": "built-in", "note": ""},
        "channels": {"fake": {"state": "up", "note": "@fake"}},
    }


async def test_work_that_waits_is_counted(core: Core, channel: FakeChannel) -> None:
    channel.failures = [Rejected("no")]
    await core.queue("один", "два", chat="1")
    await core.deliver(1)
    await core.queue("три", chat="2")
    await core.move(1, Status.QUEUED)
    report = await health.report(core.database, FakeLibrary(), [], {})
    assert report["database"] == {"state": "ok", "queued": 1, "failed": 1, "pending": 1}
    assert report["status"] == "ok"


async def test_what_it_tells_is_measured_and_a_number_falls_again(core: Core, channel: FakeChannel) -> None:
    await core.queue("один", chat="1")
    await core.move(1, Status.QUEUED)
    connections = [connection(core, channel, "down", "no route")]
    health.measure(await health.report(core.database, FakeLibrary(fault="broken"), connections, {"vk": "no token"}))
    assert measured("otklik_queued") == 1
    assert measured("otklik_undelivered", delivery="pending") == 1
    assert [measured("otklik_up", part=part) for part in ("database", "knowledge", "channel:fake")] == [1, 0, 0]
    assert measured("otklik_up", part="channel:vk") is None
    await core.deliver(1)
    health.measure(await health.report(core.database, FakeLibrary(), [], {}))
    assert measured("otklik_undelivered", delivery="pending") == 0


async def test_a_messenger_that_is_switched_off_is_told_and_is_no_fault(core: Core) -> None:
    report = await health.report(core.database, FakeLibrary(), [], {"telegram": "no token"})
    assert report["channels"] == {"telegram": {"state": "off", "note": "no token"}}
    assert report["status"] == "ok"


@pytest.mark.parametrize("state", ["connecting", "up"])
async def test_a_messenger_that_is_coming_up_is_no_fault(core: Core, channel: FakeChannel, state: str) -> None:
    assert (await health.report(core.database, FakeLibrary(), [connection(core, channel, state)], {}))["status"] == "ok"


async def test_a_messenger_that_is_down_degrades_the_whole_and_says_why(core: Core, channel: FakeChannel) -> None:
    report = await health.report(core.database, FakeLibrary(), [connection(core, channel, "down", "no route")], {})
    assert report["status"] == "degraded"
    assert report["channels"]["fake"] == {"state": "down", "note": "no route"}


async def test_knowledge_that_could_not_be_renewed_degrades_the_whole_and_says_why(core: Core) -> None:
    report = await health.report(core.database, FakeLibrary(fault="topics/a/b.yml:3: answer"), [], {})
    assert report["status"] == "degraded"
    assert report["knowledge"] == {"state": "stale", "note": "topics/a/b.yml:3: answer", "topics": 2}


async def test_it_tells_who_reads_the_questions(core: Core) -> None:
    report = await health.report(core.database, FakeLibrary(backend=Backend("rasa")), [], {})
    assert (report["status"], report["nlu"]["backend"]) == ("ok", "rasa")


async def test_the_stand_in_of_a_reader_that_fails_degrades_the_whole_and_says_why(core: Core) -> None:
    report = await health.report(core.database, FakeLibrary(backend=Backend("built-in", "Rasa is gone")), [], {})
    assert report["status"] == "degraded"
    assert report["nlu"] == {"state": "fallback", "backend": "built-in", "note": "Rasa is gone"}
    health.measure(report)
    assert measured("otklik_up", part="nlu") == 0


@pytest.fixture(params=["no tables", "no folder", "damaged"])
async def broken(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "damaged":
        (tmp_path / "otklik.db").write_bytes(b"no database " * 1000)
    database = open_database(tmp_path / "no" / "such" if request.param == "no folder" else tmp_path)
    yield database
    await database.close()
    # A connection that could not be opened leaves the stop of its thread to itself; the loop must live that long.
    while any("_connection_worker_thread" in thread.name for thread in threading.enumerate()):
        await asyncio.sleep(0.001)


async def test_without_the_database_the_whole_is_down(broken: Database) -> None:
    report = await health.report(broken, FakeLibrary(), [], {})
    assert report["status"] == "down"
    assert report["database"]["state"] == "down"
