"""Messengers that misbehave: nothing is lost, nothing doubled, and nobody else waits."""

import asyncio
from pathlib import Path

import httpx
import pytest

from knowledge.library import Library
from standins.faults import Trouble
from tests.stories.bot_under_test import config_for, serving
from tests.stories.conftest import Stage, staged
from tests.stories.messengers import messengers
from tests.stories.people import PATIENCE_S, PhoneSubscriber

pytestmark = pytest.mark.asyncio(loop_scope="session")

MESSENGERS = ("telegram", "vk", "viber")
BALANCE, NUMBER = "как узнать баланс", "как узнать свой номер"


@pytest.fixture(params=["telegram polling", "telegram webhook", "vk polling", "vk webhook", "viber webhook"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_every_event_brought_again_is_answered_once(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write(BALANCE)
    await subscriber.hears("*105#")
    await subscriber.press("Помогло")
    await subscriber.hears("")
    heard = len(subscriber.heard)
    stage.messengers.repeat_everything(channel)
    stage.messengers.repeat_everything(channel)
    await subscriber.write(NUMBER)
    await subscriber.hears("*201#")
    assert len(subscriber.heard) == heard + 1


@pytest.mark.parametrize(
    "trouble", [Trouble.SERVER_ERROR, Trouble.GARBAGE, Trouble.DUPLICATE, Trouble.REORDER, Trouble.LATE]
)
async def test_a_talk_goes_on_through_a_trouble(stage: Stage, channel: str, trouble: Trouble) -> None:
    """Every second send fails or has an unreadable answer, or events come twice, out of order, late: the talk stays
    word for word the same."""
    subscriber = await stage.subscriber(channel)
    stage.messengers.trouble(channel, trouble, every=2)
    for text, answer in ((BALANCE, "*105#"), (NUMBER, "*201#"), (BALANCE, "*105#")):
        await subscriber.write(text)
        if trouble is Trouble.LATE:
            stage.messengers.trouble(channel, None)
        await subscriber.hears(answer)
    stage.messengers.trouble(channel, None)
    await stage.bot.app.settled()
    assert [("*105#" in heard.text, "*201#" in heard.text) for heard in subscriber.heard if "#" in heard.text] == [
        (True, False),
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize("channel", ["telegram", "vk"])
async def test_who_asks_to_wait_is_waited_for(tmp_path: Path, library: Library, channel: str) -> None:
    async with staged(tmp_path, library, names=(channel,)) as stage:
        subscriber = await stage.subscriber(channel)
        stage.messengers.trouble(channel, Trouble.LIMIT, every=2)
        for text, answer in ((BALANCE, "*105#"), (NUMBER, "*201#")):
            await subscriber.write(text)
            await subscriber.hears(answer)


async def test_a_token_that_is_refused_shows_and_loses_nothing(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write(BALANCE)
    await subscriber.hears("*105#")
    stage.messengers.trouble(channel, Trouble.DEAD_TOKEN)
    await subscriber.write(NUMBER)
    async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(base_url=stage.bot.url) as http:
        while "OTKLIK_" not in (await http.get("/health")).text:
            await asyncio.sleep(0.05)
    stage.messengers.trouble(channel, None)
    await subscriber.hears("*201#")
    assert sum("*201#" in heard.text for heard in subscriber.heard) == 1


async def test_a_messenger_that_was_away_gets_every_answer_in_order_afterwards(
    tmp_path: Path, library: Library
) -> None:
    """All three at once, as when our own line was cut."""
    asked = (BALANCE, NUMBER, BALANCE, NUMBER)
    async with staged(tmp_path, library) as stage:
        people = [await stage.subscriber(channel) for channel in MESSENGERS]
        for person in people:
            await person.write(BALANCE)
            await person.hears("*105#")
        for channel in MESSENGERS:
            stage.messengers.trouble(channel, Trouble.RESET if channel == "vk" else Trouble.SERVER_ERROR)
        for text in asked:
            for person in people:
                await person.write(text)
        await asyncio.sleep(1)
        for channel in MESSENGERS:
            stage.messengers.trouble(channel, None)
        for person in people:
            for text in asked:
                await person.hears("*105#" if text == BALANCE else "*201#")


async def test_one_messenger_that_is_down_does_not_hold_up_the_others(tmp_path: Path, library: Library) -> None:
    async with staged(tmp_path, library) as stage:
        for number, down in enumerate(MESSENGERS):
            people = {channel: await stage.subscriber(channel, number) for channel in MESSENGERS}
            stage.messengers.trouble(down, Trouble.HANG)
            await people[down].write(BALANCE)
            for up in set(MESSENGERS) - {down}:
                await people[up].write(NUMBER)
                await people[up].hears("*201#")
            stage.messengers.trouble(down, None)


@pytest.mark.parametrize("channel", ["telegram", "vk"])
async def test_a_poller_that_stopped_and_started_loses_and_doubles_nothing(
    tmp_path: Path, library: Library, channel: str
) -> None:
    async with messengers() as standins:
        config = config_for(tmp_path, standins.channels("polling", ""))
        subscriber = standins.subscriber(channel, 1)
        for _ in range(3):
            async with serving(config, standins.secrets(channel), library) as bot:
                await bot.connected()
                await subscriber.write(BALANCE)
            await subscriber.write(NUMBER)
        async with serving(config, standins.secrets(channel), library) as bot:
            for _ in range(3):
                await subscriber.hears("*105#")
                await subscriber.hears("*201#")
            await bot.app.settled()
        assert sum("*105#" in heard.text for heard in subscriber.heard) == 3
        assert sum("*201#" in heard.text for heard in subscriber.heard) == 3


async def test_a_server_of_a_messenger_that_comes_back_is_found_again(tmp_path: Path, library: Library) -> None:
    async with staged(tmp_path, library, names=("telegram", "vk")) as stage:
        people = {channel: await stage.subscriber(channel) for channel in ("telegram", "vk")}
        for channel, person in people.items():
            await person.write(BALANCE)
            await person.hears("*105#")
            await stage.messengers.stop(channel)
        for person in people.values():
            await person.write(NUMBER)
        for channel, person in people.items():
            await stage.messengers.start(channel)
            await person.hears("*201#")
            assert sum("*201#" in heard.text for heard in person.heard) == 1


async def test_a_subscriber_who_left_is_not_written_to_and_is_welcome_again(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write(BALANCE)
    await subscriber.hears("*105#")
    assert isinstance(subscriber, PhoneSubscriber)
    phone = subscriber.phone
    await phone.block()
    await stage.bot.app.settled()
    await phone.unblock()
    await subscriber.write(NUMBER)
    await subscriber.hears("*201#")


async def test_who_allows_messages_again_hears_the_agent_without_a_word(stage: Stage, channel: str) -> None:
    agent, subscriber = await stage.agent("Мария"), await stage.subscriber(channel)
    await subscriber.write("позовите оператора")
    await subscriber.hears("очереди")
    waiting = await agent.sees_queued()
    await agent.take(waiting["id"])
    await subscriber.hears("Мария")
    assert isinstance(subscriber, PhoneSubscriber)
    await subscriber.phone.block()
    await agent.sees_reachable(waiting["id"], False)
    await agent.reply(waiting["id"], "Вы здесь?")
    await stage.bot.app.settled()
    await subscriber.phone.unblock()
    await agent.sees_reachable(waiting["id"], True)
    await agent.reply(waiting["id"], "С возвращением")
    await subscriber.hears("С возвращением")
    assert not any("Вы здесь?" in heard.text for heard in subscriber.heard)
