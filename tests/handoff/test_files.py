"""Attachments of subscribers in the browser of an agent."""

import io
from dataclasses import replace

import httpx
import pytest

from bot.messages import Attachment, AttachmentKind, File, Sender
from bot.storage.files import Upload
from tests.handoff.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


async def attached(world: World, file: File) -> str:
    """The address of a file that a queued subscriber has sent."""
    world.messenger.files["ref"] = file
    await world.queued()
    await world.writes(attachments=(Attachment(AttachmentKind.DOCUMENT, "ref", name=file.name),))
    return "/desk/attachments/2/0"


async def test_a_picture_is_shown_by_its_bytes_and_a_page_in_disguise_is_saved(
    world: World, client: httpx.AsyncClient
) -> None:
    address = await attached(world, File(PNG, "text/html", "a.html"))
    shown = await client.get(address)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")
    world.messenger.files["ref"] = File(b"<script>alert(1)</script>", "image/png", 'a"; x=\r\n../<b>.png')
    saved = await client.get(address)
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''%3Cb%3E.png"
    assert "sandbox" in saved.headers["content-security-policy"]
    assert saved.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"\0\0\0\x20ftypheic\0", b"text"])
async def test_a_document_is_saved_and_not_shown(world: World, client: httpx.AsyncClient, content: bytes) -> None:
    saved = await client.get(await attached(world, File(content, "image/png", "a.pdf")))
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment")


async def test_a_kept_file_is_shown_though_the_messenger_forgot_it(world: World, client: httpx.AsyncClient) -> None:
    await world.queued()
    kept = world.files.save(Sender("telegram", "bot", "1"), Upload("a.png", io.BytesIO(PNG)), 100)
    await world.writes(attachments=(replace(kept, ref="forgotten"),))
    assert (await client.get("/desk/attachments/2/0")).content == PNG


async def test_a_file_the_messenger_does_not_give_is_an_error_in_words(world: World, client: httpx.AsyncClient) -> None:
    address = await attached(world, File(PNG, "image/png"))
    world.messenger.files.clear()
    response = await client.get(address)
    assert (response.status_code, response.json()["error"][:10]) == (502, "Мессенджер")
    for missing in ("/desk/attachments/2/1", "/desk/attachments/2/-1", "/desk/attachments/404/0"):
        assert (await client.get(missing)).status_code == 404


async def test_attachments_of_a_talk_with_the_bot_alone_are_not_for_agents(
    world: World, client: httpx.AsyncClient
) -> None:
    world.messenger.files["ref"] = File(PNG, "image/png")
    await world.writes(attachments=(Attachment(AttachmentKind.PHOTO, "ref"),))
    assert (await client.get("/desk/attachments/1/0")).status_code == 404
