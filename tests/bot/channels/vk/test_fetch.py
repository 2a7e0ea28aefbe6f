"""The bytes of attachments: from VK only, within limits of size and time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.channels.vk.channel import VkChannel
from bot.errors import Rejected, Unreachable
from bot.messages import Attachment, AttachmentKind, Incoming
from standins.vk import How, Phone, StandInVk
from standins.vk.errors import Json
from tests.bot.channels.vk.conftest import IMPATIENT, make_channel


def attached(channel: VkChannel, message: Json) -> Attachment:
    event = channel._event({"type": "message_new", "group_id": 1, "object": {"message": message}})
    assert isinstance(event, Incoming)
    return event.attachments[0]


async def test_a_photo_is_fetched(channel: VkChannel, phone: Phone) -> None:
    file = await channel.fetch(attached(channel, await phone.send_photo(b"\xff\xd8\xff photo")))
    assert (file.content, file.mime, file.name) == (b"\xff\xd8\xff photo", "image/jpeg", "photo.jpg")


async def test_a_document_is_fetched_from_where_its_address_leads(channel: VkChannel, phone: Phone) -> None:
    file = await channel.fetch(attached(channel, await phone.send_document("Счёт.pdf", b"%PDF-1.4")))
    assert (file.content, file.mime, file.name) == (b"%PDF-1.4", "application/pdf", "Счёт.pdf")


async def test_a_voice_message_is_fetched(channel: VkChannel, phone: Phone) -> None:
    file = await channel.fetch(attached(channel, await phone.send_voice(b"OggS")))
    assert (file.content, file.mime) == (b"OggS", "audio/ogg")


async def test_a_video_has_no_bytes(channel: VkChannel, phone: Phone) -> None:
    with pytest.raises(Rejected, match="no bytes behind a video"):
        await channel.fetch(attached(channel, await phone.send_video()))


FOREIGN = [
    "http://127.0.0.1:1/admin",
    "http://169.254.169.254/latest/meta-data",
    "https://localhost/",
    "https://example.org/vk.com",
    "https://vk.com.example.org/",
    "https://notvk.com/",
    "https://vk.com@example.org/",
    "https://example.org\\.vk.com/",
    "https://example.org@vk.com/",
    "https://vk.com:8443/",
    "http://vk.com/doc1_1",
    "https://[::1]/",
    "https://[",
    "https://vk.com:port/",
    "file:///etc/passwd",
    "ftp://vk.com/",
    "//vk.com/",
    "no-such-file",
]


@pytest.mark.parametrize("url", FOREIGN)
async def test_what_does_not_lie_at_vk_is_not_fetched(channel: VkChannel, url: str) -> None:
    with pytest.raises(Rejected, match="not at VK"):
        await channel.fetch(Attachment(AttachmentKind.PHOTO, url))


@pytest.mark.parametrize(
    "url", ["https://vk.com/doc1_1", "https://sun9-1.userapi.com/a.jpg", "https://psv4.vkuser.net/b", "https://vk.ru/c"]
)
async def test_what_lies_at_vk_may_be_fetched(channel: VkChannel, url: str) -> None:
    channel._files._check_address(url)


@asynccontextmanager
async def answering(respond: object) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await respond(request)  # type: ignore[operator]  # the test's own function

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_redirect_away_from_vk_is_not_followed(vk: StandInVk) -> None:
    asked: list[str] = []

    async def respond(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": f"{vk.url}/files/secret"})

    async with answering(respond) as home:
        channel = make_channel(vk, api=home)
        with pytest.raises(Rejected, match="not at VK"):
            await channel.fetch(Attachment(AttachmentKind.PHOTO, f"{home}/a.jpg"))
        await channel.close()
    assert asked == ["/a.jpg"]


async def test_redirects_in_circles_end(vk: StandInVk) -> None:
    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/again"})

    async with answering(respond) as home:
        channel = make_channel(vk, api=home)
        with pytest.raises(Rejected, match="in circles"):
            await channel.fetch(Attachment(AttachmentKind.PHOTO, f"{home}/a.jpg"))
        await channel.close()


async def test_a_file_larger_than_it_claims_is_not_read_to_its_end(vk: StandInVk) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        endless = web.StreamResponse()
        await endless.prepare(request)
        try:
            while True:
                await endless.write(bytes(1_000_000))
        except ConnectionError:
            return endless

    async with answering(respond) as home:
        channel = make_channel(vk, api=home)
        with pytest.raises(Rejected, match="at most 20000000"):
            await channel.fetch(Attachment(AttachmentKind.PHOTO, f"{home}/a.jpg", size_bytes=10))
        await channel.close()


async def test_a_claimed_size_above_the_limit_is_not_asked_for(channel: VkChannel, vk: StandInVk) -> None:
    with pytest.raises(Rejected, match="at most"):
        await channel.fetch(Attachment(AttachmentKind.VIDEO, f"{vk.url}/files/x/y", size_bytes=10**12))


async def test_a_file_that_is_gone_is_rejected(channel: VkChannel, vk: StandInVk) -> None:
    with pytest.raises(Rejected, match="HTTP 404"):
        await channel.fetch(Attachment(AttachmentKind.PHOTO, f"{vk.url}/files/photo1_1/a.jpg"))


@pytest.mark.parametrize("how", [How.PAGE, How.DROP_BEFORE, How.HANG])
async def test_a_file_that_does_not_come_can_be_asked_for_again(vk: StandInVk, phone: Phone, how: How) -> None:
    channel = make_channel(vk, timing=IMPATIENT)
    photo = attached(channel, await phone.send_photo())
    vk.fail_next("file", how, status=502)
    with pytest.raises(Unreachable):
        await channel.fetch(photo)
    assert (await channel.fetch(photo)).content
    await channel.close()
