"""Callback API of the stand-in, with a server of a community on the other end."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from vkbottle import API, VKAPIError

from standins.faults import Trouble
from standins.pulse import Pulse
from standins.vk import Phone, StandInVk


class Site:
    """A community's own server: keeps what came, answers what it is told."""

    def __init__(self) -> None:
        self.url = ""
        self.came: list[dict[str, Any]] = []
        self.repeats: list[str] = []
        self.pulse = Pulse()
        self.answer: Callable[[dict[str, Any]], web.Response] = lambda _event: web.Response(text="ok")

    async def take(self, request: web.Request) -> web.Response:
        event = await request.json()
        self.came.append(event)
        self.repeats.append(request.headers.get("X-Retry-Counter", ""))
        self.pulse.beat()
        return self.answer(event)

    @property
    def texts(self) -> list[str]:
        return [event["object"]["message"]["text"] for event in self.came if event["type"] == "message_new"]

    async def gets(self, count: int) -> list[str]:
        await self.pulse.until(lambda: len(self.texts) >= count, 5)
        return self.texts


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_post("/vk", site.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}/vk"
    yield site
    await runner.cleanup()


async def add(vk: StandInVk, api: API, site: Site, *, title: str = "otklik", secret: str = "s3cret") -> int:
    code = (await api.groups.get_callback_confirmation_code(group_id=vk.group_id)).code
    site.answer = lambda event: web.Response(text=code if event["type"] == "confirmation" else "ok")
    added = await api.groups.add_callback_server(group_id=vk.group_id, url=site.url, title=title, secret_key=secret)
    await vk.world.pulse.until(lambda: vk.callback.servers[added.server_id].status in {"ok", "failed"}, 5)
    await api.groups.set_callback_settings(group_id=vk.group_id, server_id=added.server_id, message_new=True)
    return int(added.server_id)


async def status(vk: StandInVk, api: API, server: int) -> str:
    found = await api.groups.get_callback_servers(group_id=vk.group_id, server_ids=[server])
    return str(found.items[0].status.value)


async def test_a_server_is_confirmed_and_then_gets_events(vk: StandInVk, api: API, site: Site, phone: Phone) -> None:
    server = await add(vk, api, site)
    assert site.came == [{"type": "confirmation", "group_id": vk.group_id, "secret": "s3cret"}]
    assert await status(vk, api, server) == "ok"
    await phone.type()
    await phone.write("привет")
    await site.gets(1)
    assert [event["type"] for event in site.came] == ["confirmation", "message_new"]
    assert site.came[1]["secret"] == "s3cret"
    assert site.came[1]["event_id"] == vk.events.past[-1]["event_id"]


async def test_a_server_that_does_not_know_the_code_gets_nothing(vk: StandInVk, api: API, site: Site) -> None:
    vk.callback.code = "changed"
    added = await api.groups.add_callback_server(group_id=vk.group_id, url=site.url, title="otklik", secret_key="")
    await vk.world.pulse.until(lambda: vk.callback.servers[added.server_id].status == "failed", 5)
    await api.groups.set_callback_settings(group_id=vk.group_id, server_id=added.server_id, message_new=True)
    await vk.phone(42).write("привет")
    assert [event["type"] for event in site.came] == ["confirmation"]
    assert "secret" not in site.came[0]


async def test_an_event_is_repeated_until_the_answer_is_ok(vk: StandInVk, api: API, site: Site, phone: Phone) -> None:
    server = await add(vk, api, site)
    vk.callback.retry_s = 0.001
    answers = iter([web.Response(status=500), web.Response(text='{"ok": true}'), web.Response(text="no"), *[None] * 9])
    site.answer = lambda _event: next(answers) or web.Response(text="ok")
    await phone.write("раз")
    await phone.write("два")
    assert await site.gets(5) == ["раз", "раз", "раз", "раз", "два"]
    assert len({event["event_id"] for event in site.came[1:]}) == 2
    assert site.repeats == ["", "", "1", "2", "3", ""]
    assert await status(vk, api, server) == "ok"


async def test_a_server_with_many_errors_in_a_row_counts_as_failed(
    vk: StandInVk, api: API, site: Site, phone: Phone
) -> None:
    server = await add(vk, api, site)
    vk.callback.retry_s = 0.001
    site.answer = lambda _event: web.Response(status=500)
    await phone.write("раз")
    await site.gets(7)
    assert await status(vk, api, server) == "failed"
    site.answer = lambda _event: web.Response(text="ok")
    await vk.world.pulse.until(lambda: vk.callback.servers[server].status == "ok", 5)


async def test_chats_do_not_wait_for_each_other(vk: StandInVk, api: API, site: Site, phone: Phone) -> None:
    await add(vk, api, site)
    is_first = "раз"
    site.answer = lambda event: web.Response(text="later" if event["object"]["message"]["text"] == is_first else "ok")
    await phone.write("раз")
    await vk.phone(43).write("другой")
    await site.pulse.until(lambda: "другой" in site.texts, 5)


async def test_a_changed_server_is_asked_again_and_a_deleted_one_hears_no_more(
    vk: StandInVk, api: API, site: Site, phone: Phone
) -> None:
    server = await add(vk, api, site)
    await api.groups.edit_callback_server(
        group_id=vk.group_id, server_id=server, url=site.url, title="otklik", secret_key="other"
    )
    await site.pulse.until(lambda: len(site.came) == 2, 5)
    assert site.came[1] == {"type": "confirmation", "group_id": vk.group_id, "secret": "other"}
    await api.groups.delete_callback_server(group_id=vk.group_id, server_id=server)
    await phone.write("привет")
    assert (await api.groups.get_callback_servers(group_id=vk.group_id)).count == 0
    assert site.texts == []


async def test_a_duplicate_comes_twice(vk: StandInVk, api: API, site: Site, phone: Phone) -> None:
    await add(vk, api, site)
    vk.trouble(Trouble.DUPLICATE)
    await phone.write("раз")
    assert await site.gets(2) == ["раз", "раз"]
    assert site.came[1]["event_id"] == site.came[2]["event_id"]


REFUSED = {
    "url is a required parameter": {"url": ""},
    "url is invalid": {"url": "ftp://example.org"},
    "title is a required parameter": {"title": ""},
    "title should be not greater than 14 letters length": {"title": "a" * 15},
    "secret_key is invalid": {"secret_key": "a" * 51},
}


@pytest.mark.parametrize("words", REFUSED)
async def test_a_bad_server_is_refused(vk: StandInVk, api: API, words: str) -> None:
    good = {"group_id": vk.group_id, "url": "https://example.org/vk", "title": "otklik", "secret_key": "abc"}
    with pytest.raises(VKAPIError[100], match=words):
        await api.request("groups.addCallbackServer", good | REFUSED[words])


async def test_there_are_at_most_ten_servers(vk: StandInVk, api: API, site: Site) -> None:
    for number in range(10):
        await api.groups.add_callback_server(group_id=vk.group_id, url=site.url, title=f"n{number}", secret_key="a")
    with pytest.raises(VKAPIError[2000]):
        await api.groups.add_callback_server(group_id=vk.group_id, url=site.url, title="one more", secret_key="a")
