"""One person in several messengers: a code spoken in one is typed in another, and the desk shows one history."""

import re

import pytest

from tests.stories.conftest import Stage
from tests.stories.people import Subscriber

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAIRS = [("telegram", "vk"), ("vk", "viber"), ("web", "telegram"), ("viber", "web")]


async def code_given_to(subscriber: Subscriber) -> str:
    await subscriber.write("связать чаты")
    told = await subscriber.hears("Ваш код")
    found = re.search(r"\d{4}-\d{4}", told.text)
    assert found
    return found[0]


@pytest.mark.parametrize(("first", "second"), PAIRS)
async def test_two_chats_become_one_history(stage: Stage, first: str, second: str) -> None:
    agent = await stage.agent("Мария")
    one, other = await stage.subscriber(first), await stage.subscriber(second)
    await one.write("как узнать баланс")
    await one.hears("*105#")
    await other.write(await code_given_to(one))
    await other.hears("чаты связаны")
    await other.write("позовите оператора")
    await other.hears("Вы первые в очереди")
    waiting = await agent.sees_queued()
    history = await agent.history(waiting["id"])
    texts = [message["html"] for message in history]
    assert any("как узнать баланс" in text for text in texts)
    assert any("позовите оператора" in text for text in texts)
    assert [message["at"] for message in history] == sorted(message["at"] for message in history)


async def test_a_code_works_once_and_a_wrong_one_is_refused(stage: Stage) -> None:
    one, other, third = [await stage.subscriber(channel) for channel in ("telegram", "vk", "viber")]
    code = await code_given_to(one)
    await one.write(code)
    await one.hears("код для другого мессенджера")
    await other.write(code.replace("-", " "))
    await other.hears("чаты связаны")
    for wrong in (code, "0000-0000"):
        await third.write(wrong)
        await third.hears("Код не подошёл")
