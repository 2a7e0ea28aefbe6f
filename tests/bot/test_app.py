"""The parts joined: what only the composition can get wrong."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.app import App, build, running
from bot.channels.registry import KINDS
from bot.config import Config, Secrets
from bot.errors import Unreachable
from bot.messages import Attachment, AttachmentKind, File, Incoming, IncomingKind, Sender
from bot.storage import attachments
from knowledge.library import Library
from nlu.batcher import Batcher
from tests.knowledge.content import Content, SpellingEncoder
from tests.support.channel import FakeChannel
from tests.support.clock import MORNING

KEY = "a-key-of-the-tests"
TOKEN = "a-token-of-the-tests"
PHOTO = Attachment(AttachmentKind.PHOTO, "photo")
NOBODY = "http://127.0.0.1:1"
GREETING = "Здравствуйте"
POINTER = "не можем консультировать"

Build = Callable[..., App]


@pytest.fixture
async def library(tmp_path: Path) -> Library:
    encoder = SpellingEncoder()
    return await Library.open(Content(tmp_path / "knowledge").folder, tmp_path / "index", encoder, Batcher(encoder))


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel("telegram", files={"photo": File(b"\x89PNG\r\n\x1a\n", "image/png")})


@pytest.fixture
def make(tmp_path: Path, library: Library) -> Build:
    """An app over one database; blocks of `channels` differ from the defaults."""

    def make(*channels: FakeChannel, **blocks: object) -> App:
        settings = {"files": tmp_path / "files", "dialogue": {"menu": ["market.sell"]}, "channels": blocks}
        secrets = Secrets(
            database_url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/otklik.db"),
            business_key=SecretStr(KEY),
            viber_token=SecretStr(TOKEN),
        )
        given = {channel.name: channel for channel in channels}
        return build(Config.model_validate(settings), secrets, library, given or None)

    return make


def written(external_id: str, text: str, **rest: object) -> Incoming:
    return Incoming(external_id, Sender("telegram", "bot", "1", "Абонент"), IncomingKind.TEXT, MORNING, text, **rest)  # type: ignore[arg-type]  # fields of Incoming


async def heard(app: App, channel: FakeChannel, message: Incoming) -> str:
    await app.inbox.accept(message)
    await app.settled()
    return channel.texts[-1]


async def test_a_file_that_does_not_come_holds_up_neither_answers_nor_the_end_and_is_fetched_by_the_next_process(
    make: Build, channel: FakeChannel
) -> None:
    channel.fetch_failures = [Unreachable("no route") for _ in range(1000)]
    app = make(channel)
    async with running(app):
        await heard(app, channel, written("1", "", attachments=(PHOTO,)))
        assert app.collector.lanes.busy == 1
    channel.fetch_failures.clear()
    again = make(channel)
    async with running(again):
        await again.collector.lanes.settle()
        async with again.database.reading() as connection:
            assert await attachments.conversations_to_collect(connection) == []
    assert len(channel.sent) == 1


async def test_a_channel_that_breaks_at_the_end_leaves_nothing_open(make: Build, channel: FakeChannel) -> None:
    class Broken(FakeChannel):
        async def close(self) -> None:
            raise RuntimeError("broken at the end")

    app = make(Broken("vk"), channel)
    with pytest.raises(RuntimeError, match="broken at the end"):
        async with running(app):
            await heard(app, channel, written("1", "привет"))
    assert channel.is_closed


async def test_the_law_switch_and_the_link_of_companies_reach_every_part(make: Build, channel: FakeChannel) -> None:
    app = make(channel, telegram={"allowed_for": ["business"]})
    async with running(app):
        pointer = await heard(app, channel, written("1", "привет"))
        assert POINTER in pointer
        assert "Чат на сайте" in pointer
        assert "Telegram" not in pointer
        assert GREETING in await heard(app, channel, written("2", "привет", referral=KEY))


async def test_a_messenger_that_is_off_is_not_pointed_to(make: Build, channel: FakeChannel) -> None:
    app = make(channel, telegram={"allowed_for": []}, web={"enabled": False})
    async with running(app):
        pointer = await heard(app, channel, written("1", "привет"))
    assert not any(KINDS[name].title in pointer for name in ("telegram", "web", "vk"))
    assert "Viber" in pointer


@pytest.mark.parametrize(("allowed_for", "welcome"), [(["private", "business"], GREETING), (["business"], POINTER)])
async def test_the_welcome_of_a_messenger_that_wants_it_at_once_follows_the_law(
    make: Build, allowed_for: list[str], welcome: str
) -> None:
    app = make(viber={"allowed_for": allowed_for, "public_url": "https://bot.example.org", "api": NOBODY})
    opened = Path(__file__).parent / "channels/viber/payloads/conversation_started.json"
    sign = KINDS["viber"].sign
    assert sign
    call = sign(opened.read_bytes(), {"viber_token": TOKEN})
    async with running(app), httpx.AsyncClient(transport=httpx.ASGITransport(app.web), base_url="http://bot") as viber:
        answer = await viber.post("/webhooks/viber", content=call.body, headers=dict(call.headers))
    assert welcome in json.loads(answer.text)["text"]


async def test_a_messenger_that_cannot_be_made_is_down_and_the_others_work(make: Build) -> None:
    """Its token is set and its address is not."""
    app = make(viber={"public_url": ""})
    async with running(app):
        transport = httpx.ASGITransport(app.web)
        async with httpx.AsyncClient(transport=transport, base_url=NOBODY) as client:
            for _ in range(200):
                channels = (await client.get("/health")).json()["channels"]
                if (channels["viber"]["state"], channels["web"]["state"]) == ("down", "up"):
                    break
                await asyncio.sleep(0.01)
            assert "public_url" in channels["viber"]["note"]
            assert channels["web"]["state"] == "up"
            assert (await client.post("/webhooks/viber", content=b"{}")).status_code == 403
