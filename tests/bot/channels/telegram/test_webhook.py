"""Webhook mode: from Telegram's call through `verify` and `parse`, each update until it is stored."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.settings import SECRET_HEADER, TelegramSettings
from bot.errors import ConfigError, Untrusted
from bot.messages import Event, Ignored, Incoming, WebhookCall
from standins.pulse import Pulse
from standins.telegram import StandInTelegram
from tests.bot.channels.telegram.conftest import NOW, TIMING, make_channel

TOKEN = "100200300:one-token"


@dataclass(slots=True)
class Site:
    """Our side of /webhooks/telegram: stores, then answers 200; fails as often as told."""

    channel: TelegramChannel | None = None
    url: str = ""
    events: list[Event] = field(default_factory=list)
    failures: int = 0
    refused: int = 0
    pulse: Pulse = field(default_factory=Pulse)

    async def answer(self, request: web.Request) -> web.Response:
        assert self.channel
        call = WebhookCall({name.lower(): value for name, value in request.headers.items()}, await request.read())
        self.pulse.beat()
        try:
            self.channel.verify(call)
        except Untrusted:
            self.refused += 1
            return web.Response(status=403)
        if self.failures:
            self.failures -= 1
            return web.Response(status=500)
        parsed = self.channel.parse(call.body)
        for event in parsed.events:
            self.events.append(event)
            await self.channel.acknowledge(event)
        return web.Response(text=parsed.reply)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Incoming)]


@pytest.fixture
async def site(telegram: StandInTelegram) -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_post("/webhooks/telegram", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    site.channel = make_channel(telegram, mode="webhook", public_url=f"{site.url}/")
    yield site
    await site.channel.close()
    await runner.cleanup()


@pytest.fixture
async def channel(site: Site) -> TelegramChannel:
    assert site.channel
    await site.channel.connect()
    return site.channel


async def test_connecting_tells_telegram_where_to_call(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    (call,) = telegram.called("setWebhook")
    assert call.text("url").endswith("/webhooks/telegram")
    assert "//webhooks" not in call.text("url")
    assert len(call.text("secret_token")) == 64
    assert call.json("allowed_updates") == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert not call.flag("drop_pending_updates")


async def test_messages_come_in_order_and_what_waited_comes_too(telegram: StandInTelegram, site: Site) -> None:
    assert site.channel
    await telegram.phone(1).write("раз")
    await site.channel.connect()
    await telegram.phone(1).write("два")
    await telegram.phone(1).write("три")
    await site.pulse.until(lambda: len(site.texts) == 3, 5)
    assert site.texts == ["раз", "два", "три"]


async def test_a_message_we_could_not_store_comes_again(
    channel: TelegramChannel, telegram: StandInTelegram, site: Site
) -> None:
    site.failures = 2
    await telegram.phone(1).write("раз")
    await telegram.phone(1).write("два")
    await telegram.world.pulse.until(lambda: not telegram.updates.pending, 5)
    assert site.texts == ["раз", "два"]
    assert telegram.updates.webhook.last_error == "Wrong response from the webhook: 500 Internal Server Error"


async def test_an_unreadable_update_does_not_hold_its_chat_up(
    channel: TelegramChannel, telegram: StandInTelegram, site: Site
) -> None:
    telegram.updates.put("message", {"message_id": "no number", "chat": {"id": 1}, "text": "мой секрет"})
    await telegram.phone(1).write("раз")
    with capture_logs() as logs:
        await site.pulse.until(lambda: site.texts, 5)
    assert site.events[0] == Ignored("unreadable")
    assert [log["event"] for log in logs] == ["telegram_update_unreadable"]
    assert "секрет" not in str(logs)


async def test_a_pressed_button_stops_spinning(channel: TelegramChannel, telegram: StandInTelegram, site: Site) -> None:
    phone = telegram.phone(1)
    await phone.start()
    keyboard = {"inline_keyboard": [[{"text": "Тарифы", "callback_data": "17:0"}]]}
    telegram.world.message(phone.chat, telegram.world.bot, text="Что выбрать?", reply_markup=keyboard)
    await phone.press("Тарифы")
    await phone.sees(lambda phone: not phone.spinning)


async def test_a_call_without_the_secret_is_refused(
    channel: TelegramChannel, telegram: StandInTelegram, site: Site
) -> None:
    telegram.updates.webhook.secret = "guessed"
    await telegram.phone(1).write("раз")
    await site.pulse.until(lambda: site.refused, 5)
    assert site.events == []


async def test_listening_returns_at_once(channel: TelegramChannel, telegram: StandInTelegram, site: Site) -> None:
    async def accept(_event: Event) -> None: ...

    await asyncio.wait_for(channel.listen(accept), 1)
    assert telegram.called("getUpdates") == []


async def test_polling_again_takes_the_webhook_away_and_loses_nothing(
    channel: TelegramChannel, telegram: StandInTelegram, site: Site
) -> None:
    site.failures = 1_000_000
    await telegram.phone(1).write("раз")
    polling = make_channel(telegram)
    assert await polling.connect() == "@test_operator_bot, polling"
    await polling.close()
    assert telegram.updates.webhook.url == ""
    assert len(telegram.updates.pending) == 1


def test_the_secret_follows_from_the_token_and_can_be_chosen() -> None:
    def secret(token: str, chosen: str = "") -> str:
        return TelegramChannel(TelegramSettings(), token, chosen, timing=TIMING, now=lambda: NOW)._secret

    assert secret(TOKEN) == secret(f" {TOKEN}\n") != secret(TOKEN + "x")
    assert len(secret(TOKEN)) == 64
    assert secret(TOKEN, "a-secret") == "a-secret"


@pytest.mark.parametrize("secret", ["секрет", "two words", "x" * 257, "a\n"])
def test_a_secret_telegram_would_refuse_is_refused_at_once(secret: str) -> None:
    with pytest.raises(ConfigError, match="OTKLIK_TELEGRAM_WEBHOOK_SECRET"):
        TelegramChannel(TelegramSettings(), TOKEN, secret)


def test_the_secret_is_compared_whole() -> None:
    channel = TelegramChannel(TelegramSettings(), TOKEN, "a-secret")
    channel.verify(WebhookCall({SECRET_HEADER: "a-secret"}, b""))
    with pytest.raises(Untrusted):
        channel.verify(WebhookCall({SECRET_HEADER: "a-secret2"}, b""))
