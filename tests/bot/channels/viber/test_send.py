"""Sending: what the subscriber sees, and what every failure of Viber means for the message."""

import asyncio
import io

import pytest
from aiohttp import web

from bot.channels.viber.channel import ViberChannel
from bot.channels.viber.errors import AccountRefused, TokenRefused, harmless
from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable
from bot.messages import Attachment, AttachmentKind, Author, Button, File, Outgoing, Receipt, Report, Sender
from bot.storage.files import Files, Upload
from standins.viber import How, Phone, StandInViber
from tests.bot.channels.viber.conftest import IMPATIENT, USER, MakeChannel, Serve, Site

HELLO = Outgoing(7, USER, "Добрый день, **Тест**!", (Button("Тарифы", "topic:tariffs"),))
JPEG = b"\xff\xd8\xff\xe0 a picture"
PDF = b"%PDF-1.4 a bill"


@pytest.fixture
async def phone(connected: ViberChannel, viber: StandInViber) -> Phone:
    phone = viber.phone(USER)
    await phone.subscribe()
    return phone


def kept(files: Files, content: bytes, name: str) -> Attachment:
    return files.save(Sender("viber", "a", USER), Upload(name, io.BytesIO(content)), 10_000_000)


async def test_a_subscriber_sees_text_and_buttons(connected: ViberChannel, phone: Phone) -> None:
    sent_as = await connected.send(HELLO)
    seen = await phone.hears("Добрый день")
    assert seen.text == "Добрый день, Тест!"
    assert seen.buttons == ("Тарифы",)
    assert seen.sender == "Otklik"
    assert sent_as == str(seen.message_id)
    assert int(sent_as) > 2**53


async def test_an_agent_signs(connected: ViberChannel, phone: Phone) -> None:
    await connected.send(Outgoing(8, USER, "Уже смотрю.", author=Author.AGENT, agent_name="Агент Тест"))
    seen = await phone.hears()
    assert (seen.sender, seen.text) == ("Агент Тест", "Уже смотрю.")


async def test_an_agents_picture_and_file_arrive(connected: ViberChannel, phone: Phone, files: Files) -> None:
    picture, bill = kept(files, JPEG, "Снимок.jpg"), kept(files, PDF, "Счёт.pdf")
    await connected.send(Outgoing(8, USER, "", attachment=picture, file=File(JPEG, "image/jpeg", "Снимок.jpg")))
    await connected.send(Outgoing(9, USER, "", attachment=bill))
    first, second = await phone.hears(), await phone.hears()
    assert [(one.kind, one.content) for one in first.attachments] == [("picture", JPEG)]
    assert [(one.kind, one.name, one.content) for one in second.attachments] == [("file", "Счёт.pdf", PDF)]


@pytest.mark.parametrize(
    "attachment",
    [
        Attachment(AttachmentKind.PHOTO, "ref", mime="image/jpeg", size_bytes=10),
        Attachment(AttachmentKind.DOCUMENT, kept=f"{'a' * 64}/{'b' * 32}", size_bytes=50_000_001),
    ],
)
async def test_a_file_that_viber_could_not_take_is_rejected(
    connected: ViberChannel, viber: StandInViber, attachment: Attachment
) -> None:
    with pytest.raises(Rejected):
        await connected.send(Outgoing(8, USER, "", attachment=attachment))
    assert viber.called("send_message") == []


REFUSALS: dict[int, type[SendError]] = {
    1: Rejected,
    2: TokenRefused,
    3: Rejected,
    4: Rejected,
    5: Blocked,
    6: Blocked,
    7: AccountRefused,
    8: AccountRefused,
    9: AccountRefused,
    10: AccountRefused,
    11: Blocked,
    12: TryLater,
    13: Rejected,
    14: Rejected,
    15: AccountRefused,
    16: Unreachable,
    21: Rejected,
    23: AccountRefused,
    24: AccountRefused,
    500: Unreachable,
}


@pytest.mark.parametrize("status", REFUSALS)
async def test_a_status_means(connected: ViberChannel, phone: Phone, viber: StandInViber, status: int) -> None:
    viber.fail_next("send_message", status=status)
    with pytest.raises(SendError) as failure:
        await connected.send(HELLO)
    assert type(failure.value) is REFUSALS[status]
    assert phone.messages == []


async def test_too_many_messages_without_a_reply_wait(connected: ViberChannel, phone: Phone) -> None:
    for number in range(100):
        await connected.send(Outgoing(number, USER, "Ещё одно"))
    with pytest.raises(TryLater) as failure:
        await connected.send(HELLO)
    assert failure.value.after_s == 60
    await phone.write("Спасибо")
    assert await connected.send(HELLO)


async def test_who_unsubscribed_is_blocked_until_they_write(connected: ViberChannel, phone: Phone) -> None:
    await phone.unsubscribe()
    with pytest.raises(Blocked, match="not subscribed"):
        await connected.send(HELLO)
    await phone.write("Я вернулся")
    assert await connected.send(HELLO)


