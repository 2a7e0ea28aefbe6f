"""What Telegram knows of our webhook, and changing it: for `otklik check --live` and `otklik webhook`."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.types import User, WebhookInfo

from bot.channels.channel import Hooked, Standing
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.settings import TelegramSettings
from bot.channels.telegram.standing import standing
from bot.errors import ChannelDown
from standins.telegram import How, StandInTelegram
from tests.bot.channels.telegram.conftest import NOW, make_channel

SITE = "https://bot.example.org"
OURS = f"{SITE}/webhooks/telegram"
TOKEN = "100200300:a-token_of-no-bot"
ME = User(id=100200300, is_bot=True, first_name="Test Bot", username="test_operator_bot")
POLLING, WEBHOOK = TelegramSettings(), TelegramSettings(mode="webhook", public_url=f"{SITE}/")


def told(settings: TelegramSettings, url: str = "", **more: Any) -> Standing:
    fields = {"url": url, "has_custom_certificate": False, "pending_update_count": 0, **more}
    return standing(ME, WebhookInfo.model_validate(fields), settings, now=NOW, token=TOKEN)


def failed(ago: timedelta, pending: int = 0) -> dict[str, Any]:
    at = int((NOW - ago).timestamp())
    return {
        "last_error_date": at,
        "last_error_message": "Connection timed out",
        "pending_update_count": pending,
    }


@pytest.fixture
async def hooked(telegram: StandInTelegram) -> AsyncIterator[TelegramChannel]:
    channel = make_channel(telegram, mode="webhook", public_url=SITE)
    yield channel
    await channel.close()


def test_all_is_well_when_the_webhook_is_as_the_mode_wants_it() -> None:
    assert told(POLLING) == Standing("@test_operator_bot, 0 updates wait")
    assert told(WEBHOOK, OURS, pending_update_count=3) == Standing("@test_operator_bot, 3 updates wait", OURS)


def test_polling_beside_a_webhook_is_a_fault_with_its_cure() -> None:
    (fault,) = told(POLLING, "https://another.example.org/x").faults
    assert "https://another.example.org/x" in fault
    assert "another program" in fault
    assert "otklik webhook delete --channel telegram" in fault


def test_polling_beside_our_own_webhook_is_no_other_programs() -> None:
    (fault,) = told(TelegramSettings(public_url=SITE), OURS).faults
    assert "another program" not in fault


@pytest.mark.parametrize(("url", "shown"), [("", "no address"), ("https://a.example.org", "https://a.example.org")])
def test_another_webhook_or_none_is_a_fault_with_its_cure(url: str, shown: str) -> None:
    (fault,) = told(WEBHOOK, url, **failed(timedelta(minutes=1))).faults
    assert f"calls {shown} instead of {OURS}" in fault
    assert "otklik webhook set --channel telegram" in fault


def test_a_webhook_that_tells_too_little_is_a_fault() -> None:
    (fault,) = told(WEBHOOK, OURS, allowed_updates=["message", "my_chat_member", "poll"]).faults
    assert "does not tell us of callback_query, edited_message" in fault


@pytest.mark.parametrize(
    ("minutes", "pending", "is_fault"), [(9, 0, True), (11, 0, False), (11, 2, True), (61, 2, False)]
)
def test_a_failed_call_is_a_fault_while_it_is_fresh_or_updates_still_wait(
    minutes: int, pending: int, is_fault: bool
) -> None:
    faults = told(WEBHOOK, OURS, **failed(timedelta(minutes=minutes), pending)).faults
    assert bool(faults) == is_fault
    assert all("Connection timed out" in fault and "UTC" in fault for fault in faults)


def test_a_webhook_with_our_token_in_its_address_does_not_show_it() -> None:
    url = f"https://another.example.org/{TOKEN}?again={TOKEN.replace(':', '%3A')}"
    shown = told(POLLING, url, last_error_message=f"no {url}")
    assert "a-token_of-no-bot" not in str(shown)
    assert "https://another.example.org/100200300:…?again=100200300%3A…" in shown.webhook


async def test_the_channel_can_be_hooked(channel: TelegramChannel) -> None:
    assert isinstance(channel, Hooked)


async def test_inspecting_asks_and_changes_nothing(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    telegram.updates.set_webhook("https://another.example.org/x", "")
    seen = await channel.inspect()
    assert seen.webhook == "https://another.example.org/x"
    assert [call.method for call in telegram.calls] == ["getMe", "getWebhookInfo"]
    assert telegram.updates.webhook.url


async def test_a_webhook_is_set_even_in_polling_mode_and_drops_nothing(telegram: StandInTelegram) -> None:
    channel = make_channel(telegram, public_url=SITE)
    await telegram.phone(42).write("раз")
    assert await channel.set_webhook() == OURS
    assert (telegram.updates.webhook.url, len(telegram.updates.pending)) == (OURS, 1)
    await channel.delete_webhook()
    assert (telegram.updates.webhook.url, len(telegram.updates.pending)) == ("", 1)
    await channel.close()


async def test_a_webhook_that_was_set_is_what_is_wanted(hooked: TelegramChannel) -> None:
    await hooked.set_webhook()
    assert await hooked.inspect() == Standing("@test_operator_bot, 0 updates wait", OURS)


async def test_without_a_public_address_there_is_no_webhook(
    channel: TelegramChannel, telegram: StandInTelegram
) -> None:
    with pytest.raises(ChannelDown, match=r"channels\.telegram\.public_url is empty; set it"):
        await channel.set_webhook()
    assert telegram.calls == []


async def test_updates_that_cannot_be_delivered_are_told(hooked: TelegramChannel, telegram: StandInTelegram) -> None:
    await hooked.set_webhook()
    telegram.updates.webhook.last_error = "Wrong response from the webhook: 502 Bad Gateway"
    telegram.updates.webhook.last_error_at = int(datetime(2025, 10, 9, 11, 55, tzinfo=UTC).timestamp())
    (fault,) = (await hooked.inspect()).faults
    assert "at 2025-10-09 11:55 UTC" in fault
    assert "502 Bad Gateway" in fault


async def test_a_dead_token_says_what_to_do(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    telegram.revoke_token()
    for call in (channel.inspect, channel.delete_webhook):
        with pytest.raises(ChannelDown, match=r"token is refused.*@BotFather"):
            await call()


@pytest.mark.parametrize("how", list(How))
@pytest.mark.parametrize(
    ("method", "name"),
    [("getWebhookInfo", "inspect"), ("setWebhook", "set_webhook"), ("deleteWebhook", "delete_webhook")],
)
async def test_a_telegram_that_fails_is_a_channel_down(
    impatient: TelegramChannel, telegram: StandInTelegram, how: How, method: str, name: str
) -> None:
    channel = make_channel(telegram, impatient._timing, public_url=SITE)
    telegram.fail_next(method, how)
    with pytest.raises(ChannelDown, match="telegram"):
        await getattr(channel, name)()
    await channel.close()


async def test_an_unreachable_telegram_says_what_to_do(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    await telegram.stop()
    with pytest.raises(ChannelDown, match=r"check the network and channels\.telegram\.api"):
        await channel.inspect()


async def test_a_telegram_that_asks_to_wait_is_down_for_now(
    channel: TelegramChannel, telegram: StandInTelegram
) -> None:
    telegram.fail_next("getMe", status=429, retry_after=3)
    with pytest.raises(ChannelDown, match="telegram: the messenger asks to wait 3 s"):
        await channel.connect()
