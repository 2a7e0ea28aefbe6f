"""Webhook mode: VK confirms our address and calls it; each event until it is stored."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.channels.vk.channel import VkChannel
from bot.channels.vk.settings import VkSettings, secret_for, with_secret
from bot.errors import BadPayload, ChannelDown, Untrusted
from bot.messages import Event, Ignored, Incoming, SubscriberLeft, WebhookCall
from standins.pulse import Pulse
from standins.vk import StandInVk
from tests.bot.channels.vk.conftest import NOW, PAYLOADS, KeptCursors, make_channel


@dataclass(slots=True)
class Site:
    """Our side of /webhooks/vk: stores, then answers; fails as often as told."""

    channel: VkChannel | None = None
    url: str = ""
    events: list[Event] = field(default_factory=list)
    failures: int = 0
    refused: int = 0
    pulse: Pulse = field(default_factory=Pulse)

    async def answer(self, request: web.Request) -> web.Response:
        assert self.channel
        call = WebhookCall({name.lower(): value for name, value in request.headers.items()}, await request.read())
        try:
            self.channel.verify(call)
            parsed = self.channel.parse(call.body)
        except (Untrusted, BadPayload):
            self.refused += 1
            return web.Response(status=403)
        if self.failures:
            self.failures -= 1
            return web.Response(status=500)
        for event in parsed.events:
            self.events.append(event)
            await self.channel.acknowledge(event)
        self.pulse.beat()
        return web.Response(text=parsed.reply)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Incoming)]


@pytest.fixture
async def site(vk: StandInVk) -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_post("/webhooks/vk", site.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    site.channel = make_channel(vk, mode="webhook", public_url=f"{site.url}/")
    yield site
    await site.channel.close()
    await runner.cleanup()


@pytest.fixture
async def called(site: Site) -> VkChannel:
    """The channel, confirmed by VK."""
    assert site.channel
    assert await site.channel.connect() == "club222333444, webhook"
    return site.channel


async def test_connecting_sets_and_confirms_the_address(vk: StandInVk, called: VkChannel, site: Site) -> None:
    (server,) = vk.callback.servers.values()
    assert (server.url, server.title, server.status) == (f"{site.url}/webhooks/vk", "otklik", "ok")
    assert server.kinds >= {"message_new", "message_event", "message_deny", "message_read"}
    assert server.secret == called._secret
    standing = await called.inspect()
    assert standing.webhook == f"{site.url}/webhooks/vk"
    assert standing.faults == ()


async def test_connecting_again_changes_nothing(vk: StandInVk, called: VkChannel) -> None:
    await called.connect()
    assert len(vk.called("groups.addCallbackServer")) == 1
    assert len(vk.called("groups.setCallbackSettings")) == 1
    assert not vk.called("groups.editCallbackServer")


async def test_a_denial_that_is_told_again_is_as_old_as_when_it_was_told_first(vk: StandInVk) -> None:
    """Else it would undo what the subscriber wrote between the two."""
    times = iter(NOW + timedelta(seconds=passed) for passed in range(10))
    settings = VkSettings.model_validate({"api": vk.url})
    channel = VkChannel(settings, vk.token, "", KeptCursors(), now=lambda: next(times))
    denial = json.loads((PAYLOADS / "denied.json").read_text())
    told = [
        channel.parse(json.dumps({**denial, "event_id": event_id}).encode()).events[0]
        for event_id in ("first", "first", "second", "first", 7)
    ]
    assert [(event.left_at - NOW).seconds for event in told if isinstance(event, SubscriberLeft) and event.left_at] == [
        *(0, 0, 2, 0, 4)
    ]
    await channel.close()


async def test_an_old_address_of_ours_is_mended_and_those_of_others_stay(vk: StandInVk, site: Site) -> None:
    vk.callback.add("https://old.example.org/webhooks/vk", "otklik", "old")
    vk.callback.add("https://other.example.org/", "CRM", "theirs")
    assert site.channel
    await site.channel.connect()
    assert [(server.title, server.url) for server in vk.callback.servers.values()] == [
        ("otklik", f"{site.url}/webhooks/vk"),
        ("CRM", "https://other.example.org/"),
    ]


async def test_an_address_that_vk_cannot_reach_is_a_channel_down(vk: StandInVk) -> None:
    channel = make_channel(vk, mode="webhook", public_url="http://127.0.0.1:1")
    with pytest.raises(ChannelDown, match="was not confirmed by VK; it must be reachable"):
        await channel.connect()
    assert any("was not confirmed" in fault for fault in (await channel.inspect()).faults)
    await channel.close()


async def test_without_an_address_there_is_nothing_to_set(channel: VkChannel) -> None:
    with pytest.raises(ChannelDown, match="public_url is empty"):
        await channel.set_webhook()


async def test_too_many_addresses_are_a_channel_down(vk: StandInVk, site: Site) -> None:
    for number in range(10):
        vk.callback.add(f"https://{number}.example.org/", "CRM", "theirs")
    assert site.channel
    with pytest.raises(ChannelDown, match="ten callback servers"):
        await site.channel.connect()


async def test_the_address_can_be_taken_back(vk: StandInVk, called: VkChannel) -> None:
    vk.callback.add("https://other.example.org/", "CRM", "theirs")
    await called.delete_webhook()
    await called.delete_webhook()
    assert [server.title for server in vk.callback.servers.values()] == ["CRM"]


async def test_another_address_than_ours_is_told(vk: StandInVk, called: VkChannel, site: Site) -> None:
    moved = make_channel(vk, mode="webhook", public_url="https://new.example.org")
    (fault,) = (await moved.inspect()).faults
    assert f"VK calls {site.url}/webhooks/vk, not https://new.example.org/webhooks/vk" in fault
    await moved.close()


async def test_what_a_subscriber_does_arrives(vk: StandInVk, called: VkChannel, site: Site) -> None:
    phone = vk.phone(1)
    await phone.write("Баланс")
    await phone.deny()
    await site.pulse.until(lambda: len(site.events) == 2, 5)
    assert site.texts == ["Баланс"]
    assert not site.refused


async def test_an_event_that_could_not_be_stored_comes_again(vk: StandInVk, called: VkChannel, site: Site) -> None:
    site.failures = 2
    await vk.phone(1).write("Баланс")
    await site.pulse.until(lambda: site.texts == ["Баланс"], 5)
    assert not site.failures


async def test_a_repeated_event_is_the_same_event(vk: StandInVk, called: VkChannel, site: Site) -> None:
    await vk.phone(1).write("Баланс")
    vk.events.queue(vk.events.past[-1])
    await site.pulse.until(lambda: len(site.events) == 2, 5)
    assert site.events[0] == site.events[1]


async def test_the_same_message_of_long_poll_is_the_same_event(vk: StandInVk, called: VkChannel, site: Site) -> None:
    polling = make_channel(vk)
    await polling.connect()
    await vk.phone(1).write("Баланс")
    await site.pulse.until(lambda: len(site.events) == 1, 5)
    assert [polling._event(raw) for raw in vk.longpoll.log] == site.events
    await polling.close()


async def test_an_unreadable_event_is_taken_and_counted(called: VkChannel) -> None:
    body = json.dumps({"type": "message_new", "group_id": 222333444, "object": {"message": {"text": "мой секрет"}}})
    with capture_logs() as logs:
        assert called.parse(body.encode()).events == (Ignored("unreadable"),)
        assert called.parse(body.encode()).reply == "ok"
    assert "секрет" not in str(logs)


TEXT = json.loads((PAYLOADS / "text.json").read_text())
CONFIRMATION = json.loads((PAYLOADS / "confirmation.json").read_text())
FORGED: list[Any] = [
    {**TEXT},
    {**TEXT, "secret": ""},
    {**TEXT, "secret": None},
    {**TEXT, "secret": 7},
    {**TEXT, "secret": "секрет"},
    {**TEXT, "secret": "\ud83d"},
    {**TEXT, "secret": ["a"]},
    {**CONFIRMATION, "secret": None},
    {**CONFIRMATION, "secret": "guess"},
    [],
    7,
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_call_without_our_secret_is_refused(channel: VkChannel, forged: Any) -> None:
    with pytest.raises(Untrusted):
        channel.verify(WebhookCall({}, json.dumps(forged).encode()))


def test_vk_may_ask_for_the_confirmation_without_the_secret(channel: VkChannel) -> None:
    channel.verify(WebhookCall({}, json.dumps(CONFIRMATION).encode()))
    with pytest.raises(Untrusted, match="not of our community"):
        channel.verify(WebhookCall({}, json.dumps({**CONFIRMATION, "group_id": 1}).encode()))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_a_broken_call_is_refused(channel: VkChannel, body: bytes) -> None:
    with pytest.raises(Untrusted):
        channel.verify(WebhookCall({}, body))


def test_a_call_of_another_community_is_refused(channel: VkChannel) -> None:
    call = with_secret(json.dumps({**TEXT, "group_id": 1}).encode(), channel._secret)
    with pytest.raises(Untrusted, match="not of our community"):
        channel.verify(WebhookCall({}, call))
    channel.verify(WebhookCall({}, with_secret(json.dumps(TEXT).encode(), channel._secret)))


async def test_before_we_know_who_we_are_calls_are_refused(vk: StandInVk) -> None:
    channel = make_channel(vk)
    call = with_secret(json.dumps(TEXT).encode(), secret_for(vk.token, ""))
    with pytest.raises(Untrusted, match="not connected yet"):
        channel.verify(WebhookCall({}, call))
    with pytest.raises(BadPayload, match="VK must ask again"):
        channel.parse((PAYLOADS / "confirmation.json").read_bytes())
    await channel.close()


async def test_a_pressed_button_stops_spinning(vk: StandInVk, called: VkChannel, site: Site) -> None:
    phone = vk.phone(1)
    await phone.start()
    button = {"action": {"type": "callback", "label": "Тарифы", "payload": '{"button":"17:0"}'}}
    vk.world.message(phone.chat, out=True, text="Что выбрать?", keyboard={"inline": True, "buttons": [[button]]})
    await phone.press("Тарифы")
    await phone.sees(lambda phone: not phone.spinning)
