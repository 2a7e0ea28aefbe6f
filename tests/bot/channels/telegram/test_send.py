"""Sending: what the subscriber sees, and what every failure of Telegram means for the message."""

import asyncio

import pytest
from aiohttp import web

from bot.channels.telegram.channel import TelegramChannel
from bot.errors import Blocked, Rejected, TryLater, Uncertain, Unreachable
from bot.messages import Author, Button, Outgoing
from standins.telegram import How, Phone, StandInTelegram
from tests.bot.channels.telegram.conftest import IMPATIENT, make_channel

HELLO = Outgoing(7, "42", "Добрый день, **Тест**!", (Button("Тарифы", "topic:tariffs"),))


@pytest.fixture
async def phone(telegram: StandInTelegram) -> Phone:
    phone = telegram.phone(42)
    await phone.start()
    return phone


async def test_a_subscriber_sees_text_markup_and_buttons(channel: TelegramChannel, phone: Phone) -> None:
    sent_as = await channel.send(HELLO)
    seen = await phone.hears("Добрый день")
    assert seen.text == "Добрый день, Тест!"
    assert seen.bold == ["Тест"]
    assert seen.buttons == ("Тарифы",)
    assert sent_as == str(seen.message_id)


async def test_an_agent_signs(channel: TelegramChannel, phone: Phone) -> None:
    await channel.send(Outgoing(8, "42", "Уже смотрю.", author=Author.AGENT, agent_name="Агент Тест"))
    seen = await phone.hears()
    assert seen.text == "Агент Тест\nУже смотрю."
    assert seen.bold == ["Агент Тест"]


async def test_typing_is_seen(channel: TelegramChannel, phone: Phone) -> None:
    await channel.show_typing("42")
    assert phone.chat.typing == 1


async def test_flood_control_is_try_later(channel: TelegramChannel, phone: Phone, telegram: StandInTelegram) -> None:
    telegram.fail_next("sendMessage", status=429, retry_after=10072)
    with pytest.raises(TryLater) as failure:
        await channel.send(HELLO)
    assert failure.value.after_s == 10072
    assert phone.messages == []


REFUSALS = {
    (403, "Forbidden: bot was blocked by the user"): Blocked,
    (403, "Forbidden: user is deactivated"): Blocked,
    (403, "Forbidden: bot can't initiate conversation with a user"): Blocked,
    (400, "Bad Request: chat not found"): Blocked,
    (400, "Bad Request: PEER_ID_INVALID"): Blocked,
    (400, "Bad Request: message text is empty"): Rejected,
    (400, "Bad Request: BUTTON_DATA_INVALID"): Rejected,
    (401, "Unauthorized"): Unreachable,
    (404, "Not Found"): Unreachable,
    (409, "Conflict: something"): Unreachable,
    (413, "Request Entity Too Large"): Rejected,
    (420, "ENHANCE_YOUR_CALM"): Unreachable,
    (429, "Too Many Requests"): Unreachable,
    (500, "Internal Server Error"): Unreachable,
    (502, "Bad Gateway"): Unreachable,
}


@pytest.mark.parametrize(("status", "description"), REFUSALS)
async def test_a_refusal_means(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram, status: int, description: str
) -> None:
    telegram.fail_next("sendMessage", status=status, description=description)
    with pytest.raises(REFUSALS[status, description]) as failure:
        await channel.send(HELLO)
    assert type(failure.value) is not Uncertain
    assert phone.messages == []


@pytest.mark.parametrize("status", [403, 429, 500, 502, 504])
async def test_a_page_of_a_proxy_is_unreachable(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram, status: int
) -> None:
    telegram.fail_next("sendMessage", How.PAGE, status=status)
    with pytest.raises(Unreachable):
        await channel.send(HELLO)
    assert phone.messages == []


async def test_a_blocked_bot_is_blocked(channel: TelegramChannel, phone: Phone) -> None:
    await phone.block()
    with pytest.raises(Blocked):
        await channel.send(HELLO)
    await phone.unblock()
    assert await channel.send(HELLO)


