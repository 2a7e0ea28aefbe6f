"""The law switch: who may be advised where, and what may be kept of a message that may not be answered."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.permission import OPEN, Permission, without_content
from bot.messages import Attachment, AttachmentKind, Audience, Incoming, IncomingKind, Sender

PRIVATE, BUSINESS = Audience.PRIVATE, Audience.BUSINESS
TITLES = {"telegram": "Telegram", "vk": "ВКонтакте", "web": "Чат на сайте"}
FOREIGN = Permission({"telegram": frozenset({BUSINESS}), "viber": frozenset(), "web": frozenset({PRIVATE})})


@pytest.mark.parametrize(
    ("channel", "audience", "permits"),
    [
        ("telegram", PRIVATE, False),
        ("telegram", BUSINESS, True),
        ("viber", PRIVATE, False),
        ("viber", BUSINESS, False),
        ("web", PRIVATE, True),
        ("vk", PRIVATE, True),
        ("vk", BUSINESS, True),
    ],
)
def test_an_audience_is_advised_where_the_configuration_says_and_in_every_other_channel(
    channel: str, audience: Audience, permits: bool
) -> None:
    assert FOREIGN.permits(channel, audience) is permits


def test_a_channel_is_open_when_everybody_may_be_advised_there() -> None:
    assert [name for name in ("telegram", "viber", "web", "vk") if FOREIGN.is_open(name)] == ["vk"]


def test_the_pointer_names_only_channels_that_run_and_may_advise_this_very_audience() -> None:
    assert FOREIGN.open_to(PRIVATE, TITLES) == ["ВКонтакте", "Чат на сайте"]
    assert FOREIGN.open_to(BUSINESS, TITLES) == ["Telegram", "ВКонтакте"]
    assert FOREIGN.open_to(BUSINESS, {"viber": "Viber"}) == []


@given(st.text(), st.sampled_from(Audience))
def test_without_a_configuration_everything_is_open(channel: str, audience: Audience) -> None:
    assert OPEN.permits(channel, audience)


MARK = "личное"
FULL = Incoming(
    external_id="7:1",
    sender=Sender("telegram", "bot", "7", f"{MARK} имя"),
    kind=IncomingKind.PRESS,
    sent_at=datetime(2026, 11, 20, tzinfo=UTC),
    text=f"{MARK} текст",
    press="12:0",
    attachments=(Attachment(AttachmentKind.CONTACT, f"{MARK} ref", f"{MARK} file", text=MARK),),
    is_greeted=True,
    referral=MARK,
)


def test_of_a_message_without_permission_stays_that_there_was_one_and_where_to_answer() -> None:
    kept = without_content(FULL)
    assert kept == Incoming("7:1", Sender("telegram", "bot", "7"), IncomingKind.TEXT, FULL.sent_at, is_greeted=True)


def test_nothing_that_a_subscriber_can_fill_in_stays() -> None:
    kept = without_content(FULL)
    values = {field.name: getattr(kept, field.name) for field in fields(Incoming)}
    values["sender"] = [getattr(kept.sender, field.name) for field in fields(Sender)]
    assert MARK not in str(values)
    assert values["press"] == ""
