"""An agent sends files to a subscriber."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.dialogue.conversation import Status
from bot.messages import Attachment, Audience, Author
from bot.storage import conversations, outbox
from bot.storage.files import Upload, folder_of
from bot.storage.tables import messages
from bot.storage.values import attachments_from_json
from handoff import wording
from handoff.errors import Barred, NotHeld, Unacceptable, WrongStatus
from handoff.reach import LARGEST_FILE
from tests.handoff.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
KEY = "key-0001"


def picture(content: bytes = PNG) -> Upload:
    return Upload("снимок.exe", io.BytesIO(content))


async def sent(world: World, conversation_id: int) -> list[Attachment]:
    """The files of agents in the conversation."""
    query = select(messages.c.attachments).where(
        messages.c.conversation_id == conversation_id, messages.c.author == Author.AGENT.value
    )
    async with world.database.reading() as connection:
        rows = list((await connection.execute(query.order_by(messages.c.id))).scalars())
    return [attachment for row in rows for attachment in attachments_from_json(row)]


async def test_a_file_is_kept_with_the_subscribers_own_and_waits_for_delivery(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await world.desk.take(agent, conversation_id)
    await world.delivered(conversation_id)
    world.changed.clear()
    await world.file_desk.send(agent, conversation_id, picture(), KEY)
    assert world.changed == [conversation_id]
    async with world.database.reading() as connection:
        pending = await outbox.oldest_undelivered(connection, conversation_id)
        sender = (await conversations.load(connection, conversation_id)).sender
    assert pending
    assert pending.message.attachment
    assert (pending.message.author, pending.message.agent_name) == (Author.AGENT, agent.name)
    assert (pending.message.text, pending.message.attachment.name) == ("", "снимок.png")
    assert pending.message.attachment.kept.startswith(f"{folder_of(sender)}/")
    file = world.files.read(pending.message.attachment.kept)
    assert file
    assert file.content == PNG


async def test_the_same_file_sent_again_is_one_message_also_at_once_and_after_the_close(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await world.desk.take(agent, conversation_id)
    await asyncio.gather(*(world.file_desk.send(agent, conversation_id, picture(), KEY) for _ in range(3)))
    await world.desk.close(agent, conversation_id)
    await world.file_desk.send(agent, conversation_id, picture(), KEY)
    assert len(await sent(world, conversation_id)) == 1


async def test_a_text_and_a_file_with_keys_of_their_own_go_in_the_order_they_were_sent(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await world.desk.take(agent, conversation_id)
    await world.desk.reply(agent, conversation_id, text="Вот схема:", client_key=KEY)
    await world.file_desk.send(agent, conversation_id, picture(), "key-0002")
    assert (await world.said(conversation_id))[1:] == ["Вот схема:", ""]
    assert len(await sent(world, conversation_id)) == 1


async def test_only_the_holder_sends_files(world: World) -> None:
    holder, other = await world.agent("holder"), await world.agent("other")
    conversation_id = await world.queued()
    with pytest.raises(WrongStatus):
        await world.file_desk.send(holder, conversation_id, picture(), KEY)
    await world.desk.take(holder, conversation_id)
    with pytest.raises(NotHeld):
        await world.file_desk.send(other, conversation_id, picture(), KEY)
    assert not await sent(world, conversation_id)


@pytest.mark.parametrize(
    ("content", "largest", "words"),
    [
        (PNG, 0, "мессенджер файлы не принимает"),
        (PNG + b"\0" * 1024 * 1024, 1024 * 1024, "больше 1 МБ"),
        (b"MZ\x90\0", 1024 * 1024, "Файл такого типа не отправить"),
        (b"", 1024 * 1024, "Файл такого типа не отправить"),
    ],
)
async def test_what_cannot_go_is_refused_in_words(world: World, content: bytes, largest: int, words: str) -> None:
    agent = await world.agent()
    conversation_id = await world.queued()
    await world.desk.take(agent, conversation_id)
    world.messenger.largest = largest
    with pytest.raises(Unacceptable) as refused:
        await world.file_desk.send(agent, conversation_id, picture(content), KEY)
    assert words in refused.value.reason
    assert not await sent(world, conversation_id)


async def test_where_the_law_bars_us_nothing_is_sent_and_acts_are_silent(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued(channel="abroad")
    before = await world.reader.history(agent, conversation_id)
    await world.desk.take(agent, conversation_id)
    with pytest.raises(Barred):
        await world.desk.reply(agent, conversation_id, text="Здравствуйте!", client_key=KEY)
    with pytest.raises(Barred):
        await world.file_desk.send(agent, conversation_id, picture(), KEY)
    opened = await world.reader.history(agent, conversation_id, after=before.cursor)
    assert (opened.conversation.barred, opened.conversation.mine) == (wording.BARRED, True)
    assert opened.cursor != before.cursor  # pages hear of an act that says nothing
    await world.desk.close(agent, conversation_id)
    assert await world.said(conversation_id) == []
    assert (await world.conversation(conversation_id)).status is Status.CLOSED


async def test_a_business_may_be_advised_where_private_persons_may_not(world: World) -> None:
    agent = await world.agent()
    conversation_id = await world.queued(channel="abroad")
    async with world.database.work() as connection:
        await conversations.mark_business(connection, conversation_id)
    assert (await world.conversation(conversation_id)).audience is Audience.BUSINESS
    await world.desk.take(agent, conversation_id)
    await world.desk.reply(agent, conversation_id, text="Здравствуйте!", client_key=KEY)
    assert (await world.said(conversation_id))[-1] == "Здравствуйте!"


async def held(world: World, client: httpx.AsyncClient) -> str:
    """The address for files of a conversation that the client's agent holds."""
    conversation_id = await world.queued()
    await client.post(f"/desk/api/conversations/{conversation_id}/take")
    return f"/desk/api/conversations/{conversation_id}/files"


