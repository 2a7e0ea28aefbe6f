"""Bots Long Poll of the stand-in."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from vkbottle import API, VKAPIError

from standins.faults import Trouble
from standins.vk import How, Phone, StandInVk


class Reader:
    """A poller that does exactly what it is told."""

    def __init__(self, api: API, group_id: int) -> None:
        self.api = api
        self.group_id = group_id
        self.server: dict[str, str] = {}

    async def join(self) -> None:
        self.server = (await self.api.request("groups.getLongPollServer", {"group_id": self.group_id}))["response"]

    async def check(self, *, wait: int = 0, **changes: str) -> dict[str, Any]:
        given = {"act": "a_check", "key": self.server["key"], "ts": self.server["ts"], "wait": str(wait), **changes}
        async with aiohttp.ClientSession() as session, session.get(self.server["server"], params=given) as response:
            return dict(await response.json())

    async def read(self, **changes: str) -> list[str]:
        """Texts of new messages; moves on."""
        answer = await self.check(**changes)
        self.server["ts"] = answer["ts"]
        return [event["object"]["message"]["text"] for event in answer["updates"]]


@pytest.fixture
async def reader(vk: StandInVk, api: API) -> AsyncIterator[Reader]:
    await api.groups.set_long_poll_settings(group_id=vk.group_id, enabled=True)
    one = Reader(api, vk.group_id)
    await one.join()
    return one


async def test_it_is_off_until_it_is_switched_on(vk: StandInVk, api: API, phone: Phone) -> None:
    with pytest.raises(VKAPIError[100], match="longpoll for this group is not enabled"):
        await api.groups.get_long_poll_server(group_id=vk.group_id)
    await phone.write("в пустоту")
    assert vk.longpoll.log == []


async def test_only_the_kinds_asked_for_come(vk: StandInVk, reader: Reader, api: API, phone: Phone) -> None:
    await phone.type()
    await phone.write("раз")
    await api.groups.set_long_poll_settings(group_id=vk.group_id, message_new=False, message_typing_state=True)
    await phone.write("два")
    await phone.type()
    settings = await api.groups.get_long_poll_settings(group_id=vk.group_id)
    assert settings.is_enabled
    assert [event["type"] for event in (await reader.check())["updates"]] == ["message_new", "message_typing_state"]


async def test_an_old_position_reads_again(reader: Reader, phone: Phone) -> None:
    await phone.write("раз")
    start = reader.server["ts"]
    assert await reader.read() == ["раз"]
    await phone.write("два")
    assert await reader.read() == ["два"]
    assert await reader.read() == []
    assert await reader.read(ts=start) == ["раз", "два"]


async def test_a_reader_waits_for_an_event(reader: Reader, phone: Phone) -> None:
    waiting = asyncio.create_task(reader.check(wait=10))
    await phone.write("раз")
    assert len((await waiting)["updates"]) == 1


async def test_positions_are_strings_and_next_to_a_failure_numbers(vk: StandInVk, reader: Reader, phone: Phone) -> None:
    assert await reader.check() == {"ts": "1", "updates": []}
    await phone.write("раз")
    vk.lose_history()
    assert await reader.check() == {"failed": 1, "ts": 2}
    assert await reader.check(ts="77") == {"failed": 1, "ts": 2}
    assert await reader.check(ts="x") == {"failed": 1, "ts": 2}


async def test_a_new_key_goes_on_where_the_old_one_stopped(vk: StandInVk, reader: Reader, phone: Phone) -> None:
    waiting = asyncio.create_task(reader.check(wait=10))
    await phone.sees(lambda _: True)
    await asyncio.sleep(0)
    vk.expire_key()
    await phone.write("раз")
    assert (await waiting) in ({"failed": 2}, {"ts": "2", "updates": [vk.longpoll.log[0]]})
    assert await reader.check() == {"failed": 2}
    position = reader.server["ts"]
    await reader.join()
    assert await reader.read(ts=position) == ["раз"]


async def test_after_a_loss_of_all_key_and_position_are_new(vk: StandInVk, reader: Reader, phone: Phone) -> None:
    await phone.write("раз")
    vk.lose_all()
    assert await reader.check() == {"failed": 3}
    await reader.join()
    assert reader.server["ts"] == "1"


async def test_other_calls_of_the_server_are_refused(reader: Reader) -> None:
    assert await reader.check(key="nobody's") == {"failed": 2}
    assert await reader.check(act="a_release") == {"failed": 2}


async def test_failures_on_demand(vk: StandInVk, reader: Reader, phone: Phone) -> None:
    await phone.write("раз")
    vk.fail_next("longpoll", status=3)
    assert await reader.check() == {"failed": 3}
    vk.fail_next("longpoll", How.PAGE, status=500)
    with pytest.raises(aiohttp.ContentTypeError):
        await reader.check()
    vk.fail_next("longpoll", How.GARBAGE)
    with pytest.raises(ValueError, match="decode"):
        await reader.check()
    vk.fail_next("longpoll", How.DROP_AFTER, times=2)  # aiohttp asks a second time
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await reader.check()
    assert await reader.read() == ["раз"]


async def test_a_duplicate_has_the_same_id(vk: StandInVk, reader: Reader, phone: Phone) -> None:
    vk.trouble(Trouble.DUPLICATE)
    await phone.write("раз")
    vk.trouble(None)
    await phone.write("два")
    events = (await reader.check())["updates"]
    assert [event["object"]["message"]["text"] for event in events] == ["раз", "раз", "два"]
    assert events[0] == events[1]


async def test_late_events_come_when_the_trouble_is_over(vk: StandInVk, reader: Reader, phone: Phone) -> None:
    vk.trouble(Trouble.LATE)
    await phone.write("раз")
    await phone.write("два")
    assert await reader.read() == []
    vk.trouble(None)
    assert await reader.read() == ["раз", "два"]


async def test_chats_change_places_and_each_keeps_its_order(vk: StandInVk, reader: Reader, phone: Phone) -> None:
    await phone.write("ноль")
    assert await reader.read() == ["ноль"]
    vk.trouble(Trouble.REORDER)
    await phone.write("раз")
    await vk.phone(43).write("другой")
    await phone.write("два")
    assert await reader.read() == ["другой", "раз", "два"]
