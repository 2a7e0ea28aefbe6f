"""The public HTTP: who is refused and how, and that nothing is acknowledged before it is stored."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI

from bot.background import Background
from bot.errors import Untrusted
from bot.messages import Event, File, Ignored
from bot.webhooks import LARGEST_BODY, router
from tests.support.channel import SECRET, FakeChannel
from tests.support.core import written

ONE = b'{"one": 1}'
ALBUM = b'{"two": 2}'
EVENTS: dict[bytes, tuple[Event, ...]] = {
    ONE: (written("1", "привет"),),
    ALBUM: (written("2", "раз"), Ignored("poll"), written("3", "два")),
}


class LendingChannel(FakeChannel):
    """A messenger that takes our files by itself."""

    async def lend(self, ticket: str) -> File:
        if ticket != "1-abc.jpg":
            raise Untrusted("lending: the ticket is not ours")
        return File("снимок".encode(), "image/jpeg", 'Снимок "1".jpg')


class Site:
    """The routes with a fake messenger behind them."""

    def __init__(self) -> None:
        self.channel = FakeChannel(events=EVENTS)
        self.background = Background()
        self.accepted: list[Event] = []
        self.is_broken = False
        self.health: dict[str, Any] = {"status": "ok"}
        app = FastAPI()
        app.include_router(
            router(
                channels={"fake": self.channel, "lending": LendingChannel("lending")},
                accept=self._accept,
                health=self._report,
                background=self.background,
            )
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://bot.test")

    async def _accept(self, event: Event) -> None:
        if self.is_broken:
            raise ConnectionError("the database is gone")
        self.accepted.append(event)

    async def _report(self) -> dict[str, Any]:
        return self.health

    async def post(self, body: Any, name: str = "fake", headers: dict[str, str] = SECRET) -> httpx.Response:
        return await self.client.post(f"/webhooks/{name}", content=body, headers=headers)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    opened = Site()
    yield opened
    await opened.client.aclose()
    await opened.background.close()


async def test_an_event_is_accepted_and_answered_as_the_messenger_wants(site: Site) -> None:
    response = await site.post(ONE)
    assert (response.status_code, response.text) == (200, "ok")
    assert site.accepted == list(EVENTS[ONE])


async def test_all_events_of_a_body_are_accepted_in_order_and_acknowledged(site: Site) -> None:
    assert (await site.post(ALBUM)).status_code == 200
    assert site.accepted == list(EVENTS[ALBUM])
    assert [event.channel for event in site.accepted if isinstance(event, Ignored)] == ["fake"]
    while len(site.channel.acknowledged) < 3:
        await asyncio.sleep(0)
    assert site.channel.acknowledged == list(EVENTS[ALBUM])


async def test_an_unknown_messenger_is_not_found(site: Site) -> None:
    response = await site.post(ONE, name="pigeon")
    assert response.status_code == 404
    assert "pigeon" in response.text


@pytest.mark.parametrize("headers", [{}, {"x-secret": ""}, {"x-secret": "S3"}])
async def test_a_forged_call_is_refused_before_it_is_read(site: Site, headers: dict[str, str]) -> None:
    for body in (ONE, b"not even JSON"):
        assert (await site.post(body, headers=headers)).status_code == 403
    assert not site.accepted


async def test_a_header_is_found_however_it_is_spelled(site: Site) -> None:
    assert (await site.post(ONE, headers={"X-Secret": "s3"})).status_code == 200


async def test_a_truncated_body_is_refused_and_changes_nothing(site: Site) -> None:
    for end in range(len(ONE)):
        assert (await site.post(ONE[:end])).status_code == 400
    assert not site.accepted


async def test_a_body_that_is_too_large_is_refused_while_it_still_comes(site: Site) -> None:
    chunks = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal chunks
        while True:
            chunks += 1
            yield b"x" * 65536

    response = await site.post(endless())
    assert response.status_code == 413
    assert chunks <= LARGEST_BODY / 65536 + 2


async def test_the_largest_body_is_still_read(site: Site) -> None:
    assert (await site.post(b" " * LARGEST_BODY)).status_code == 400
    assert (await site.post(b" " * (LARGEST_BODY + 1))).status_code == 413


async def test_what_cannot_be_stored_is_not_acknowledged_so_that_the_messenger_repeats_it(site: Site) -> None:
    site.is_broken = True
    response = await site.post(ONE)
    assert response.status_code >= 500
    assert "привет" not in response.text
    assert not site.channel.acknowledged
    site.is_broken = False
    assert (await site.post(ONE)).status_code == 200
    assert site.accepted == list(EVENTS[ONE])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_webhook_is_only_posted_to(site: Site, method: str) -> None:
    assert (await site.client.request(method, "/webhooks/fake", headers=SECRET)).status_code == 405


async def test_a_messenger_with_a_ticket_gets_a_file_to_save(site: Site) -> None:
    response = await site.client.get("/webhooks/lending/files/1-abc.jpg")
    assert (response.status_code, response.content) == (200, "снимок".encode())
    assert response.headers["content-type"] == "image/jpeg"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    disposition = response.headers["content-disposition"]
    assert disposition.startswith("attachment; filename*=UTF-8''")
    assert unquote(disposition.rpartition("'")[2]) == 'Снимок "1".jpg'


async def test_a_messenger_may_ask_how_large_a_file_is(site: Site) -> None:
    response = await site.client.head("/webhooks/lending/files/1-abc.jpg")
    assert response.status_code == 200
    assert response.headers["content-length"] == str(len("снимок".encode()))


@pytest.mark.parametrize(
    "path",
    [
        "lending/files/2-abc.jpg",
        "lending/files/1-abc.jpg%0a",
        "fake/files/1-abc.jpg",
        "pigeon/files/1-abc.jpg",
    ],
)
async def test_nobody_else_learns_even_which_messengers_there_are(site: Site, path: str) -> None:
    response = await site.client.get(f"/webhooks/{path}")
    assert (response.status_code, response.text) == (404, "there is no such file")
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["lending/files/", "lending/files/../1-abc.jpg", "lending/files/a/1-abc.jpg"])
async def test_a_path_is_no_ticket(site: Site, path: str) -> None:
    assert (await site.client.get(f"/webhooks/{path}")).status_code in (404, 405)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_files_are_only_taken(site: Site, method: str) -> None:
    response = await site.client.request(method, "/webhooks/lending/files/1-abc.jpg")
    assert response.status_code == 405


@pytest.mark.parametrize(("status", "code"), [("ok", 200), ("degraded", 200), ("down", 503)])
async def test_health_is_a_failure_only_when_messages_cannot_be_accepted(site: Site, status: str, code: int) -> None:
    site.health = {"status": status}
    response = await site.client.get("/health")
    assert (response.status_code, response.json()) == (code, {"status": status})


async def test_metrics_are_counters_and_what_health_tells_for_prometheus(site: Site) -> None:
    site.health = {
        "database": {"state": "down"},
        "knowledge": {"state": "ok"},
        "nlu": {"state": "ok"},
        "channels": {"web": {"state": "up"}},
    }
    response = await site.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert "otklik_sends" in response.text
    assert "otklik_events" in response.text
    assert "otklik_turns" in response.text
    assert 'otklik_up{part="database"} 0.0' in response.text
    assert 'otklik_up{part="channel:web"} 1.0' in response.text
