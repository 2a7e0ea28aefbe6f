"""The border of the bot: what is accepted is answered, once and in order, also after a crash."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from bot.dialogue.conversation import Reason, Status
from bot.messages import (
    Ignored,
    Incoming,
    IncomingKind,
    Receipt,
    Report,
    SubscriberLeft,
    SubscriberReturned,
    brought_by,
)
from tests.support.channel import FakeChannel
from tests.support.core import Core, open_core, subscriber, written


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
async def core(tmp_path: Path, channel: FakeChannel) -> AsyncIterator[Core]:
    async with open_core(tmp_path, channel) as opened:
        yield opened


async def test_an_accepted_question_is_answered(core: Core, channel: FakeChannel) -> None:
    core.knowledge.finds("как продать гигабайты", market_sell=0.9)
    await core.inbox.accept(written("1", "как продать гигабайты"))
    await core.settled()
    assert channel.texts == ["greeting", "answer market.sell"]
    assert [row["delivery"] for row in await core.rows()] == [None, "sent", "sent"]
    assert set(core.changed) == {1}


async def test_twenty_messages_accepted_at_once_are_answered_in_the_order_of_acceptance(
    core: Core, channel: FakeChannel
) -> None:
    for number in range(20):
        core.knowledge.finds(f"лот {number}", **{f"market_{'sell' if number % 2 else 'price'}": 0.9})
    await asyncio.gather(*(core.inbox.accept(written(str(n), f"лот {n}")) for n in range(20)))
    await core.settled()
    accepted = [row["text"] for row in await core.rows() if row["delivery"] is None]
    assert core.knowledge.asked == accepted
    assert sorted(accepted) == sorted(f"лот {n}" for n in range(20))
    answers = ["answer market.sell" if int(text.split()[1]) % 2 else "answer market.price" for text in accepted]
    assert channel.texts == ["greeting", *answers]


async def test_the_same_event_three_times_is_one_row_one_turn_and_one_answer(core: Core, channel: FakeChannel) -> None:
    await asyncio.gather(*(core.inbox.accept(written("1", "привет")) for _ in range(3)))
    await core.settled()
    await core.inbox.accept(written("1", "привет"))
    await core.settled()
    assert channel.texts == ["greeting"]
    assert len(await core.rows()) == 2


async def test_conversations_do_not_mix(core: Core, channel: FakeChannel) -> None:
    await asyncio.gather(*(core.inbox.accept(written(str(n), "привет", chat=str(n))) for n in range(10)))
    await core.settled()
    assert sorted(message.chat_id for message in channel.sent) == sorted(map(str, range(10)))


async def test_what_a_dead_process_had_accepted_is_answered_by_the_next_one_once(
    core: Core, channel: FakeChannel, tmp_path: Path
) -> None:
    await core.inbox.lanes.stop(0)
    await core.inbox.accept(written("1", "привет"))
    await core.inbox.accept(written("2", "спасибо"))
    assert not channel.sent
    for _ in range(2):
        async with open_core(tmp_path, channel) as restarted:
            await restarted.outbox.resume()
            await restarted.inbox.resume()
            await restarted.settled()
    assert channel.texts == ["greeting", "thanks"]


async def test_who_goes_away_while_their_message_is_being_accepted_is_answered_all_the_same(
    core: Core, channel: FakeChannel
) -> None:
    for number in range(40):
        accepting = asyncio.create_task(core.inbox.accept(written(str(number), "спасибо")))
        for _ in range(number // 2):
            await asyncio.sleep(0)
        accepting.cancel()
        await asyncio.gather(accepting, return_exceptions=True)
    async with core.database.work():
        pass  # who came before has done
    await core.settled()
    stored = [row for row in await core.rows() if row["delivery"] is None]
    assert stored
    assert len(channel.sent) == len(stored)


async def test_a_message_that_breaks_the_bot_is_tried_again_and_then_goes_to_a_person(
    core: Core, channel: FakeChannel
) -> None:
    core.knowledge.failures = [RuntimeError() for _ in range(3)]
    await core.inbox.accept(written("1", "как продать гигабайты"))
    await core.settled()
    assert core.clock.slept[:3] == [1, 2, 4]
    assert channel.texts == ["greeting", "failed", "queued_first"]
    conversation = await core.conversation()
    assert (conversation.status, conversation.reason) == (Status.QUEUED, Reason.FAILED)


async def test_a_passing_error_is_not_noticed_by_the_subscriber(core: Core, channel: FakeChannel) -> None:
    core.knowledge.finds("как продать гигабайты", market_sell=0.9)
    core.knowledge.failures = [ConnectionError(), ConnectionError()]
    await core.inbox.accept(written("1", "как продать гигабайты"))
    await core.settled()
    assert channel.texts == ["greeting", "answer market.sell"]


async def test_a_press_of_a_sent_button_is_understood(core: Core, channel: FakeChannel) -> None:
    core.knowledge.finds("как продать гигабайты", market_sell=0.9)
    await core.inbox.accept(written("1", "как продать гигабайты"))
    await core.settled()
    answer = channel.sent[-1]
    position = [button.action for button in answer.buttons].index("helped:yes")
    press = Incoming("2", subscriber(), IncomingKind.PRESS, core.clock.now(), press=f"{answer.id}:{position}")
    await core.inbox.accept(press)
    await core.settled()
    assert channel.texts[-1] == "helped"


async def test_while_an_agent_has_the_conversation_messages_are_kept_and_nobody_answers(
    core: Core, channel: FakeChannel
) -> None:
    await core.inbox.accept(written("1", "позовите оператора"))
    await core.settled()
    await core.move(1, Status.AGENT)
    said = len(channel.sent)
    await core.inbox.accept(written("2", "как продать гигабайты"))
    await core.settled()
    assert len(channel.sent) == said
    assert [row["text"] for row in await core.rows()][-1] == "как продать гигабайты"


async def test_who_blocked_the_bot_is_unreachable_until_they_write_again(core: Core) -> None:
    await core.inbox.accept(written("1", "привет"))
    await core.settled()
    await core.inbox.accept(SubscriberLeft(subscriber()))
    assert not (await core.conversation()).reachable
    await core.inbox.accept(written("2", "привет"))
    await core.settled()
    assert (await core.conversation()).reachable


async def test_who_returned_is_reachable_without_a_word(core: Core) -> None:
    await core.inbox.accept(SubscriberReturned(subscriber()))
    assert core.changed == []
    await core.inbox.accept(written("1", "привет"))
    await core.settled()
    await core.inbox.accept(SubscriberLeft(subscriber()))
    changes = len(core.changed)
    for _ in range(2):  # told again it changes nothing
        await core.inbox.accept(SubscriberReturned(subscriber()))
        assert (await core.conversation()).reachable
    assert len(core.changed) == changes + 1


async def test_a_leaving_that_is_told_again_after_they_came_back_changes_nothing(core: Core) -> None:
    at = core.clock.now()
    for external_id, later_s in (("1", 0), ("2", 20)):
        await core.inbox.accept(replace(written(external_id, "привет"), sent_at=at + timedelta(seconds=later_s)))
        core.clock.advance(20)
        await core.inbox.accept(SubscriberLeft(subscriber(), at + timedelta(seconds=10)))
        assert (await core.conversation()).reachable is (external_id == "2")
    await core.settled()


async def test_a_stranger_who_leaves_and_events_nobody_needs_change_nothing(core: Core) -> None:
    await core.inbox.accept(SubscriberLeft(subscriber("99")))
    await core.inbox.accept(Ignored("poll"))
    assert core.changed == []


async def test_events_nobody_needs_are_counted_by_messenger_and_kind(core: Core) -> None:
    labels = {"channel": "fake", "outcome": "ignored:poll"}
    before = REGISTRY.get_sample_value("otklik_events_total", labels) or 0
    await core.inbox.accept(brought_by("fake", Ignored("poll")))
    assert REGISTRY.get_sample_value("otklik_events_total", labels) == before + 1


async def test_who_listens_badly_stops_no_answer(core: Core, channel: FakeChannel) -> None:
    """The row is committed: the messenger will not repeat the message, so the bot must wake first."""

    def break_down(conversation_id: int) -> None:
        if not channel.sent:
            raise RuntimeError

    core.announcements.listen(break_down)
    with pytest.raises(RuntimeError):
        await core.inbox.accept(written("1", "привет"))
    await core.settled()
    assert channel.texts == ["greeting"]


async def test_a_text_of_any_length_and_script_is_stored_as_it_is(core: Core) -> None:
    text = "ы" * 20_000 + "👩‍👩‍👧中文\n\t'\"%_\\"
    await core.inbox.accept(replace(written("1", text)))
    assert (await core.rows())[0]["text"] == text


async def test_who_was_greeted_in_the_answer_to_their_opening_is_not_greeted_again(
    core: Core, channel: FakeChannel
) -> None:
    core.knowledge.finds("как продать гигабайты", market_sell=0.9)
    opened = Incoming("1", subscriber(), IncomingKind.START, core.clock.now(), is_greeted=True)
    await core.inbox.accept(opened)
    await core.settled()
    assert channel.texts == []
    await core.inbox.accept(written("2", "как продать гигабайты"))
    await core.settled()
    assert channel.texts == ["answer market.sell"]


class TestReport:
    @pytest.fixture(autouse=True)
    async def answered(self, core: Core) -> None:
        await core.inbox.accept(written("1", "спасибо"))
        await core.settled()
        core.changed.clear()

    async def test_a_receipt_is_noted_and_announced(self, core: Core) -> None:
        await core.inbox.accept(Report(subscriber(), "fake-1", Receipt.READ))
        assert await core.deliveries() == ["read"]
        assert core.changed == [1]

    async def test_a_failed_one_makes_a_dead_letter_that_is_not_repeated(
        self, core: Core, channel: FakeChannel
    ) -> None:
        await core.inbox.accept(Report(subscriber(), "fake-1", Receipt.FAILED, "an old client"))
        await core.settled()
        assert await core.deliveries() == ["failed"]
        assert len(channel.sent) == 1

    async def test_of_a_stranger_or_another_chat_changes_nothing(self, core: Core) -> None:
        await core.inbox.accept(Report(subscriber("2"), "fake-1", Receipt.READ))
        await core.inbox.accept(Report(subscriber(), "unknown", Receipt.READ))
        assert await core.deliveries() == ["sent"]
        assert core.changed == []

    async def test_that_comes_while_the_message_is_being_sent_is_not_lost(
        self, core: Core, channel: FakeChannel
    ) -> None:
        channel.gate = asyncio.Event()
        await core.queue("два")
        core.outbox.lanes.wake(1)
        while len(channel.tried) < 2:
            await asyncio.sleep(0)
        await core.inbox.accept(Report(subscriber(), "fake-2", Receipt.READ))
        assert await core.deliveries() == ["sent", "sending"]
        channel.gate.set()
        await core.settled()
        assert await core.deliveries() == ["read", "read"]
