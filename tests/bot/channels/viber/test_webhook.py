"""From Viber's call through `verify` and `parse`; and the welcome that goes back in the answer."""

import json

import pytest
from structlog.testing import capture_logs

from bot.channels.viber.channel import ViberChannel
from bot.channels.viber.settings import SIGNATURE_HEADER, signature
from bot.errors import BadPayload, Untrusted
from bot.messages import (
    Attachment,
    AttachmentKind,
    Button,
    Event,
    Ignored,
    Incoming,
    IncomingKind,
    Outgoing,
    Receipt,
    Report,
    SubscriberLeft,
    WebhookCall,
)
from standins.viber import StandInViber
from tests.bot.channels.viber.conftest import PAYLOADS, USER, Site

BODY = (PAYLOADS / "text.json").read_bytes()
MENU = Outgoing(17, USER, "Что выбрать?", (Button("Тарифы & цены", "topic:tariffs"), Button("Оператор", "agent")))


async def test_messages_come_in_order(connected: ViberChannel, viber: StandInViber, site: Site) -> None:
    for text in ("раз", "два", "три"):
        await viber.phone(USER).write(text)
    await site.pulse.until(lambda: len(site.texts) == 3, 5)
    assert site.texts == ["раз", "два", "три"]


async def test_a_message_we_could_not_store_comes_again(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    site.failures = 2
    await viber.phone(USER).write("раз")
    await viber.world.pulse.until(lambda: not viber.callbacks.pending, 5)
    assert site.texts == ["раз"]


async def test_an_event_that_comes_again_is_the_same_event(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    viber.callbacks.twice = True
    await viber.phone(USER).write("раз")
    await site.pulse.until(lambda: len(site.texts) == 2, 5)
    assert site.events[-1] == site.events[-2]


async def test_a_pressed_button_is_a_press_of_its_key(connected: ViberChannel, viber: StandInViber, site: Site) -> None:
    phone = viber.phone(USER)
    await phone.subscribe()
    await connected.send(MENU)
    await phone.press("Оператор")
    event = await site.told(Incoming)
    assert isinstance(event, Incoming)
    assert (event.kind, event.press, event.text) == (IncomingKind.PRESS, "17:1", "")
    assert all("otklik:" not in seen.text for seen in phone.history)


async def test_who_opens_the_chat_is_welcomed_in_the_answer(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    phone = viber.phone(USER)
    await phone.open()
    seen = await phone.hears("Чем помочь?")
    assert (seen.sender, seen.buttons) == ("Otklik", ("Проверить баланс", "Ещё"))
    event = await site.told(Incoming)
    assert isinstance(event, Incoming)
    assert (event.kind, event.is_greeted) == (IncomingKind.START, True)
    assert viber.called("send_message") == []


async def test_a_button_of_the_welcome_is_a_text(connected: ViberChannel, viber: StandInViber, site: Site) -> None:
    phone = viber.phone(USER)
    await phone.open()
    await phone.hears()
    await phone.press("Проверить баланс")
    await site.pulse.until(lambda: len(site.texts) == 2, 5)
    event = site.events[-1]
    assert isinstance(event, Incoming)
    assert (event.kind, event.text) == (IncomingKind.TEXT, "Проверить баланс")
    assert phone.history[-1].text == "Проверить баланс"


async def test_what_the_link_carried_comes_with_the_opening(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    phone = viber.phone(USER)
    await phone.open("link-A1b2")
    await phone.hears()
    event = await site.told(Incoming)
    assert isinstance(event, Incoming)
    assert event.referral == "link-A1b2"


async def test_a_subscriber_who_comes_by_a_link_starts_the_chat(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    phone = viber.phone(USER)
    await phone.subscribe()
    await phone.open("link-A1b2")
    event = await site.told(Incoming)
    assert isinstance(event, Incoming)
    assert (event.kind, event.referral) == (IncomingKind.START, "link-A1b2")
    assert phone.messages == []


async def test_delivery_and_reading_are_reported(connected: ViberChannel, viber: StandInViber, site: Site) -> None:
    await viber.phone(USER).subscribe()
    sent_as = await connected.send(MENU)
    await site.pulse.until(lambda: len([event for event in site.events if isinstance(event, Report)]) == 2, 5)
    reports = [event for event in site.events if isinstance(event, Report)]
    assert [(report.receipt, report.sent_as) for report in reports] == [
        (Receipt.DELIVERED, sent_as),
        (Receipt.READ, sent_as),
    ]


async def test_who_unsubscribes_has_left(connected: ViberChannel, viber: StandInViber, site: Site) -> None:
    await viber.phone(USER).subscribe()
    await viber.phone(USER).unsubscribe()
    event = await site.told(SubscriberLeft)
    assert isinstance(event, SubscriberLeft)
    assert event.sender.chat_id == USER


async def test_everything_a_phone_can_send_is_understood(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    phone = viber.phone(USER)
    for send in (phone.send_photo, phone.send_document, phone.send_voice, phone.send_video, phone.send_sticker):
        await send()
    await phone.send_location()
    await phone.send_contact()
    await phone.send_url("https://example.org/")
    await site.pulse.until(lambda: len(site.texts) == 8, 5)
    found = [event.attachments for event in site.events if isinstance(event, Incoming)]
    kind = AttachmentKind
    assert [one.kind for attached in found for one in attached] == [
        kind.PHOTO,
        kind.DOCUMENT,
        kind.AUDIO,
        kind.VIDEO,
        kind.STICKER,
        kind.LOCATION,
        kind.CONTACT,
    ]
    assert site.texts[-1] == "https://example.org/"
    assert Attachment(kind.CONTACT, name="Test Subscriber") in found[-2]


async def test_listening_returns_at_once(channel: ViberChannel) -> None:
    async def accept(_event: Event) -> None: ...

    await channel.listen(accept)


def test_an_unreadable_event_is_let_go_with_a_trace(channel: ViberChannel) -> None:
    body = json.dumps({**json.loads(BODY), "sender": {"id": 42, "name": "мой секрет"}}).encode()
    with capture_logs() as logs:
        parsed = channel.parse(body)
    assert parsed.events == (Ignored("unreadable"),)
    assert [log["event"] for log in logs] == ["viber_event_unreadable"]
    assert "секрет" not in str(logs)


def test_what_is_no_event_is_a_bad_payload(channel: ViberChannel) -> None:
    with pytest.raises(BadPayload):
        channel.parse(b'{"status": 0}')


def test_the_welcome_is_only_in_the_answer_to_an_opened_chat(channel: ViberChannel) -> None:
    for file in sorted(PAYLOADS.glob("*.json")):
        opened = file.stem in {
            "conversation_started",
            "conversation_started_by_link",
        }
        assert bool(channel.parse(file.read_bytes()).reply) == opened


def test_a_signature_is_of_the_token_and_of_every_byte(channel: ViberChannel, viber: StandInViber) -> None:
    good = signature(viber.token, BODY)
    channel.verify(WebhookCall({SIGNATURE_HEADER: good}, BODY))
    channel.verify(WebhookCall({SIGNATURE_HEADER: good.upper()}, BODY))
    forged = [
        (good, BODY + b" "),
        (good[:-1], BODY),
        (good + "0", BODY),
        (signature("another-token", BODY), BODY),
        (signature(viber.token, b""), BODY),
    ]
    for given, body in forged:
        with pytest.raises(Untrusted):
            channel.verify(WebhookCall({SIGNATURE_HEADER: given}, body))


def test_a_call_without_a_signature_is_refused(channel: ViberChannel) -> None:
    for headers in ({}, {SIGNATURE_HEADER: ""}, {"x-viber-auth-token": "445da6az1s345z78-x"}):
        with pytest.raises(Untrusted):
            channel.verify(WebhookCall(headers, BODY))


async def test_a_forged_call_over_http_changes_nothing(
    connected: ViberChannel, viber: StandInViber, site: Site
) -> None:
    viber.callbacks.token = "guessed"
    await viber.phone(USER).write("раз")
    await site.pulse.until(lambda: site.refused, 5)
    assert site.texts == []
