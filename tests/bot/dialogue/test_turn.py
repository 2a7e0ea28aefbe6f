"""Turns of a conversation: what is said, where the conversation stands, and when the bot keeps silent."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from prometheus_client import REGISTRY

from bot.dialogue.conversation import Memory, Reason, Status
from bot.dialogue.linking import MOST_WRONG_CODES, shown
from bot.dialogue.permission import Permission
from bot.dialogue.ports import Verdict
from bot.messages import Attachment, AttachmentKind, Audience
from tests.support.clock import MORNING
from tests.support.talk import SENDER, Talk

GREETED = Memory(greeted=True)
PHOTO = (Attachment(AttachmentKind.PHOTO),)


@pytest.fixture
def talk() -> Talk:
    """A talk that the bot has greeted, in which it can sell gigabytes."""
    return _talk(GREETED)


def _talk(memory: Memory, status: Status = Status.BOT, reason: Reason | None = None) -> Talk:
    talk = Talk(memory, status, reason)
    talk.knowledge.finds("как продать гигабайты", market_sell=0.9)
    talk.knowledge.finds("украли деньги", fraud_money_stolen=0.9)
    talk.knowledge.finds("цена", market_price=0.5, market_sell=0.3)
    return talk


async def test_a_question_is_answered_and_remembered(talk: Talk) -> None:
    assert await talk.writes("как продать гигабайты") == ["answer market.sell"]
    assert talk.last.verdict == Verdict("answer", "market.sell", 0.9)
    assert talk.conversation.status is Status.BOT
    assert talk.conversation.memory.topic == "market.sell"
    assert talk.conversation.memory.question == "как продать гигабайты"


async def test_turns_are_counted_by_decision(talk: Talk) -> None:
    def counted() -> float:
        labels = {"channel": SENDER.channel, "decision": "escalate"}
        return REGISTRY.get_sample_value("otklik_turns_total", labels) or 0

    before = counted()
    await talk.writes("украли деньги")
    assert counted() == before + 1


async def test_the_first_answer_is_led_in_by_a_greeting_and_no_other_is() -> None:
    talk = _talk(Memory())
    assert await talk.writes("как продать гигабайты") == ["greeting", "answer market.sell"]
    assert await talk.writes("как продать гигабайты") == ["answer market.sell"]


async def test_who_opens_the_chat_is_greeted_once() -> None:
    talk = _talk(Memory())
    assert await talk.opens() == ["greeting"]
    assert await talk.writes("как продать гигабайты") == ["answer market.sell"]


async def test_who_only_says_hello_is_greeted_once() -> None:
    talk = _talk(Memory())
    assert await talk.writes("привет") == ["greeting"]
    assert talk.buttons == ["topic:market.sell"]
    assert await talk.writes("привет") == ["greeting_again"]


async def test_close_topics_are_offered_and_a_number_chooses(talk: Talk) -> None:
    assert await talk.writes("цена") == ["clarify"]
    assert talk.last.verdict == Verdict("clarify", "", 0.5)
    assert await talk.writes("2") == ["answer market.sell"]


async def test_a_pressed_topic_keeps_the_question_in_mind(talk: Talk) -> None:
    await talk.writes("цена")
    assert await talk.presses("topic:market.price") == ["answer market.price"]
    assert talk.conversation.memory.question == "цена"


async def test_a_button_that_is_gone_is_said_to_be_expired(talk: Talk) -> None:
    assert await talk.presses("") == ["button_expired"]


async def test_two_misses_lead_to_the_queue(talk: Talk) -> None:
    assert await talk.writes("йцукен") == ["clarify_nothing"]
    assert await talk.writes("фывапр") == ["queued_first"]
    assert talk.conversation.status is Status.QUEUED
    assert talk.conversation.reason is Reason.MISSES
    assert talk.conversation.queued_at == MORNING


async def test_who_asks_for_a_person_hears_the_place_in_the_queue(talk: Talk) -> None:
    talk.records.place = 4
    assert await talk.writes("позовите оператора") == ["queued 4"]
    assert talk.buttons == ["bot"]
    assert talk.last.verdict.decision == "escalate"


async def test_who_asks_at_night_hears_when_people_come(talk: Talk) -> None:
    talk.roster.people, talk.roster.opens_at = 0, datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    assert await talk.writes("позовите оператора") == ["queued_off_hours завтра, 8:00"]


async def test_a_topic_that_always_needs_a_person_tells_first_steps_and_passes_on(talk: Talk) -> None:
    assert await talk.writes("украли деньги") == ["escalated_topic\n\nanswer fraud.money-stolen", "queued_first"]
    assert talk.conversation.reason is Reason.TOPIC
    assert talk.last.verdict == Verdict("escalate", "fraud.money-stolen", 0.9)


async def test_an_attachment_without_text_is_not_understood_and_offers_a_person(talk: Talk) -> None:
    assert await talk.writes(attachments=PHOTO) == ["attachment"]
    assert talk.buttons == ["operator"]


async def test_an_attachment_with_text_is_answered_by_the_text_and_said_to_be_passed_on(talk: Talk) -> None:
    assert await talk.writes("как продать гигабайты", attachments=PHOTO) == ["answer market.sell", "attachment_passed"]


async def test_a_contact_is_received(talk: Talk) -> None:
    assert await talk.writes(attachments=(Attachment(AttachmentKind.CONTACT),)) == ["contact_received"]


async def test_a_poisoned_message_goes_to_a_person_after_three_failures(talk: Talk) -> None:
    assert await talk.writes("как продать гигабайты", failures=3) == ["failed", "queued_first"]
    assert talk.conversation.reason is Reason.FAILED


async def test_an_error_leaves_the_message_to_be_handled_again(talk: Talk) -> None:
    talk.knowledge.failures.append(ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        await talk.writes("как продать гигабайты")
    assert not talk.records.plans
    assert await talk.dialogue().take_turn(1)
    assert [draft.text for draft in talk.last.drafts] == ["answer market.sell"]


async def test_with_nothing_to_handle_nothing_happens(talk: Talk) -> None:
    assert not await talk.dialogue().take_turn(1)


async def test_while_an_agent_has_the_conversation_the_bot_records_and_keeps_silent() -> None:
    talk = _talk(GREETED, Status.AGENT, Reason.ASKED)
    assert await talk.writes("как продать гигабайты") == []
    assert await talk.presses("operator") == []
    assert await talk.writes(attachments=PHOTO) == []
    assert talk.last.verdict == Verdict("record")
    assert talk.conversation.status is Status.AGENT
    assert not talk.knowledge.asked
    assert not talk.typing.shown


async def test_who_waits_hears_once_that_they_are_not_forgotten() -> None:
    talk = _talk(GREETED, Status.QUEUED, Reason.ASKED)
    assert await talk.writes("ну что там") == ["still_queued"]
    assert await talk.writes("как продать гигабайты") == []
    assert talk.conversation.status is Status.QUEUED
    assert talk.conversation.reason is Reason.ASKED
    assert talk.last.verdict == Verdict("record")
    assert not talk.typing.shown


async def test_who_waits_may_have_the_bot_back() -> None:
    talk = _talk(replace(GREETED, misses=2), Status.QUEUED, Reason.MISSES)
    assert await talk.presses("bot") == ["cancelled_handoff"]
    assert talk.conversation.status is Status.BOT
    assert talk.conversation.memory == GREETED
    assert talk.conversation.reason is None
    assert await talk.writes("как продать гигабайты") == ["answer market.sell"]


async def test_the_way_back_pressed_when_the_bot_is_back_already_is_harmless(talk: Talk) -> None:
    assert await talk.presses("bot") == ["how_to_help"]
    assert talk.conversation.status is Status.BOT


async def test_a_closed_conversation_opens_again_with_the_next_question() -> None:
    talk = _talk(replace(GREETED, misses=1, topic="market.price"), Status.CLOSED, Reason.ASKED)
    assert await talk.writes("как продать гигабайты") == ["answer market.sell"]
    assert talk.conversation.status is Status.BOT
    assert talk.conversation.reason is None


async def test_a_closed_conversation_that_was_not_solved_goes_back_to_the_queue() -> None:
    talk = _talk(GREETED, Status.CLOSED, Reason.ASKED)
    assert await talk.presses("operator") == ["queued_first"]
    assert talk.conversation.status is Status.QUEUED


async def test_when_an_agent_takes_the_conversation_meanwhile_nothing_is_said_and_it_is_decided_anew(
    talk: Talk,
) -> None:
    talk.records.meddle = replace(talk.conversation, status=Status.AGENT, agent_id=3)
    assert await talk.writes("как продать гигабайты") == []
    assert talk.conversation.status is Status.AGENT
    assert talk.last.verdict == Verdict("record")


async def test_the_subscriber_sees_that_the_bot_is_typing(talk: Talk) -> None:
    await talk.writes("как продать гигабайты")
    assert talk.typing.shown == [SENDER]


class TestBarred:
    """In a messenger where the law lets us advise nobody but companies."""

    @pytest.fixture(params=Status)
    def barred(self, request: pytest.FixtureRequest) -> Talk:
        talk = _talk(GREETED, request.param)
        talk.permission = Permission({"fake": frozenset({Audience.BUSINESS})})
        talk.titles = {"fake": "Чужой", "vk": "ВКонтакте", "web": "Чат на сайте"}
        return talk

    async def test_every_message_is_answered_by_where_to_write_instead(self, barred: Talk) -> None:
        before = barred.conversation
        for _ in range(2):
            assert await barred.writes() == ["elsewhere ВКонтакте, Чат на сайте"]
        assert barred.last.verdict == Verdict("elsewhere")
        assert barred.conversation == replace(before, version=before.version + 2)

    async def test_nothing_is_understood_and_no_code_is_taken(self, barred: Talk) -> None:
        barred.records.codes["12345678"] = 2
        await barred.writes("как продать гигабайты")
        await barred.writes("1234-5678")
        await barred.presses("operator")
        assert not barred.knowledge.asked
        assert barred.last.link_with is None
        assert barred.records.codes
        assert not barred.typing.shown

    async def test_with_no_other_messenger_the_pointer_names_none(self, barred: Talk) -> None:
        barred.titles = {"fake": "Чужой"}
        assert await barred.writes() == ["elsewhere_nowhere"]

    async def test_a_company_is_answered_as_ever(self) -> None:
        talk = _talk(GREETED)
        talk.permission = Permission({"fake": frozenset({Audience.BUSINESS})})
        talk.records.conversation = replace(talk.conversation, audience=Audience.BUSINESS)
        assert await talk.writes("как продать гигабайты") == ["answer market.sell"]


class TestLinking:
    """Conversation 1 is this one; a code of conversation 2 was given in another messenger."""

    @pytest.fixture
    def talk(self) -> Talk:
        talk = _talk(GREETED)
        talk.records.codes = {"12345678": 2, "11112222": 1}
        talk.knowledge.finds("связать чаты", app_link_chats=0.9)
        talk.knowledge.finds("87654321", market_price=0.9)
        return talk

    async def test_who_asks_gets_the_answer_and_a_code(self, talk: Talk) -> None:
        answer, code = await talk.writes("связать чаты")
        assert answer == "answer app.link-chats"
        assert code == f"link_code {shown(talk.last.issued_code)} 10"
        assert talk.last.verdict == Verdict("answer", "app.link-chats", 0.9)

    async def test_every_time_another_one(self, talk: Talk) -> None:
        codes = set()
        for _ in range(5):
            await talk.presses("topic:app.link-chats")
            codes.add(talk.last.issued_code)
        assert len(codes) == 5

    async def test_other_topics_give_none(self, talk: Talk) -> None:
        await talk.writes("как продать гигабайты")
        assert talk.last.issued_code == ""

    @pytest.mark.parametrize("typed", ["1234-5678", "12345678", " 1234 5678 "])
    async def test_a_code_of_another_chat_links_the_two(self, talk: Talk, typed: str) -> None:
        assert await talk.writes(typed) == ["linked"]
        assert talk.last.link_with == 2
        assert talk.last.verdict == Verdict("record")
        assert not talk.knowledge.asked

    async def test_a_code_works_once(self, talk: Talk) -> None:
        await talk.writes("1234-5678")
        assert await talk.writes("1234-5678") == ["link_code_wrong"]
        assert talk.last.link_with is None

    async def test_a_code_typed_where_it_was_given_is_for_the_other_messenger(self, talk: Talk) -> None:
        assert await talk.writes("1111-2222") == ["link_code_own"]
        assert talk.last.link_with is None
        assert talk.conversation.memory.wrong_codes == 0

    async def test_what_is_surely_a_code_but_fits_nothing_is_said_to_be_wrong(self, talk: Talk) -> None:
        assert await talk.writes("8765-4321") == ["link_code_wrong"]
        assert not talk.knowledge.asked

    async def test_eight_bare_digits_that_are_no_code_are_an_ordinary_question(self, talk: Talk) -> None:
        assert await talk.writes("87654321") == ["answer market.price"]
        assert talk.conversation.memory.wrong_codes == 1
        assert talk.conversation.memory.topic == "market.price"

    async def test_after_many_wrong_codes_a_right_one_does_nothing_either(self, talk: Talk) -> None:
        for _ in range(MOST_WRONG_CODES):
            await talk.writes("8765-4321")
        assert await talk.writes("1234-5678") == ["link_code_wrong"]
        assert talk.records.codes["12345678"] == 2

    async def test_wrong_codes_count_over_a_return_of_the_bot(self, talk: Talk) -> None:
        await talk.writes("8765-4321")
        talk.records.conversation = replace(talk.conversation, status=Status.CLOSED)
        await talk.writes("как продать гигабайты")
        assert talk.conversation.memory.wrong_codes == 1

    @pytest.mark.parametrize("status", [Status.AGENT, Status.QUEUED])
    async def test_while_people_have_the_conversation_it_is_linked_in_silence(self, talk: Talk, status: Status) -> None:
        talk.records.conversation = replace(talk.conversation, status=status)
        assert await talk.writes("1111-2222") == []
        assert await talk.writes("8765-4321") == []
        assert await talk.writes("1234-5678") == []
        assert talk.last.link_with == 2
        assert talk.conversation.status is status

    async def test_eight_digits_for_an_agent_are_no_matter_of_the_bot(self, talk: Talk) -> None:
        talk.records.conversation = replace(talk.conversation, status=Status.AGENT)
        assert await talk.writes("87654321") == []
        assert not talk.knowledge.asked

    async def test_a_closed_conversation_is_linked_too(self, talk: Talk) -> None:
        talk.records.conversation = replace(talk.conversation, status=Status.CLOSED)
        assert await talk.writes("1234-5678") == ["linked"]
        assert talk.last.link_with == 2

    async def test_when_an_agent_takes_the_conversation_meanwhile_it_is_linked_in_silence(self, talk: Talk) -> None:
        talk.records.meddle = replace(talk.conversation, status=Status.AGENT, agent_id=3)
        assert await talk.writes("1234-5678") == []
        assert talk.last.link_with == 2
