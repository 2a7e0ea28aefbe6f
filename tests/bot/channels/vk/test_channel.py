"""Settings, connecting, what VK says of us, and closing; and that the token gets out nowhere."""

import logging
import traceback

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from bot.channels.channel import Channel, Hooked
from bot.channels.vk.channel import VkChannel
from bot.channels.vk.settings import VkSettings, secret_for, with_secret
from bot.errors import ChannelDown, ConfigError, OtklikError
from bot.messages import Attachment, AttachmentKind, File, Incoming, IncomingKind, Outgoing, Sender
from standins.vk import How, Phone, StandInVk
from tests.bot.channels.vk.conftest import IMPATIENT, NOW, KeptCursors, make_channel

SENDER = Sender("vk", "222333444", "42")
PRESS = Incoming("cb:1", SENDER, IncomingKind.PRESS, NOW, press="17:0")


def test_it_is_a_channel(channel: VkChannel) -> None:
    port: Channel = channel
    assert port.name == "vk"
    assert channel.account == "222333444"
    assert isinstance(channel, Hooked)


def test_the_defaults_need_no_public_address() -> None:
    assert VkSettings() == VkSettings(enabled=True, mode="polling", api="https://api.vk.ru")


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"mode": "webhook"}, "public_url is empty"),
        ({"mode": "push"}, "'polling' or 'webhook'"),
        ({"api": "api.vk.ru"}, "pattern"),
        ({"public_url": "bot.example.org"}, "pattern"),
        ({"token": "x"}, "Extra inputs"),
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        VkSettings.model_validate(wrong)


def test_every_setting_is_described() -> None:
    assert all(field.description for field in VkSettings.model_fields.values())


@pytest.mark.parametrize("token", ["", "x", "vk1.a.with a space in the middle", "vk1.a.секретный-ключ-сообщества"])
def test_a_token_of_another_shape_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ConfigError, match="OTKLIK_VK_TOKEN") as refusal:
        VkChannel(VkSettings(), token, "", KeptCursors())
    assert len(token) < 3 or token not in str(refusal.value)


def test_a_secret_is_made_of_the_token_and_fits_vk() -> None:
    made = secret_for("vk1.a.token", "")
    assert made == secret_for(" vk1.a.token\n", "")
    assert made.isalnum()
    assert len(made) == 50
    assert secret_for("vk1.a.token", "given1") == "given1"
    for wrong in ("a" * 51, "with-dash", "секрет", "a b"):
        with pytest.raises(ConfigError, match="OTKLIK_VK_WEBHOOK_SECRET"):
            secret_for("vk1.a.token", wrong)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_not_signed(body: bytes) -> None:
    assert with_secret(body, "secret") == body


async def test_connecting_says_who_we_are_and_switches_long_poll_on(vk: StandInVk) -> None:
    vk.longpoll.kinds = {"message_new", "wall_post_new"}
    channel = make_channel(vk)
    assert await channel.connect() == "club222333444, polling"
    assert vk.longpoll.enabled
    assert vk.longpoll.kinds == {
        "message_new",
        "message_event",
        "message_allow",
        "message_deny",
        "message_read",
        "wall_post_new",
    }
    await channel.connect()
    assert len(vk.called("groups.setLongPollSettings")) == 1
    await channel.close()


async def test_a_token_without_the_right_to_settings_connects_and_says_so(vk: StandInVk) -> None:
    vk.world.scopes = {"messages"}
    channel = make_channel(vk)
    with capture_logs() as logs:
        assert await channel.connect() == "club222333444, polling"
    assert [log["event"] for log in logs] == ["vk_long_poll_not_checked"]
    assert "community management" in logs[0]["reason"]
    await channel.close()


async def test_a_dead_token_says_what_to_do(vk: StandInVk) -> None:
    vk.revoke_token()
    channel = make_channel(vk)
    with pytest.raises(ChannelDown, match=r"token is refused.*OTKLIK_VK_TOKEN"):
        await channel.connect()
    await channel.close()


