"""Settings, connecting, the webhook and closing; and that the token gets out nowhere."""

import logging
import traceback

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs
from viberbot import Api, BotConfiguration

from bot import log
from bot.channels.channel import Channel, Hooked
from bot.channels.viber.channel import ViberChannel
from bot.channels.viber.settings import ViberSettings
from bot.errors import ChannelDown, ConfigError, OtklikError
from bot.messages import Attachment, AttachmentKind, Ignored, Outgoing
from standins.viber import How, StandInViber
from standins.viber.callbacks import Webhook
from tests.bot.channels.viber.conftest import IMPATIENT, PAYLOADS, USER, MakeChannel, Site


def test_it_is_a_channel(channel: ViberChannel, viber: StandInViber) -> None:
    port: Channel = channel
    hooked: Hooked = channel
    assert port.name == "viber"
    assert isinstance(hooked, Hooked)
    assert len(channel.account) == 16
    assert channel.account not in viber.token


def test_the_account_follows_from_the_token(make: MakeChannel) -> None:
    assert make(token=" a-token\n").account == make(token="a-token").account != make(token="another").account


async def test_a_name_is_asked_of_nobody(channel: ViberChannel, viber: StandInViber) -> None:
    assert await channel.name_of(USER) == ""
    assert viber.calls == []


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"api": "chatapi.viber.com"}, "pattern"),
        ({"public_url": "bot.example.org"}, "pattern"),
        ({"sender_name": "О" * 29}, "at most 28"),
        ({"sender_name": "  "}, "pattern"),
        ({"avatar": "http://example.org/a.png"}, "pattern"),
        ({"token": "x"}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        ViberSettings.model_validate(wrong)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in ViberSettings.model_fields.values())


@pytest.mark.parametrize("token", ["", " ", "two words", "токен", "a\nb"])
def test_a_token_that_is_none_is_refused_without_showing_it(make: MakeChannel, token: str) -> None:
    with pytest.raises(ConfigError, match="OTKLIK_VIBER_TOKEN") as refusal:
        make(token=token)
    assert not token.strip() or token not in str(refusal.value)


async def test_connecting_sets_the_webhook_and_says_who_we_are(
    channel: ViberChannel, viber: StandInViber, site: Site
) -> None:
    assert await channel.connect() == "Test Bot, webhook"
    (call,) = viber.called("set_webhook")
    assert call == {
        "url": f"{site.url}/webhooks/viber",
        "event_types": ["delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started"],
        "send_name": True,
        "send_photo": False,
    }
    assert site.events == [Ignored("webhook")]


async def test_connecting_again_leaves_the_webhook_alone(connected: ViberChannel, viber: StandInViber) -> None:
    assert await connected.connect() == "Test Bot, webhook"
    assert len(viber.called("set_webhook")) == 1