async def test_a_dead_token_keeps_the_message_and_says_what_to_do(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram
) -> None:
    telegram.revoke_token()
    with pytest.raises(Unreachable, match="@BotFather"):
        await channel.send(HELLO)


@pytest.mark.parametrize(("how", "arrived"), [(How.DROP_AFTER, 1), (How.GARBAGE, 1), (How.DROP_BEFORE, 0)])
async def test_an_answer_that_is_lost_is_uncertain(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram, how: How, arrived: int
) -> None:
    telegram.fail_next("sendMessage", how)
    with pytest.raises(Uncertain):
        await channel.send(HELLO)
    assert len(phone.messages) == arrived


async def test_no_answer_in_time_is_uncertain(
    impatient: TelegramChannel, phone: Phone, telegram: StandInTelegram
) -> None:
    telegram.fail_next("sendMessage", How.HANG)
    with pytest.raises(Uncertain):
        await impatient.send(HELLO)


async def test_nobody_at_the_port_is_unreachable(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    await telegram.stop()
    with pytest.raises(Unreachable, match="cannot connect"):
        await channel.send(HELLO)


async def test_an_unknown_host_is_unreachable(telegram: StandInTelegram) -> None:
    channel = make_channel(telegram, api="http://no-such-host.invalid")
    with pytest.raises(Unreachable, match="cannot connect"):
        await channel.send(HELLO)
    await channel.close()


async def test_a_network_that_swallows_packets_is_unreachable(telegram: StandInTelegram) -> None:
    """A TCP connection is made, and the TLS handshake never ends: nothing can have been sent."""
    silent = await _silent_server()
    port = silent.sockets[0].getsockname()[1]
    channel = make_channel(telegram, IMPATIENT, api=f"https://127.0.0.1:{port}")
    with pytest.raises(Unreachable, match="cannot connect"):
        await channel.send(HELLO)
    await channel.close()
    silent.close()


async def test_markup_that_telegram_refuses_goes_as_plain_text(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram
) -> None:
    telegram.fail_next(
        "sendMessage", status=400, description="Bad Request: can't parse entities: Unsupported start tag"
    )
    await channel.send(HELLO)
    assert (await phone.hears()).entities == ()
    assert len(phone.messages) == 1


async def test_markup_refused_twice_is_rejected(
    channel: TelegramChannel, phone: Phone, telegram: StandInTelegram
) -> None:
    refusal = 'Bad Request: can\'t parse entities: Unsupported start tag "мой секрет" at byte offset 3'
    telegram.fail_next("sendMessage", status=400, description=refusal, times=2)
    with pytest.raises(Rejected) as failure:
        await channel.send(HELLO)
    assert "can't parse entities" in str(failure.value)
    assert "секрет" not in str(failure.value)


async def test_characters_that_cannot_be_sent_are_rejected(channel: TelegramChannel, phone: Phone) -> None:
    with pytest.raises(Rejected):
        await channel.send(Outgoing(1, "42", "половина пары: \ud83d"))


async def test_typing_gives_up_in_silence(impatient: TelegramChannel, telegram: StandInTelegram) -> None:
    for how in How:
        telegram.fail_next("sendChatAction", how)
        await impatient.show_typing("42")


async def test_redirects_of_an_api_server_are_not_an_answer(telegram: StandInTelegram) -> None:
    async def away(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/login")

    async def login(_request: web.Request) -> web.Response:
        return web.Response(text="<html>log in</html>", content_type="text/html")

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", away)
    app.router.add_get("/login", login)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    channel = make_channel(telegram, api=f"http://127.0.0.1:{runner.addresses[0][1]}")
    with pytest.raises(Uncertain):
        await channel.send(HELLO)
    await channel.close()
    await runner.cleanup()


async def _silent_server() -> asyncio.Server:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    return await asyncio.start_server(say_nothing, "127.0.0.1", 0)
