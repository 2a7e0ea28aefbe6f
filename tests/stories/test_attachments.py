"""Files both ways: what subscribers send is kept and shown to the agent, what the agent sends arrives."""

import asyncio
from pathlib import Path

import pytest

from standins.faults import How
from tests.stories.conftest import Stage
from tests.stories.people import AgentAtDesk, PhoneSubscriber

pytestmark = pytest.mark.asyncio(loop_scope="session")

WAYS = ("telegram polling", "vk polling", "viber webhook")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
PDF = b"%PDF-1.4 a bill of the tests"


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def sent_to_an_agent(stage: Stage, channel: str) -> tuple[PhoneSubscriber, AgentAtDesk, int]:
    """A photo, a document and a place were sent, a person was called and has taken the conversation."""
    agent = await stage.agent("Мария")
    subscriber = await stage.subscriber(channel)
    assert isinstance(subscriber, PhoneSubscriber)
    phone = subscriber.phone
    for send in (phone.send_photo, phone.send_document, phone.send_location):
        await send()
        await subscriber.hears("не открываю")
        await stage.bot.app.settled()
        if send != phone.send_location:
            await subscriber.write("спасибо")
            await subscriber.hears("")
    await subscriber.write("позовите оператора")
    await subscriber.hears("Вы первые в очереди")
    waiting = await agent.sees_queued()
    await agent.take(waiting["id"])
    await subscriber.hears("Мария")
    return subscriber, agent, waiting["id"]


async def test_what_a_subscriber_sends_reaches_the_agent_and_is_kept(
    stage: Stage, channel: str, tmp_path: Path
) -> None:
    subscriber, agent, conversation = await sent_to_an_agent(stage, channel)
    await stage.bot.app.settled()
    shown = [message for message in await agent.history(conversation) if message["attachments"]]
    assert [message["attachments"][0]["kind"] for message in shown] == ["photo", "document", "location"]
    await stage.messengers.stop(channel)  # from here on only we have the files
    for message in shown[:2]:
        fetched = await agent.attachment(message["id"])
        assert fetched.status_code == 200
        assert fetched.content
    await stage.messengers.start(channel)
    kept = [path for path in (tmp_path / "var" / "files").rglob("*") if path.is_file()]
    assert len(kept) == 4  # two files, a card beside each
    assert subscriber


async def test_a_picture_and_a_document_of_the_agent_arrive(stage: Stage, channel: str) -> None:
    subscriber, agent, conversation = await sent_to_an_agent(stage, channel)
    assert await agent.send_file(conversation, "screen.png", PNG) == 200
    assert await agent.send_file(conversation, "счёт.pdf", PDF) == 200
    async with asyncio.timeout(15):
        while sum(len(seen.attachments) for seen in subscriber.phone.messages) < 2:
            await asyncio.sleep(0.02)
    files = [file for seen in subscriber.phone.messages for file in seen.attachments]
    assert [file.content for file in files] == [PNG, PDF]
    assert [file.kind for file in files][-1] in ("document", "file", "doc")


async def test_a_file_that_the_messenger_does_not_give_at_once_is_fetched_later(stage: Stage, channel: str) -> None:
    agent = await stage.agent("Мария")
    subscriber = await stage.subscriber(channel)
    stage.messengers.fail_next_file(channel, How.PAGE)
    assert isinstance(subscriber, PhoneSubscriber)
    await subscriber.phone.send_photo()
    await subscriber.hears("не открываю")
    await subscriber.press("Позвать специалиста")
    await subscriber.hears("Вы первые в очереди")
    waiting = await agent.sees_queued()
    await stage.bot.app.settled()
    (message,) = [message for message in await agent.history(waiting["id"]) if message["attachments"]]
    assert (await agent.attachment(message["id"])).status_code == 200


async def test_nothing_personal_gets_into_the_log(
    stage: Stage, channel: str, capsys: pytest.CaptureFixture[str]
) -> None:
    subscriber = await stage.subscriber(channel, 7301)
    await subscriber.write("мой номер +79000000000, как узнать баланс")
    await subscriber.hears("")
    await stage.bot.app.settled()
    output = capsys.readouterr()
    for secret in ("9000000000", "Test 7301", "узнать баланс"):
        assert secret not in output.out + output.err
