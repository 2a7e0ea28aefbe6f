"""The desk over HTTP: who may come in, what is refused and how."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi.routing import APIRoute

from bot.storage.tables import agents
from handoff.agents import Role
from tests.handoff.visitors import SITE, browser, log_in
from tests.handoff.world import PASSWORD, World, hit

XSS = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"
OPEN_TO_ALL = {("GET", "/desk/login"), ("POST", "/desk/login"), ("GET", "/desk/static/{version}/{name:path}")}


def routes(world: World) -> list[tuple[str, str]]:
    found = [route for route in _flat(world.handoff.router) if isinstance(route, APIRoute)]
    return [(method, route.path) for route in found for method in route.methods or ()]


def _flat(router: object) -> list[object]:
    inner = getattr(router, "original_router", None) or router
    below = getattr(inner, "routes", [])
    return [router] if isinstance(router, APIRoute) else [leaf for each in below for leaf in _flat(each)]


async def test_every_route_refuses_an_anonymous_visitor(world: World) -> None:
    known = routes(world)
    assert len(known) > 20
    async with browser(world) as client:
        for method, path in known:
            if (method, path) in OPEN_TO_ALL:
                continue
            address = re.sub(r"\{\w+\}", "1", path)
            response = await client.request(method, address, data={} if method == "POST" else None)
            is_call = "/api/" in path or "/attachments/" in path
            assert response.status_code == (401 if is_call else 303), (method, path)
            assert is_call or response.headers["location"] == "/desk/login"


async def test_every_page_of_administrators_refuses_an_agent(world: World, client: httpx.AsyncClient) -> None:
    for method, path in routes(world):
        if path.startswith("/desk/staff"):
            response = await client.request(method, path.replace("{agent_id}", "1"), data={"login": "x", "name": "y"})
            assert response.status_code == 403, (method, path)


async def test_every_post_refuses_a_missing_and_a_wrong_token(world: World, client: httpx.AsyncClient) -> None:
    posts = [path for method, path in routes(world) if method == "POST" and path != "/desk/login"]
    assert len(posts) >= 8
    for token in ("", "wrong"):
        client.headers["X-CSRF-Token"] = token
        for path in posts:
            response = await client.post(re.sub(r"\{\w+\}", "1", path))
            assert response.status_code == 403, path


async def test_a_post_from_a_foreign_page_is_refused_even_with_the_token(client: httpx.AsyncClient) -> None:
    for origin in ("https://evil.test", "null", "http://desk.test.evil.test"):
        response = await client.post("/desk/api/duty", json={"on": True}, headers={"Origin": origin})
        assert response.status_code == 403
        login = {"login": "anna", "password": PASSWORD}
        assert (await client.post("/desk/login", data=login, headers={"Origin": origin})).status_code == 403
    response = await client.post("/desk/api/duty", json={"on": True}, headers={"Origin": SITE})
    assert response.status_code == 200


async def test_a_login_gives_a_new_session_and_ends_the_one_that_was_there(world: World) -> None:
    await world.agent()
    async with browser(world) as client:
        client.cookies.set("otklik_desk", "fixed-by-an-attacker", domain="desk.test", path="/desk")
        await log_in(client)
        first = client.cookies["otklik_desk"]
        assert first != "fixed-by-an-attacker"
        await log_in(client)
        assert client.cookies["otklik_desk"] != first
        client.cookies.clear()
        client.cookies.set("otklik_desk", first, domain="desk.test", path="/desk")
        assert (await client.get("/desk/api/queue")).status_code == 401


@pytest.mark.parametrize(("site", "secure"), [("http://desk.test", False), ("https://desk.test", True)])
async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World, site: str, secure: bool) -> None:
    await world.agent()
    async with browser(world, site) as client:
        cookie = (await log_in(client)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/desk" in cookie
    assert ("secure" in cookie) is secure


async def test_a_wrong_password_an_unknown_login_and_a_closed_one_look_the_same(world: World) -> None:
    await world.agent()
    async with browser(world) as client:
        wrong = await log_in(client, "anna", "не тот пароль")
        unknown = await log_in(client, "boris", "не тот пароль")
        for _ in range(5):
            await log_in(client, "anna", "не тот пароль")
        closed = await log_in(client)
    assert {wrong.status_code, unknown.status_code, closed.status_code} == {401}
    assert wrong.text == unknown.text.replace("boris", "anna") == closed.text


async def test_a_one_time_password_opens_nothing_but_its_change(world: World) -> None:
    issued = await world.agents.create("anna", "Специалист Первый")
    async with browser(world) as client:
        await log_in(client, "anna", issued.password)
        assert (await client.get("/desk")).headers["location"] == "/desk/password"
        assert (await client.get("/desk/api/queue")).status_code == 403
        old = client.cookies["otklik_desk"]
        wrong = {"old": issued.password, "new": PASSWORD, "again": PASSWORD + "!"}
        assert (await client.post("/desk/password", data=wrong)).status_code == 422
        right = {"old": issued.password, "new": PASSWORD, "again": PASSWORD}
        assert (await client.post("/desk/password", data=right)).headers["location"] == "/desk"
        assert client.cookies["otklik_desk"] != old
        assert (await client.get("/desk")).status_code == 200


async def test_logging_out_ends_the_session_on_the_server(client: httpx.AsyncClient) -> None:
    token = client.cookies["otklik_desk"]
    assert (await client.post("/desk/logout")).status_code == 303
    client.cookies.clear()
    client.cookies.set("otklik_desk", token, domain="desk.test", path="/desk")
    assert (await client.get("/desk/api/queue")).status_code == 401


async def test_a_day_of_work_over_the_calls(world: World, client: httpx.AsyncClient) -> None:
    world.knowledge.hits = [hit("market.sell", "Как продать гигабайты", 0.9)]
    conversation_id = await world.queued("как продать гигабайты")
    calls = f"/desk/api/conversations/{conversation_id}"
    assert (await client.post("/desk/api/duty", json={"on": True})).status_code == 200
    queue = (await client.get("/desk/api/queue")).json()
    assert queue["on_duty"]
    assert [entry["id"] for entry in queue["lists"]["queue"]] == [conversation_id]
    assert (await client.post(f"{calls}/take")).json() == {"done": True}
    assert (await client.get(calls)).json()["mine"]
    assert (await client.get(f"{calls}/suggestions")).json()[0]["title"] == "Как продать гигабайты"
    cursor = (await client.get(f"{calls}/messages")).json()["cursor"]
    reply = {"text": "Здравствуйте!", "key": "key-0001"}
    assert (await client.post(f"{calls}/reply", json=reply)).status_code == 200
    news = (await client.get(f"{calls}/messages", params={"after": cursor})).json()["messages"]
    assert [message["html"] for message in news] == ["<p>Здравствуйте!</p>"]
    assert (await client.post(f"{calls}/release")).status_code == 200
    assert (await client.post(f"{calls}/take")).status_code == 200
    assert (await client.post(f"{calls}/return")).status_code == 200
    assert (await client.get("/desk/api/dead-letters")).json() == []


async def test_refusals_have_the_right_code_and_russian_words(world: World, client: httpx.AsyncClient) -> None:
    colleague = await world.agent("boris", "Специалист Второй")
    conversation_id = await world.queued()
    calls = f"/desk/api/conversations/{conversation_id}"
    reply = {"text": "Здравствуйте!", "key": "key-0001"}
    early = await client.post(f"{calls}/reply", json=reply)
    assert (early.status_code, "изменилось" in early.json()["error"]) == (409, True)
    async with browser(world) as other:
        await log_in(other, colleague.login)
        assert (await other.post(f"{calls}/take")).status_code == 200
    late = await client.post(f"{calls}/take")
    assert (late.status_code, late.json()["error"]) == (409, "Обращение уже у другого специалиста: Специалист Второй.")
    assert (await client.post(f"{calls}/reply", json=reply)).status_code == 403
    missing = await client.get("/desk/api/conversations/404")
    assert (missing.status_code, missing.json()) == (404, {"error": "Этого нет, или оно вам недоступно."})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"text": "a"}',
        b'{"text": "a", "key": "short"}',
        b'{"text": "a", "key": "key-0001\\n"}',
        b'{"text": "   ", "key": "key-0001"}',
        b'{"text": 1, "key": "key-0001"}',
        b'{"text": "\\u0000", "key": "key-0001"}',
        b'{"text": "\\ud800", "key": "key-0001"}',
        b'{"text": "a", "key": "key-0001", "agent_id": 1}',
        b'{"text": "' + b"a" * 4001 + b'", "key": "key-0001"}',
    ],
)
async def test_a_malformed_reply_is_refused_in_words(world: World, client: httpx.AsyncClient, body: bytes) -> None:
    conversation_id = await world.queued()
    await client.post(f"/desk/api/conversations/{conversation_id}/take")
    response = await client.post(
        f"/desk/api/conversations/{conversation_id}/reply", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert response.json()["error"].startswith("Запрос заполнен неверно")


async def test_a_body_that_is_too_large_or_hides_its_size_is_not_read(client: httpx.AsyncClient) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield b"{}"

    for content in (b"a" * 70_000, stream()):
        assert (await client.post("/desk/api/duty", content=content)).status_code == 413


async def test_hostile_names_and_texts_arrive_escaped(world: World) -> None:
    await world.agents.ensure_first_admin()
    await world.agent("boss", XSS, Role.ADMIN)
    conversation_id = await world.queued(XSS, name=XSS)
    await world.failed(await world.bot_says(conversation_id, "ответ"), XSS)
    async with browser(world) as client:
        await log_in(client, "boss")
        for path in ("/desk", "/desk/staff", "/desk/undelivered", "/desk/password"):
            page = await client.get(path)
            assert page.status_code == 200
            assert "alert(1)</script>" not in page.text
            assert "<img" not in page.text
        history = await client.get(f"/desk/api/conversations/{conversation_id}/messages")
        assert "<script" not in history.json()["messages"][0]["html"]
        echoed = await client.post("/desk/login", data={"login": XSS, "password": "x"})
        assert "<script>alert" not in echoed.text


async def test_pages_forbid_foreign_scripts_frames_and_caches(client: httpx.AsyncClient) -> None:
    for path in ("/desk", "/desk/api/queue", "/desk/password", "/desk/api/conversations/404"):
        headers = (await client.get(path)).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_pages_hold_no_inline_script_or_style(client: httpx.AsyncClient) -> None:
    for path in ("/desk", "/desk/password", "/desk/undelivered"):
        page = (await client.get(path)).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]+src=)", page)


async def test_every_asset_a_page_or_a_script_names_exists(world: World, client: httpx.AsyncClient) -> None:
    named = set(re.findall(r'(?:href|src)="(/desk/static/[^"#]+)', (await client.get("/desk")).text))
    for address in sorted(named):
        asset = await client.get(address)
        assert asset.status_code == 200, address
        assert "immutable" in asset.headers["cache-control"]
        imported = re.findall(r'from "\./([^"]+)"', asset.text) if address.endswith(".js") else []
        for name in imported:
            assert (await client.get(f"{address.rpartition('/')[0]}/{name}")).status_code == 200, name


@pytest.mark.parametrize("name", ["../templates/desk.html", "..%2f..%2fapi.py", "nothing.js", "/etc/passwd"])
async def test_nothing_but_the_assets_is_served_as_static(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/desk/static/1/{name}")).status_code == 404


async def test_an_administrator_adds_a_colleague_and_resets_a_password(world: World) -> None:
    await world.agent("boss", "Администратор", Role.ADMIN)
    async with browser(world) as client:
        await log_in(client, "boss")
        added = await client.post("/desk/staff", data={"login": "Anna", "name": "Специалист Первый", "role": "agent"})
        issued = re.findall(r"<dd><code>([^<]+)</code>", added.text)
        assert issued[0] == "anna"
        async with browser(world) as other:
            assert (await log_in(other, "anna", issued[1])).status_code == 303
            again = await client.post("/desk/staff", data={"login": "anna", "name": "Ещё один"})
            assert (again.status_code, "уже есть" in again.text) == (422, True)
            anna = await world.stored_agent("anna")
            assert (await client.post(f"/desk/staff/{anna.id}/reset")).status_code == 200
            assert (await other.get("/desk/password")).headers["location"] == "/desk/login"
        boss = await world.stored_agent("boss")
        assert (await client.post(f"/desk/staff/{boss.id}/reset")).status_code == 422
        assert (await client.post("/desk/staff/404/reset")).status_code == 404
        assert (await client.post("/desk/staff", data={"login": "x", "name": "y", "role": "god"})).status_code == 422


async def test_a_demoted_administrator_is_an_agent_at_once(world: World) -> None:
    await world.agent("boss", "Администратор", Role.ADMIN)
    async with browser(world) as client:
        await log_in(client, "boss")
        assert (await client.get("/desk/staff")).status_code == 200
        async with world.database.work() as connection:
            await connection.execute(agents.update().values(role="agent"))
        assert (await client.get("/desk/staff")).status_code == 403
