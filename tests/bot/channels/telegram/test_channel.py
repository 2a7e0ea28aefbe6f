"""Settings, connecting and closing; and that the token gets out nowhere."""

import logging
import traceback

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from bot.channels.channel import Channel
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.settings import TelegramSettings
from bot.errors import ChannelDown, ConfigError, OtklikError
from bot.messages import Attachment, AttachmentKind, File, Incoming, IncomingKind, Outgoing, Sender
from standins.telegram import How, StandInTelegram
from standins.telegram.world import StoredFile
from tests.bot.channels.telegram.conftest import IMPATIENT, NOW, make_channel

SENDER = Sender("telegram", "100200300", "42")


def test_it_is_a_channel(channel: TelegramChannel) -> None:
    port: Channel = channel
    assert port.name == "telegram"
    assert channel.account == "100200300"


def test_the_defaults_need_no_public_address() -> None:
    assert TelegramSettings() == TelegramSettings(enabled=True, mode="polling", api="https://api.telegram.org")


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"mode": "webhook"}, "public_url is empty"),
        ({"mode": "push"}, "'polling' or 'webhook'"),
        ({"api": "api.telegram.org"}, "pattern"),
        ({"public_url": "bot.example.org"}, "pattern"),
        ({"token": "x"}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        TelegramSettings.model_validate(wrong)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in TelegramSettings.model_fields.values())


@pytest.mark.parametrize("token", ["", "x", "7654321", ":abc", "123:", "123:a b", "abc:def", "1:abc:def", "1:a/../b"])
def test_a_token_of_another_shape_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ConfigError, match="@BotFather") as refusal:
        TelegramChannel(TelegramSettings(), token)
    assert len(token) < 3 or token not in str(refusal.value)


async def test_connecting_says_who_we_are_and_how(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    assert await channel.connect() == "@test_operator_bot, polling"
    assert not telegram.called("deleteWebhook")[0].flag("drop_pending_updates")


async def test_a_dead_token_says_what_to_do(channel: TelegramChannel, telegram: StandInTelegram) -> None:
    telegram.revoke_token()
    with pytest.raises(ChannelDown, match=r"token is refused.*@BotFather.*OTKLIK_TELEGRAM_TOKEN"):
        await channel.connect()


@pytest.mark.parametrize("how", list(How))
async def test_a_telegram_that_fails_is_a_channel_down(
    impatient: TelegramChannel, telegram: StandInTelegram, how: How
) -> None:
    telegram.fail_next("getMe", how)
    with pytest.raises(ChannelDown, match="telegram"):
        await impatient.connect()


async def test_a_webhook_telegram_refuses_is_a_channel_down(telegram: StandInTelegram) -> None:
    channel = make_channel(telegram, mode="webhook", public_url="http://bot.example.org")
    with pytest.raises(ChannelDown, match=r"HTTPS URL must be provided.*mend channels\.telegram\.public_url"):
        await channel.connect()
    await channel.close()


async def test_closing_does_not_wait_for_long_for_a_press_to_be_answered(telegram: StandInTelegram) -> None:
    channel = make_channel(telegram)
    telegram.fail_next("answerCallbackQuery", How.HANG)
    channel._acknowledge_soon(Incoming("cb:1", SENDER, IncomingKind.PRESS, NOW, press="17:0"))
    await channel.close()
    assert not channel._acknowledging


@pytest.mark.parametrize("how", list(How))
async def test_the_token_and_the_text_get_into_no_error_and_no_log(
    telegram: StandInTelegram, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], how: How
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = make_channel(telegram, IMPATIENT)
    await telegram.phone(42).start()
    telegram.world.files["f"] = StoredFile("photos/file_1.jpg", b"x")
    named = ("getMe", "sendMessage", "sendDocument", "sendChatAction", "getFile", "file", "answerCallbackQuery")
    for method in (*named, "deleteWebhook"):
        telegram.fail_next(method, how, times=2)
    bill = File("мой секрет".encode(), "text/plain", "мой секрет.txt")
    calls = [
        channel.connect(),
        channel.inspect(),
        channel.delete_webhook(),
        channel.send(Outgoing(1, "42", "мой секрет")),
        channel.send(Outgoing(1, "42", "", attachment=Attachment(AttachmentKind.DOCUMENT), file=bill)),
        channel.fetch(Attachment(AttachmentKind.PHOTO, "f")),
        channel.fetch(Attachment(AttachmentKind.PHOTO, "f")),
        channel.fetch(Attachment(AttachmentKind.PHOTO, "f")),
        channel.show_typing("42"),
        channel.acknowledge(Incoming("cb:1", SENDER, IncomingKind.PRESS, NOW)),
        channel.close(),
    ]
    told = []
    with capture_logs() as logs:
        for call in calls:
            try:
                told.append(repr(await call))
            except OtklikError as error:
                told += [repr(error), "".join(traceback.format_exception(error)), repr(error.__context__)]
    everything = [*told, repr(channel), str(logs), caplog.text, *capsys.readouterr()]
    for secret in (telegram.token, telegram.token.partition(":")[2], channel._secret, "секрет"):
        assert not any(secret in text for text in everything)
    assert len(told) > len(calls)
