"""A messenger that calls us: no way in without its secret or signature, and no harm from a broken call."""

from pathlib import Path

import httpx
import pytest

from bot.channels.registry import KINDS
from bot.config import Secrets
from tests.stories.conftest import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAYLOADS = Path(__file__).parents[1] / "bot" / "channels"


@pytest.fixture(params=["telegram webhook", "vk webhook", "viber webhook"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def payload(channel: str) -> bytes:
    return (PAYLOADS / channel / "payloads" / "text.json").read_bytes()


async def test_a_forged_call_is_refused_and_changes_nothing(stage: Stage, channel: str) -> None:
    subscriber = await stage.subscriber(channel)
    await subscriber.write("как узнать баланс")
    await subscriber.hears("*105#")
    async with httpx.AsyncClient(base_url=stage.bot.url) as stranger:
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "x"}, {"X-Viber-Content-Signature": "0" * 64}):
            answer = await stranger.post(f"/webhooks/{channel}", content=payload(channel), headers=headers)
            assert answer.status_code == 403
        assert (await stranger.post("/webhooks/nobody", content=b"{}")).status_code == 404
    await stage.bot.app.settled()
    assert sum("*105#" in heard.text for heard in subscriber.heard) == 1


async def test_a_signed_call_with_a_broken_body_is_refused_cleanly(stage: Stage, channel: str) -> None:
    sign = KINDS[channel].sign
    assert sign
    secrets = _plain(stage.messengers.secrets(channel))
    whole = payload(channel)
    async with httpx.AsyncClient(base_url=stage.bot.url) as stranger:
        for body in (b"", b"{", whole[: len(whole) // 2], b"null", b"\xff", b"[]", b"{}"):
            call = sign(body, secrets)
            answer = await stranger.post(f"/webhooks/{channel}", content=call.body, headers=dict(call.headers))
            assert answer.status_code in (200, 400, 403), body
    subscriber = await stage.subscriber(channel)
    await subscriber.write("как узнать баланс")
    await subscriber.hears("*105#")


def _plain(secrets: Secrets) -> dict[str, str]:
    return {name: secret.get_secret_value() for name, secret in secrets}