def form(content: bytes = PNG, name: str = "снимок.png") -> dict[str, Any]:
    return {"file": (name, io.BytesIO(content), "text/html")}


async def test_a_file_over_http_is_shown_in_the_agents_own_history(world: World, client: httpx.AsyncClient) -> None:
    address = await held(world, client)
    for _ in range(2):
        response = await client.post(address, params={"key": KEY}, files=form())
        assert (response.status_code, response.json()) == (200, {"done": True})
    opened = (await client.get(address.replace("/files", "/messages"))).json()
    message = opened["messages"][-1]
    assert (message["author"], message["html"], message["key"]) == ("agent", "", KEY)
    (attachment,) = message["attachments"]
    assert (attachment["kind"], attachment["title"], attachment["fault"]) == ("photo", "снимок.png", "")
    shown = await client.get(attachment["url"])
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")


async def test_a_file_needs_the_token_in_a_header_and_a_key(world: World, client: httpx.AsyncClient) -> None:
    address = await held(world, client)
    for key in ("", "short", "key 0001", "k" * 41):
        assert (await client.post(address, params={"key": key}, files=form())).status_code == 422
    token = client.headers.pop("X-CSRF-Token")
    refused = await client.post(address, params={"key": KEY}, files=form(), data={"csrf": token})
    assert refused.status_code == 403
    assert not await sent(world, 1)


async def test_a_form_that_is_no_form_or_too_much_is_refused_in_words(world: World, client: httpx.AsyncClient) -> None:
    address = await held(world, client)
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for content in (b"", b"--x", b"--x--", b"--x\r\n\r\n\r\n--x--"):
        response = await client.post(address, params={"key": KEY}, content=content, headers=kind)
        assert (response.status_code, response.json()["error"][:16]) == (422, "Файл не дошёл це")
    response = await client.post(address, params={"key": KEY}, files=form(b"\0" * (LARGEST_FILE + 100_000)))
    assert (response.status_code, "20 МБ" in response.json()["error"]) == (413, True)
    assert not await sent(world, 1)


async def test_a_body_longer_than_it_said_is_cut_off_while_it_streams_in(
    world: World, client: httpx.AsyncClient
) -> None:
    address = await held(world, client)
    given = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal given
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG
        for _ in range(60):
            given += 1
            yield b"\0" * 1024 * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "100"}
    response = await client.post(address, params={"key": KEY}, content=body(), headers=headers)
    assert (response.status_code, "больше 20 МБ" in response.json()["error"]) == (422, True)
    assert not await sent(world, 1)


async def test_a_large_body_is_read_for_no_other_call(client: httpx.AsyncClient) -> None:
    response = await client.post("/desk/api/conversations/1/reply", files=form(b"\0" * 100_000))
    assert response.status_code == 413
