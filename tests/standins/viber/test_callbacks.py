"""How events come to the bot."""

import pytest

from standins.faults import Trouble
from standins.viber import How, Phone, StandInViber
from tests.standins.viber.conftest import USER, Bot, keyboard


async def test_a_webhook_is_tried_before_it_is_set(viber: StandInViber, silent_bot: Bot) -> None:
    silent_bot.statuses = [404]
    url = f"{silent_bot.url}/hook"
    assert (await silent_bot.call("set_webhook", url=url))["status"] == 1
    assert viber.callbacks.webhook is None
    assert (await silent_bot.call("set_webhook", url=url))["status"] == 0
    assert [body["event"] for body in silent_bot.events] == ["webhook", "webhook"]
    assert (await silent_bot.call("get_account_info"))["webhook"] == url


@pytest.mark.parametrize("url", ["http://example.org/hook", "ftp://127.0.0.1/hook", "https://127.0.0.1:1/hook"])
async def test_a_webhook_that_cannot_be_called_is_not_set(viber: StandInViber, bot: Bot, url: str) -> None:
    assert (await bot.call("set_webhook", url=url))["status"] == 1
    assert viber.callbacks.webhook
    assert viber.callbacks.webhook.url == f"{bot.url}/hook"


async def test_nobody_can_write_to_a_bot_without_a_webhook(viber: StandInViber, bot: Bot) -> None:
    await bot.call("set_webhook", url="")
    with pytest.raises(AssertionError, match="set no webhook"):
        await viber.phone(USER).write("Привет")


async def test_only_wanted_and_mandatory_events_come(viber: StandInViber, bot: Bot) -> None:
    await bot.call("set_webhook", url=f"{bot.url}/hook", event_types=[])
    phone = viber.phone(USER, "Some Name")
    await phone.open()
    await phone.subscribe()
    await bot.send()
    await phone.write("Привет")
    (message,) = await bot.gets("message")
    assert [body["event"] for body in bot.events] == ["webhook", "subscribed", "message"]
    assert message["sender"]["name"] == "Subscriber"
    assert "avatar" not in message["sender"]
    assert (await bot.call("set_webhook", url=f"{bot.url}/hook", event_types=["typing"]))["status"] == 3


async def test_a_callback_comes_until_the_answer_is_200_and_the_next_waits(bot: Bot, phone: Phone) -> None:
    bot.statuses = [500, 302]
    await phone.write("раз")
    await phone.write("два")
    await bot.gets("message", 4)
    assert bot.texts == ["раз", "раз", "раз", "два"]
    assert len(set(bot.raw[:3])) == 1