@pytest.mark.parametrize("answer", [{"groups": [], "profiles": []}, [], None, 7, {"groups": [{"id": "7"}]}])
async def test_a_token_of_a_person_says_what_to_do(vk: StandInVk, answer: object) -> None:
    async def nobody(_params: object) -> object:
        return answer

    vk.answer_with("groups.getById", nobody)
    channel = make_channel(vk)
    with pytest.raises(ChannelDown, match="not a community's"):
        await channel.connect()
    await channel.close()


@pytest.mark.parametrize("how", list(How))
@pytest.mark.parametrize("method", ["groups.getById", "groups.getLongPollSettings"])
async def test_a_vk_that_fails_is_a_channel_down(impatient: VkChannel, vk: StandInVk, how: How, method: str) -> None:
    vk.fail_next(method, how, times=5)
    with pytest.raises(ChannelDown, match="vk"):
        await impatient.connect()


async def test_nothing_is_wrong_with_a_connected_community(channel: VkChannel) -> None:
    standing = await channel.inspect()
    assert standing.who == "club222333444"
    assert standing.webhook == ""
    assert standing.faults == ()


async def test_inspecting_changes_nothing_and_tells_what_is_wrong(vk: StandInVk) -> None:
    vk.world.scopes = {"manage", "messages"}
    polling = make_channel(vk)
    webhook = make_channel(vk, mode="webhook", public_url="https://bot.example.org")
    assert [fault.partition(";")[0] for fault in (await polling.inspect()).faults] == [
        "vk: the token lacks the rights: photos, docs",
        "vk: Long Poll is off or tells too little",
    ]
    assert any(
        "no callback server of ours" in fault and "otklik webhook set --channel vk" in fault
        for fault in (await webhook.inspect()).faults
    )
    vk.world.scopes = {"messages"}
    assert len((await polling.inspect()).faults) == 1
    assert not vk.longpoll.enabled
    assert not vk.callback.servers
    for channel in (polling, webhook):
        await channel.close()


async def test_a_subscriber_has_a_name(channel: VkChannel, vk: StandInVk) -> None:
    vk.phone(42, "Test Subscriber")
    assert await channel.name_of("42") == "Test Subscriber"
    assert await channel.name_of("43") == ""


async def test_typing_is_seen(channel: VkChannel, phone: Phone) -> None:
    await channel.show_typing("42")
    assert phone.chat.typing == 1


async def test_closing_does_not_wait_for_long(vk: StandInVk, channel: VkChannel, phone: Phone) -> None:
    vk.fail_next("messages.sendMessageEventAnswer", How.HANG)
    channel._acknowledge_soon(PRESS)
    await channel.close()
    assert not channel._acknowledging


@pytest.mark.parametrize("how", list(How))
async def test_the_token_and_the_text_get_into_no_error_and_no_log(
    vk: StandInVk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], how: How
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = make_channel(vk, timing=IMPATIENT)
    phone = vk.phone(42)
    photo = (await phone.send_photo())["attachments"][0]["photo"]["sizes"][-1]["url"]
    for method in ("groups.getById", "messages.send", "messages.setActivity", "file", "upload", "users.get"):
        vk.fail_next(method, how, times=4)
    vk.fail_next("messages.sendMessageEventAnswer", how, times=4)
    file = File("мой секрет".encode(), "text/plain", "secret.txt")
    attachment = Attachment(AttachmentKind.PHOTO, photo)
    calls = [
        channel.connect(),
        channel.inspect(),
        channel.send(Outgoing(1, "42", "мой секрет")),
        channel.send(Outgoing(2, "42", "", attachment=Attachment(AttachmentKind.DOCUMENT), file=file)),
        channel.fetch(attachment),
        channel.show_typing("42"),
        channel.name_of("42"),
        channel.acknowledge(PRESS),
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
    for secret in (vk.token, channel._secret, "секрет"):
        assert not any(secret in text for text in everything)
    assert len(told) > len(calls)
