"""Pictures and voices are never ignored: the bot says what it cannot do, the agent sees and hears them."""

import pytest

from tests.stories.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_photo_and_a_voice_reach_the_agent(stage: Stage) -> None:
    agent = await stage.agent("Мария")
    phone = stage.messengers.telegram.phone(77, "Test 77")
    await phone.send_photo()
    await phone.hears("не открываю", 15)
    await phone.send_voice()
    await phone.hears("не открываю", 15)
    await phone.press("Позвать специалиста")
    await phone.hears("Вы первые в очереди", 15)
    waiting = await agent.sees_queued()
    await agent.take(waiting["id"])
    shown = [message for message in await agent.history(waiting["id"]) if message["attachments"]]
    assert [message["attachments"][0]["kind"] for message in shown] == ["photo", "voice"]
    for message in shown:
        fetched = await agent.attachment(message["id"])
        assert fetched.status_code == 200
        assert fetched.content


async def test_a_shared_contact_is_acknowledged_and_never_logged(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = stage.messengers.telegram.phone(78, "Test 78")
    await phone.send_contact("+79000000000")
    await phone.hears("контакт получил", 15)
    output = capsys.readouterr()
    assert "9000000000" not in output.out + output.err
    assert "Test 78" not in output.out + output.err


async def test_an_edit_and_a_block_do_no_harm(stage: Stage) -> None:
    phone = stage.messengers.telegram.phone(79, "Test 79")
    message = await phone.write("как узнать баланс")
    await phone.hears("*105#", 15)
    await phone.edit(message, "как узнать номер")
    await phone.block()
    await phone.unblock()
    await phone.write("как узнать свой номер")
    await phone.hears("*201#", 15)
    assert sum("*105#" in seen.text for seen in phone.messages) == 1