async def test_a_bot_that_comes_back_gets_what_it_missed(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    bot.statuses = [503] * 3
    await phone.write("раз")
    assert len(viber.callbacks.pending) == 1
    await phone.sees(lambda _: not viber.callbacks.pending)
    assert bot.texts == ["раз"] * 4


async def test_receipts_follow_a_message(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    token = (await bot.send())["message_token"]
    (delivered,), (seen,) = await bot.gets("delivered"), await bot.gets("seen")
    assert delivered["message_token"] == seen["message_token"] == token
    assert delivered["user_id"] == seen["user_id"] == USER
    phone.subscriber.reads_at_once = False
    second, third = [(await bot.send())["message_token"] for _ in range(2)]
    await bot.gets("delivered", 3)
    assert len(bot.named("seen")) == 1
    phone.reads()
    assert [body["message_token"] for body in await bot.gets("seen", 3)] == [token, second, third]


async def test_what_the_app_cannot_show_fails_later(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    phone.fails_next("message validation failed")
    first = await bot.send("раз")
    tall = await bot.send("два", keyboard=keyboard(*"abcdefghijklm"))
    assert (first["status"], tall["status"]) == (0, 0)
    told = [(body["message_token"], body["desc"]) for body in await bot.gets("failed", 2)]
    assert told == [
        (first["message_token"], "message validation failed"),
        (tall["message_token"], "keyboard is not valid: too many rows"),
    ]
    assert phone.messages == []
    assert bot.named("delivered") == []


async def test_the_welcome_is_in_the_answer_to_an_opened_chat(viber: StandInViber, bot: Bot) -> None:
    phone = viber.phone(USER)
    bot.welcome = {"type": "text", "text": "Здравствуйте!", "sender": {"name": "Otklik"}, "keyboard": keyboard("Да")}
    await phone.open("ref")
    seen = await phone.hears("Здравствуйте")
    assert (seen.sender, phone.buttons, phone.subscriber.subscribed) == ("Otklik", ("Да",), False)
    assert bot.named("conversation_started")[0]["context"] == "ref"
    bot.welcome = {"type": "text", "text": "Без имени"}
    await phone.open()
    await bot.gets("conversation_started", 2)
    await phone.sees(lambda _: not viber.callbacks.pending)
    assert len(phone.messages) == 1


async def test_events_can_come_twice(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    viber.trouble(Trouble.DUPLICATE)
    await phone.write("раз")
    await bot.gets("message", 2)
    viber.trouble(None)
    await phone.write("два")
    viber.callbacks.queue(viber.callbacks.past[-2])
    await bot.gets("message", 4)
    assert bot.texts == ["раз", "раз", "два", "раз"]
    assert bot.raw[0] == bot.raw[1] == bot.raw[3]


async def test_events_can_be_late(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    viber.trouble(Trouble.LATE)
    await phone.write("раз")
    await phone.write("два")
    assert (bot.raw, viber.callbacks.pending) == ([], [])
    viber.trouble(None)
    await bot.gets("message", 2)
    assert bot.texts == ["раз", "два"]


async def test_events_of_different_chats_can_change_places(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    viber.trouble(Trouble.REORDER)
    other = viber.phone("other==")
    await phone.write("раз")
    await phone.write("два")
    await other.write("три")
    await other.write("четыре")
    await bot.gets("message", 4)
    assert bot.texts != ["раз", "два", "три", "четыре"]
    assert [text for text in bot.texts if text in ("раз", "два")] == ["раз", "два"]
    assert [text for text in bot.texts if text in ("три", "четыре")] == ["три", "четыре"]


async def test_faults_come_in_order_and_pass(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    viber.fail_next("send_message", status=7)
    viber.fail_next("send_message", status=500, description="failure")
    assert (await bot.send())["status_message"] == "publicAccountBlocked"
    assert (await bot.send())["status"] == 500
    assert (await bot.send())["status"] == 0
    assert len(phone.messages) == len(viber.sent) == 1
    assert len(viber.called("send_message")) == 3


@pytest.mark.parametrize(("how", "done"), [(How.PAGE, 0), (How.DROP_BEFORE, 0), (How.DROP_AFTER, 1), (How.GARBAGE, 1)])
async def test_a_fault_is_before_or_after_the_deed(
    viber: StandInViber, bot: Bot, phone: Phone, how: How, done: int
) -> None:
    viber.fail_next("send_message", how, status=502)
    with pytest.raises(Exception, match=r".+"):
        await bot.send()
    assert len(phone.messages) == done


async def test_troubles_last_until_they_are_over(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    viber.trouble(Trouble.LIMIT, every=2)
    assert [(await bot.send())["status"] for _ in range(4)] == [0, 12, 0, 12]
    viber.trouble(Trouble.BLOCKED)
    assert (await bot.send())["status"] == 6
    viber.trouble(Trouble.DEAD_TOKEN)
    assert (await bot.call("get_account_info"))["status"] == 2
    viber.trouble(None)
    assert (await bot.send())["status"] == 0
    viber.revoke_token()
    assert (await bot.send())["status"] == 2


async def test_the_server_comes_back_on_the_same_port(viber: StandInViber, bot: Bot, phone: Phone) -> None:
    url = viber.url
    await viber.stop()
    await phone.write("раз")
    await bot.gets("message")
    await viber.start()
    assert viber.url == url
    assert (await bot.send())["status"] == 0
