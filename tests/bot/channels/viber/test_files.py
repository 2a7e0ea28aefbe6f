"""Files both ways: fetched only from Viber and bounded; lent only to who has a ticket of ours."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.channel import LendsFiles
from bot.channels.viber import client, tickets
from bot.channels.viber.channel import ViberChannel
from bot.channels.viber.client import MAX_FILE_BYTES
from bot.errors import Rejected, SendError, Unreachable, Untrusted
from bot.messages import Attachment, AttachmentKind, Incoming, Sender
from bot.storage.files import Files, Upload
from standins.viber import How, StandInViber
from tests.bot.channels.viber.conftest import NOW, USER, MakeChannel, Serve, Site

KEY = tickets.key_of("a-token")
KEPT = f"{'a' * 64}/{'b' * 32}"
PDF = b"%PDF-1.4 a bill"


async def sent(site: Site) -> Attachment:
    event = await site.told(Incoming)
    assert isinstance(event, Incoming)
    return event.attachments[0]


async def test_what_a_subscriber_sends_is_fetched(connected: ViberChannel, viber: StandInViber, site: Site) -> None:
    await viber.phone(USER).send_document("bill.pdf", PDF)
    file = await connected.fetch(await sent(site))
    assert (file.content, file.mime, file.name) == (PDF, "application/pdf", "bill.pdf")


async def test_a_picture_is_fetched_without_our_token(make: MakeChannel, serve: Serve) -> None:
    asked: list[dict[str, str]] = []

    async def give(request: web.Request) -> web.Response:
        asked.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response(body=b"\xff\xd8 a picture")

    url = await serve(give)
    file = await make(api=f"{url}/pa").fetch(Attachment(AttachmentKind.PHOTO, f"{url}/1.jpg", mime="image/jpeg"))
    assert (file.content, file.mime) == (b"\xff\xd8 a picture", "image/jpeg")
    assert "x-viber-auth-token" not in asked[0]


ELSEWHERE = [
    "http://dl-media.viber.com/1.jpg",
    "https://dl-media.viber.com:8443/1.jpg",
    "https://viber.com.example.org/1.jpg",
    "https://notviber.com/1.jpg",
    "https://user@dl-media.viber.com/1.jpg",
    "https://example.org\\@dl-media.viber.com/1.jpg",
    "http://127.0.0.1:1/1.jpg",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/1.jpg",
    "file:///etc/passwd",
    "//dl-media.viber.com/1.jpg",
    "https://",
    "https://[",
    "../../etc/passwd",
    "\ud83d",
]


@pytest.mark.parametrize("url", ELSEWHERE, ids=ascii)
async def test_an_address_elsewhere_is_not_asked(make: MakeChannel, viber: StandInViber, url: str) -> None:
    with pytest.raises(Rejected, match="not at Viber's"):
        await make().fetch(Attachment(AttachmentKind.PHOTO, url))


def test_addresses_of_viber_are_vibers() -> None:
    viber = client.Client("https://chatapi.viber.com/pa", "t", client.TIMING)
    for url in ("https://dl-media.viber.com/1.jpg", "https://media.cdn.viber.com/x?y=1", "https://chatapi.viber.com/x"):
        assert str(viber._vibers(url)) == url


async def test_a_redirect_is_followed_at_the_same_place_and_nowhere_else(make: MakeChannel, serve: Serve) -> None:
    strangers: list[str] = []

    async def stranger(request: web.Request) -> web.Response:
        strangers.append(request.path)
        return web.Response(body=b"inner secret")

    elsewhere = await serve(stranger)
    targets = {"/away": f"{elsewhere}/x", "/here": "/file", "/loop": "/loop"}

    async def give(request: web.Request) -> web.Response:
        if request.path in targets:
            return web.Response(status=302, headers={"Location": targets[request.path]})
        return web.Response(body=b"a file")

    url = await serve(give)
    channel = make(api=f"{url}/pa")
    assert (await channel.fetch(Attachment(AttachmentKind.DOCUMENT, f"{url}/here"))).content == b"a file"
    for path in ("/away", "/loop"):
        with pytest.raises(Rejected):
            await channel.fetch(Attachment(AttachmentKind.DOCUMENT, f"{url}{path}"))
    assert strangers == []


async def test_a_file_said_to_be_too_large_is_not_asked_for(channel: ViberChannel, viber: StandInViber) -> None:
    with pytest.raises(Rejected, match="at most 20000000"):
        await channel.fetch(Attachment(AttachmentKind.VIDEO, f"{viber.media}/1", size_bytes=MAX_FILE_BYTES + 1))


async def test_a_file_that_grows_too_large_is_not_kept(channel: ViberChannel, viber: StandInViber) -> None:
    path = viber.world.store("large.bin", b"x" * (MAX_FILE_BYTES + 1))
    with pytest.raises(Rejected, match="larger than"):
        await channel.fetch(Attachment(AttachmentKind.DOCUMENT, f"{viber.media}/{path}"))


FAILURES = {
    (How.PAGE, 404): Rejected,
    (How.PAGE, 410): Rejected,
    (How.PAGE, 429): Unreachable,
    (How.PAGE, 502): Unreachable,
    (How.DROP_BEFORE, 0): Unreachable,
    (How.HANG, 0): Unreachable,
}


@pytest.mark.parametrize(("how", "status"), FAILURES)
async def test_a_failed_download_means(impatient: ViberChannel, viber: StandInViber, how: How, status: int) -> None:
    path = viber.world.store("1.jpg", b"x")
    viber.fail_next("media", how, status=status, times=2)  # a GET is repeated by aiohttp
    with pytest.raises(SendError) as failure:
        await impatient.fetch(Attachment(AttachmentKind.PHOTO, f"{viber.media}/{path}"))
    assert type(failure.value) is FAILURES[how, status]


async def test_a_ticket_opens_its_file(channel: ViberChannel, files: Files) -> None:
    lender: LendsFiles = channel
    saved = files.save(Sender("viber", "a", USER), Upload("Счёт.pdf", io.BytesIO(PDF)), 10_000)
    file = await lender.lend(tickets.issue(channel._tickets, saved.kept, ".pdf", NOW))
    assert (file.content, file.mime, file.name) == (PDF, "application/pdf", "Счёт.pdf")


async def test_a_ticket_for_a_file_that_is_gone_opens_nothing(channel: ViberChannel) -> None:
    with pytest.raises(Untrusted, match="gone"):
        await channel.lend(tickets.issue(channel._tickets, KEPT, ".pdf", NOW))


def test_a_ticket_is_good_for_a_day() -> None:
    ticket = tickets.issue(KEY, KEPT, ".jpg", NOW)
    assert tickets.redeem(KEY, ticket, NOW + timedelta(hours=24)) == KEPT
    with pytest.raises(Untrusted, match="expired"):
        tickets.redeem(KEY, ticket, NOW + timedelta(hours=24, seconds=1))


def test_a_ticket_of_another_bot_opens_nothing() -> None:
    with pytest.raises(Untrusted):
        tickets.redeem(tickets.key_of("another-token"), tickets.issue(KEY, KEPT, ".jpg", NOW), NOW)


@pytest.mark.parametrize("ticket", ["", "x", "1-a-b-c", "../../etc/passwd", "٣-x", "\udcff"])
def test_what_is_no_ticket_opens_nothing(ticket: str) -> None:
    with pytest.raises(Untrusted):
        tickets.redeem(KEY, ticket, NOW)


@given(st.integers(min_value=0), st.sampled_from("0123456789abcdef"))
def test_a_ticket_with_another_digit_anywhere_opens_nothing(place: int, digit: str) -> None:
    ticket = tickets.issue(KEY, KEPT, "", NOW)
    at = place % len(ticket)
    forged = f"{ticket[:at]}{digit}{ticket[at + 1 :]}"
    if forged != ticket:
        with pytest.raises(Untrusted):
            tickets.redeem(KEY, forged, NOW)


async def test_a_file_without_bytes_behind_it_is_rejected(channel: ViberChannel) -> None:
    place = Attachment(AttachmentKind.LOCATION, text="55.75, 37.61")
    for attachment in (place, replace(place, kind=AttachmentKind.STICKER)):
        with pytest.raises(Rejected, match="no bytes"):
            await channel.fetch(attachment)
