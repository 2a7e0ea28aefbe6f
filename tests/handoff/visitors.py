"""Browsers without pictures: a client over HTTP, and how it logs in."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tests.handoff.world import PASSWORD, World

SITE = "http://desk.test"


@asynccontextmanager
async def browser(world: World, site: str = SITE) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=world.app())
    async with httpx.AsyncClient(transport=transport, base_url=site) as client:
        yield client


async def log_in(client: httpx.AsyncClient, login: str = "anna", password: str = PASSWORD) -> httpx.Response:
    response = await client.post("/desk/login", data={"login": login, "password": password})
    page = await client.get("/desk/password")
    if found := re.search(r'name="csrf" value="([^"]+)"', page.text):
        client.headers["X-CSRF-Token"] = found[1]
    return response
