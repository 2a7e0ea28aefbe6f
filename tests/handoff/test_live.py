"""The live socket, over a real server and a real WebSocket."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from handoff.live import FOREIGN, LOGGED_OUT, NOT_UNDERSTOOD
from handoff.person import read_cursor
from handoff.sessions import Sessions
from tests.handoff.world import World

PATIENCE_S = 10


@dataclass
class Site:
    world: World
    host: str

    async def token(self, login: str = "anna") -> str:
        agent = await self.world.stored_agent(login)
        return await Sessions(self.world.database, self.world.clock, timedelta(hours=1)).start(agent.id)

    @asynccontextmanager
    async def page(self, token: str, origin: str | None = None) -> AsyncIterator[ClientConnection]:
        headers = {"Cookie": f"otklik_desk={token}"}
        address = f"ws://{self.host}/desk/live"
        async with connect(address, additional_headers=headers, origin=origin or f"http://{self.host}") as page:  # type: ignore[arg-type]  # NewType of the library
            yield page


@pytest.fixture
async def site(world: World) -> AsyncIterator[Site]:
    await world.agent()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(world.app(), log_level="critical", ws="websockets-sansio", lifespan="off")
        )
        serving = asyncio.create_task(server.serve([listening]))
        host, port = listening.getsockname()
        while not server.started:  # uvicorn offers nothing to wait for
            await asyncio.sleep(0.01)
        yield Site(world, f"{host}:{port}")
        server.should_exit = True
        await serving


async def news(page: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        return dict(json.loads(await page.recv()))


async def close_code(page: ClientConnection) -> int:
    async with asyncio.timeout(PATIENCE_S):
        try:
            while True:
                await page.recv()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


async def test_a_new_conversation_in_the_queue_is_told_at_once(site: Site) -> None:
    async with site.page(await site.token()) as page:
        assert await news(page) == {"type": "welcome"}
        await site.world.queued()
        assert await news(page) == {"type": "queue"}


async def test_a_talk_with_the_bot_alone_is_no_news_for_the_queue(site: Site) -> None:
    async with site.page(await site.token()) as page:
        await news(page)
        await site.world.writes("только боту", chat="1")
        await asyncio.sleep(0.5)
        await site.world.queued(chat="2")
        assert await news(page) == {"type": "queue"}


async def test_the_watched_conversation_is_told_with_its_cursor(site: Site) -> None:
    conversation_id = await site.world.queued()
    async with site.page(await site.token()) as page:
        await news(page)
        await page.send(json.dumps({"watch": conversation_id}))
        first = await news(page)
        await site.world.writes("ещё вопрос")
        second = await news(page)
    assert (first["type"], first["id"]) == ("conversation", conversation_id)
    assert read_cursor(second["cursor"])[conversation_id] > read_cursor(first["cursor"])[conversation_id]


async def test_news_of_a_linked_conversation_and_of_the_link_itself_wake_the_watching_page(site: Site) -> None:
    world = site.world
    other = await world.writes("боту", chat="1")
    watched = await world.queued(chat="2")
    async with site.page(await site.token()) as page:
        await page.send(json.dumps({"watch": watched}))
        assert await news(page) == {"type": "welcome"}
        alone = await news(page)
        await world.linked(other, watched)
        both = await news(page)
        await world.writes("ещё боту", chat="1")
        more = await news(page)
    assert {each["id"] for each in (alone, both, more)} == {watched}
    cursors = [read_cursor(each["cursor"]) for each in (alone, both, more)]
    assert [set(cursor) for cursor in cursors] == [{watched}, {other, watched}, {other, watched}]
    assert cursors[2][other] > cursors[1][other]


async def test_a_conversation_that_is_not_for_the_agent_cannot_be_watched(site: Site) -> None:
    hidden = await site.world.writes("только боту", chat="1")
    async with site.page(await site.token()) as page:
        await news(page)
        await page.send(json.dumps({"watch": hidden}))
        await site.world.writes("ещё боту", chat="1")
        await asyncio.sleep(0.5)
        await site.world.queued(chat="2")
        assert await news(page) == {"type": "queue"}


async def test_a_socket_without_a_session_or_from_a_foreign_page_is_closed(site: Site) -> None:
    async with site.page("nobody") as page:
        assert await close_code(page) == LOGGED_OUT
    token = await site.token()
    for origin in ("https://evil.test", "null"):
        async with site.page(token, origin) as page:
            assert await close_code(page) == FOREIGN


async def test_a_one_time_password_opens_no_socket(site: Site) -> None:
    await site.world.agents.create("fresh", "Специалист Новый")
    async with site.page(await site.token("fresh")) as page:
        assert await close_code(page) == LOGGED_OUT


@pytest.mark.parametrize(
    "frame", ["", "{", "[]", "{}", '{"watch": "1"}', '{"watch": true}', '{"watch": -1}', "[" * 10_000]
)
async def test_a_frame_that_is_not_ours_ends_the_socket_and_nothing_else(site: Site, frame: str) -> None:
    async with site.page(await site.token()) as page, site.page(await site.token()) as other:
        await page.send(frame)
        assert await close_code(page) == NOT_UNDERSTOOD
        assert await news(other) == {"type": "welcome"}


async def test_a_reset_of_the_password_closes_the_open_page(site: Site) -> None:
    agent = await site.world.stored_agent("anna")
    sessions = Sessions(site.world.database, site.world.clock, timedelta(hours=1))
    async with site.page(await site.token()) as page:
        await news(page)
        await sessions.end_all(agent.id)
        site.world.handoff.live.look_again()
        assert await close_code(page) == LOGGED_OUT


async def test_an_open_page_puts_the_agent_on_duty_and_a_closed_one_takes_them_off(site: Site) -> None:
    agent = await site.world.stored_agent("anna")
    await site.world.agents.set_duty(agent.id, on=True)
    async with site.page(await site.token()) as page:
        await news(page)
        assert (await site.world.handoff.roster.duty()).people == 1
    async with asyncio.timeout(PATIENCE_S):
        while await site.world.handoff.roster.people():
            await asyncio.sleep(0.01)
            site.world.clock.advance(61)


async def test_what_happens_between_two_connections_is_not_lost(site: Site) -> None:
    conversation_id = await site.world.queued()
    async with site.page(await site.token()) as page:
        await page.send(json.dumps({"watch": conversation_id}))
        await news(page)
        before = (await news(page))["cursor"]
    await site.world.writes("пока никто не слушал")
    async with site.page(await site.token()) as page:
        await page.send(json.dumps({"watch": conversation_id}))
        assert await news(page) == {"type": "welcome"}
        assert (await news(page))["cursor"] != before