async def test_connecting_replaces_the_webhook_of_another_program(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    address = f"{site.url}/webhooks/viber"
    for stale in (Webhook("https://example.org/", ()), Webhook(address, ("delivered",))):
        viber.callbacks.webhook = stale
        await connected.connect()
        assert viber.callbacks.webhook.url == address
        assert "seen" in viber.callbacks.webhook.event_types


async def test_without_a_public_address_nothing_is_asked(make: MakeChannel, viber: StandInViber) -> None:
    with pytest.raises(ChannelDown, match=r"channels\.viber\.public_url is empty; set it"):
        await make(public_url="").connect()
    assert viber.calls == []


async def test_a_dead_token_says_what_to_do(channel: ViberChannel, viber: StandInViber) -> None:
    viber.revoke_token()
    with pytest.raises(ChannelDown, match=r"token is refused.*OTKLIK_VIBER_TOKEN"):
        await channel.connect()


async def test_an_address_that_viber_cannot_call_is_a_channel_down(channel: ViberChannel, site: Site) -> None:
    site.failures = 1
    with pytest.raises(ChannelDown, match="webhook address is not valid"):
        await channel.connect()


@pytest.mark.parametrize("how", list(How))
@pytest.mark.parametrize("method", ["get_account_info", "set_webhook"])
async def test_a_viber_that_fails_is_a_channel_down(
    make: MakeChannel, site: Site, viber: StandInViber, method: str, how: How
) -> None:
    site.channel = make(IMPATIENT)
    viber.fail_next(method, how)
    with pytest.raises(ChannelDown, match="viber") as failure:
        await site.channel.connect()
    assert failure.value.__context__ is None


async def test_inspecting_changes_nothing_and_finds_the_webhook_missing(
    channel: ViberChannel, viber: StandInViber, site: Site
) -> None:
    standing = await channel.inspect()
    assert (standing.who, standing.webhook) == ("Test Bot, subscribers: 0", "")
    assert standing.faults == (
        f"viber: it calls no address instead of {site.url}/webhooks/viber; run: otklik webhook set --channel viber",
    )
    assert viber.called("set_webhook") == []


async def test_a_standing_webhook_is_no_fault(connected: ViberChannel, viber: StandInViber, site: Site) -> None:
    await viber.phone(USER).subscribe()
    standing = await connected.inspect()
    assert (standing.who, standing.faults) == ("Test Bot, subscribers: 1", ())
    assert standing.webhook == f"{site.url}/webhooks/viber"


async def test_inspecting_finds_what_else_is_wrong(
    connected: ViberChannel, make: MakeChannel, viber: StandInViber, site: Site
) -> None:
    viber.callbacks.webhook = Webhook(f"{site.url}/webhooks/viber", ("delivered",))
    assert "every kind of event" in (await connected.inspect()).faults[0]
    assert "public_url is empty" in (await make(public_url="").inspect()).faults[0]
    viber.revoke_token()
    with pytest.raises(ChannelDown, match="OTKLIK_VIBER_TOKEN"):
        await connected.inspect()


async def test_a_webhook_can_be_set_and_deleted(channel: ViberChannel, viber: StandInViber, site: Site) -> None:
    assert await channel.set_webhook() == f"{site.url}/webhooks/viber"
    assert viber.callbacks.webhook
    await channel.delete_webhook()
    assert viber.callbacks.webhook is None


async def test_no_webhook_can_be_set_without_a_public_address(make: MakeChannel) -> None:
    with pytest.raises(ChannelDown, match="public_url"):
        await make(public_url="").set_webhook()


def test_the_library_that_quotes_the_token_is_kept_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """viberbot logs the whole request of a call that failed."""
    log.configure("debug", "console")
    api = Api(BotConfiguration(auth_token="a-secret-token", name="Otklik", avatar=""))
    api._request_sender._viber_bot_api_url = "http://127.0.0.1:1"
    with pytest.raises(Exception, match="127"):
        api.get_account_info()
    logging.getLogger("viber.bot.api").error("with payload={'auth_token': 'a-secret-token'}")
    assert "a-secret-token" not in capsys.readouterr().err


@pytest.mark.parametrize("how", list(How))
async def test_the_token_and_the_text_get_into_no_error_and_no_log(
    make: MakeChannel,
    viber: StandInViber,
    site: Site,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    how: How,
) -> None:
    caplog.set_level(logging.DEBUG)
    site.channel = channel = make(IMPATIENT)
    await channel.connect()
    await viber.phone(USER).subscribe()
    viber.world.store("1.jpg", b"x")
    for method in ("get_account_info", "set_webhook", "send_message", "media"):
        viber.fail_next(method, how, times=2, description="мой секрет")
    calls = [
        channel.connect(),
        channel.set_webhook(),
        channel.inspect(),
        channel.send(Outgoing(1, USER, "мой секрет")),
        channel.fetch(Attachment(AttachmentKind.PHOTO, f"{viber.media}/1/1.jpg")),
        channel.close(),
    ]
    told = []
    with capture_logs() as logs:
        for call in calls:
            try:
                told.append(repr(await call))
            except OtklikError as error:
                told += [repr(error), "".join(traceback.format_exception(error)), repr(error.__context__)]
    welcome = channel.parse((PAYLOADS / "conversation_started.json").read_bytes()).reply
    everything = [*told, welcome, repr(channel), str(logs), caplog.text, *capsys.readouterr()]
    for secret in (viber.token, channel._tickets.hex(), "секрет"):
        assert not any(secret in text for text in everything)
    assert len(told) > len(calls)