async def test_a_dead_token_keeps_the_message_and_says_what_to_do(
    connected: ViberChannel, phone: Phone, viber: StandInViber
) -> None:
    viber.revoke_token()
    with pytest.raises(Unreachable, match="OTKLIK_VIBER_TOKEN"):
        await connected.send(HELLO)


async def test_a_message_that_the_phone_could_not_show_is_reported(
    connected: ViberChannel, phone: Phone, site: Site
) -> None:
    phone.fails_next("keyboard is not valid")
    sent_as = await connected.send(HELLO)
    report = await site.told(Report)
    assert report == Report(Sender("viber", connected.account, USER), sent_as, Receipt.FAILED, "keyboard is not valid")


PAGES: dict[int, type[SendError]] = {
    302: Unreachable,
    403: Unreachable,
    404: Unreachable,
    413: Rejected,
    429: TryLater,
    500: Unreachable,
    502: Unreachable,
    503: Unreachable,
    504: Uncertain,
}


@pytest.mark.parametrize("status", PAGES)
async def test_a_page_of_a_proxy_means(connected: ViberChannel, phone: Phone, viber: StandInViber, status: int) -> None:
    viber.fail_next("send_message", How.PAGE, status=status)
    with pytest.raises(SendError) as failure:
        await connected.send(HELLO)
    assert type(failure.value) is PAGES[status]
    assert phone.messages == []


@pytest.mark.parametrize(("how", "arrived"), [(How.DROP_AFTER, 1), (How.GARBAGE, 1), (How.DROP_BEFORE, 0)])
async def test_an_answer_that_is_lost_is_uncertain(
    connected: ViberChannel, phone: Phone, viber: StandInViber, how: How, arrived: int
) -> None:
    viber.fail_next("send_message", how)
    with pytest.raises(Uncertain):
        await connected.send(HELLO)
    assert len(phone.messages) == arrived


async def test_no_answer_in_time_is_uncertain(impatient: ViberChannel, phone: Phone, viber: StandInViber) -> None:
    viber.fail_next("send_message", How.HANG)
    with pytest.raises(Uncertain):
        await impatient.send(HELLO)


async def test_nobody_at_the_port_is_unreachable(channel: ViberChannel, viber: StandInViber) -> None:
    await viber.stop()
    with pytest.raises(Unreachable, match="cannot connect"):
        await channel.send(HELLO)


@pytest.mark.parametrize("api", ["http://no-such-host.invalid", "https://", "http://["])
async def test_an_address_that_leads_nowhere_is_a_send_error(make: MakeChannel, api: str) -> None:
    with pytest.raises(SendError):
        await make(api=api).send(HELLO)


async def test_a_network_that_swallows_packets_is_unreachable(make: MakeChannel) -> None:
    """A TCP connection is made, and the TLS handshake never ends: nothing can have been sent."""
    silent = await _silent_server()
    port = silent.sockets[0].getsockname()[1]
    with pytest.raises(Unreachable, match="cannot connect"):
        await make(IMPATIENT, api=f"https://127.0.0.1:{port}").send(HELLO)
    silent.close()


ANSWERS = [
    "",
    "null",
    "[]",
    "{}",
    '{"status": "0"}',
    '{"status": true}',
    '{"status": 0}',
    "[" * 100_000,
    "x" * 1_000_001,
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer[:16])
async def test_an_answer_that_makes_no_sense_is_uncertain(make: MakeChannel, serve: Serve, answer: str) -> None:
    async def say(_request: web.Request) -> web.Response:
        return web.Response(text=answer)

    with pytest.raises(Uncertain):
        await make(api=await serve(say)).send(HELLO)


@pytest.mark.parametrize(("header", "after_s"), [("17", 17), ("soon", 60), ("99999", 60), ("", 60)])
async def test_a_proxy_may_say_how_long_to_wait(make: MakeChannel, serve: Serve, header: str, after_s: float) -> None:
    async def say(_request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": header})

    with pytest.raises(TryLater) as failure:
        await make(api=await serve(say)).send(HELLO)
    assert failure.value.after_s == after_s


async def test_characters_that_cannot_be_sent_are_rejected(connected: ViberChannel, phone: Phone) -> None:
    with pytest.raises(Rejected, match="characters"):
        await connected.send(Outgoing(1, USER, "половина пары: \ud83d"))


async def test_one_connection_serves_many_sends(make: MakeChannel, serve: Serve) -> None:
    peers = set()

    async def say(request: web.Request) -> web.Response:
        assert request.transport
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response({"status": 0, "message_token": 1})

    channel = make(api=await serve(say))
    for number in range(5):
        await channel.send(Outgoing(number, USER, "Добрый день"))
    assert len(peers) == 1


def test_vibers_words_are_told_without_what_they_quote() -> None:
    assert harmless('badData: instance ("мой секрет") and секрет too long') == 'badData: instance ("...") and too long'
    assert len(harmless("x" * 1000)) == 150


async def _silent_server() -> asyncio.Server:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    return await asyncio.start_server(say_nothing, "127.0.0.1", 0)
