"""What a message means in the light of the conversation."""

import pytest

from bot.dialogue.conversation import Memory, Reason
from bot.dialogue.decide import Answer, Clarify, Courtesy, Decision, Escalate, remembered
from bot.dialogue.interpret import FAILURES_BEFORE_A_PERSON, Interpreter
from bot.dialogue.ports import Received
from bot.messages import Attachment, AttachmentKind, Button, IncomingKind
from tests.support.knowledge import FakeKnowledge
from tests.support.talk import LIMITS

NEW = Memory()
SOLD = Memory(topic="market.sell", question="как продать гигабайты", awaits_verdict=True)
OFFERED = Memory(offered=("market.sell", "market.price", "fraud.money-stolen"))


@pytest.fixture
def knowledge() -> FakeKnowledge:
    return FakeKnowledge()


@pytest.fixture
def interpreter(knowledge: FakeKnowledge) -> Interpreter:
    return Interpreter(knowledge, LIMITS)


def text(words: str = "", **rest: object) -> Received:
    return Received(1, 1, IncomingKind.TEXT, words, **rest)  # type: ignore[arg-type]  # fields of Received


async def press(interpreter: Interpreter, action: str, memory: Memory = NEW) -> Decision:
    return await interpreter.decide(Received(1, 1, IncomingKind.PRESS, pressed=Button("надпись", action)), memory)


async def test_words_are_searched_without_the_courtesies_around_them(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("как продать гигабайты", market_sell=0.9, market_price=0.1)
    assert await interpreter.decide(text("Здравствуйте! как продать гигабайты"), NEW) == Answer("market.sell", 0.9)


async def test_a_found_topic_that_always_needs_a_person_calls_one(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("украли деньги", fraud_money_stolen=0.8)
    assert await interpreter.decide(text("украли деньги"), NEW) == Escalate(Reason.TOPIC, "fraud.money-stolen", 0.8)


async def test_a_threat_is_passed_on_with_what_it_stands_beside(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("как продать гигабайты, а то уйду к мтс", market_sell=0.9)
    knowledge.finds("цена хрюка, подам в суд", market_price=0.3)
    assert await interpreter.decide(text("как продать гигабайты, а то уйду к мтс"), NEW) == Answer("market.sell", 0.9)
    assert await interpreter.decide(text("цена хрюка, подам в суд"), NEW) == Escalate(Reason.LEGAL)
    assert await interpreter.decide(text("уйду к мтс"), NEW) == Escalate(Reason.LEAVING)


async def test_small_talk_is_answered_when_it_is_sure_and_never_offered_as_a_button(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("расскажи шутку", smalltalk_joke=0.9)
    knowledge.finds("абырвалг хрюк", smalltalk_joke=0.4)
    knowledge.finds("цена хрюка", smalltalk_joke=0.4, market_price=0.3)
    assert await interpreter.decide(text("расскажи шутку"), NEW) == Answer("smalltalk.joke", 0.9)
    assert await interpreter.decide(text("абырвалг хрюк"), NEW) == Clarify((), 0.0)
    assert await interpreter.decide(text("цена хрюка"), NEW) == Clarify(("market.price",), 0.3)


async def test_asking_for_a_person_searches_nothing(interpreter: Interpreter, knowledge: FakeKnowledge) -> None:
    assert await interpreter.decide(text("позовите оператора"), NEW) == Escalate(Reason.ASKED)
    assert not knowledge.asked


async def test_opening_a_chat_is_greeted(interpreter: Interpreter) -> None:
    assert await interpreter.decide(Received(1, 1, IncomingKind.START), NEW) == Courtesy("greeting")


@pytest.mark.parametrize(
    ("action", "decision"),
    [
        ("topic:market.sell", Answer("market.sell", 1.0)),
        ("topic:fraud.money-stolen", Escalate(Reason.TOPIC, "fraud.money-stolen", 1.0)),
        ("topic:no.longer", Answer("no.longer", 1.0)),
        ("operator", Escalate(Reason.ASKED)),
        ("helped:yes", Courtesy("helped")),
        ("menu", Courtesy("menu")),
        ("bot", Courtesy("how_to_help")),
        ("something-of-tomorrow", Courtesy("button_expired")),
    ],
)
async def test_a_button_does_what_it_says(interpreter: Interpreter, action: str, decision: Decision) -> None:
    assert await press(interpreter, action) == decision


async def test_a_button_that_is_gone_is_said_to_be_expired(interpreter: Interpreter) -> None:
    assert await interpreter.decide(Received(1, 1, IncomingKind.PRESS), NEW) == Courtesy("button_expired")


async def test_not_helped_offers_what_is_related_to_the_answer(interpreter: Interpreter) -> None:
    assert await press(interpreter, "helped:no", SOLD) == Clarify(
        ("market.price", "market.withdraw"), 0.0, disliked=True, refused=("market.sell",)
    )


async def test_not_helped_after_a_topic_that_was_deleted_offers_nothing(interpreter: Interpreter) -> None:
    assert await press(interpreter, "helped:no", Memory(topic="no.longer", awaits_verdict=True)) == Clarify(
        (), 0.0, disliked=True, refused=("no.longer",)
    )


async def test_a_second_tap_on_not_helped_is_no_second_dislike(interpreter: Interpreter) -> None:
    assert await press(interpreter, "helped:no", Memory(misses=1, topic="market.sell")) == Courtesy("how_to_help")


async def test_another_than_the_offered_topics_asks_to_say_it_in_other_words(interpreter: Interpreter) -> None:
    assert await press(interpreter, "other", OFFERED) == Clarify((), 0.0, refused=OFFERED.offered)


@pytest.mark.parametrize(
    ("words", "topic"), [("первое", "market.sell"), ("2", "market.price"), ("второй", "market.price")]
)
async def test_an_offered_topic_can_be_chosen_by_its_place(interpreter: Interpreter, words: str, topic: str) -> None:
    assert await interpreter.decide(text(words), OFFERED) == Answer(topic, 1.0)


async def test_the_last_offered_topic_can_be_chosen_and_keeps_its_rule(interpreter: Interpreter) -> None:
    expected = Escalate(Reason.TOPIC, "fraud.money-stolen", 1.0)
    assert await interpreter.decide(text("последнее"), OFFERED) == expected


async def test_a_place_that_was_not_offered_is_searched_as_words(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    assert await interpreter.decide(text("5"), OFFERED) == Clarify((), 0.0)
    assert knowledge.asked == ["5"]


async def test_a_number_out_of_nowhere_is_searched_as_words(interpreter: Interpreter, knowledge: FakeKnowledge) -> None:
    await interpreter.decide(text("2"), NEW)
    assert knowledge.asked == ["2"]


async def test_yes_to_the_only_offered_topic_chooses_it(interpreter: Interpreter) -> None:
    assert await interpreter.decide(text("да"), Memory(offered=("market.sell",))) == Answer("market.sell", 1.0)


async def test_yes_to_an_offered_topic_that_always_needs_a_person_calls_one(interpreter: Interpreter) -> None:
    memory = Memory(offered=("fraud.money-stolen",))
    assert await interpreter.decide(text("да"), memory) == Escalate(Reason.TOPIC, "fraud.money-stolen", 1.0)


async def test_yes_and_no_after_an_answer_are_its_verdict(interpreter: Interpreter) -> None:
    assert await interpreter.decide(text("да"), SOLD) == Courtesy("helped")
    assert await interpreter.decide(text("нет"), SOLD) == Clarify(
        ("market.price", "market.withdraw"), 0.0, disliked=True, refused=("market.sell",)
    )


async def test_a_follow_up_goes_where_the_last_topic_says(interpreter: Interpreter, knowledge: FakeKnowledge) -> None:
    assert await interpreter.decide(text("а сколько стоит?"), SOLD) == Answer("market.price", 1.0)
    assert not knowledge.asked


async def test_a_follow_up_that_leads_nowhere_is_searched_with_the_last_topic(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    await interpreter.decide(text("как отключить?"), SOLD)
    (query,) = knowledge.asked
    assert query.startswith("Как продать гигабайты ")
    assert "отключить" in query


async def test_the_last_question_with_another_object_is_searched_with_that_question(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    await interpreter.decide(text("а минуты?"), SOLD)
    (query,) = knowledge.asked
    assert query.startswith("как продать гигабайты ")


async def test_a_follow_up_out_of_nowhere_is_searched_as_it_is(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    await interpreter.decide(text("а сколько стоит?"), NEW)
    assert knowledge.asked == ["а сколько стоит?"]


@pytest.mark.parametrize("words", ["", "  \n"])
async def test_an_attachment_without_text_cannot_be_read(interpreter: Interpreter, words: str) -> None:
    photo = text(words, attachments=(Attachment(AttachmentKind.PHOTO),))
    assert await interpreter.decide(photo, NEW) == Courtesy("attachment")


async def test_an_attachment_with_text_is_answered_by_the_text(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("как продать гигабайты", market_sell=0.9)
    photo = text("как продать гигабайты", attachments=(Attachment(AttachmentKind.PHOTO),))
    assert await interpreter.decide(photo, NEW) == Answer("market.sell", 0.9)


async def test_a_message_with_nothing_in_it_is_asked_to_be_said_in_words(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    assert await interpreter.decide(text(" \n"), NEW) == Clarify((), 0.0)
    assert await interpreter.decide(text(" \n"), Memory(misses=1)) == Escalate(Reason.MISSES)
    assert not knowledge.asked


async def test_a_contact_is_thanked_for(interpreter: Interpreter) -> None:
    contact = text(attachments=(Attachment(AttachmentKind.CONTACT),))
    assert await interpreter.decide(contact, NEW) == Courtesy("contact_received")


async def test_a_message_that_broke_too_often_goes_to_a_person_unread(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    poisoned = text("как продать", failures=FAILURES_BEFORE_A_PERSON)
    assert await interpreter.decide(poisoned, NEW) == Escalate(Reason.FAILED)
    assert not knowledge.asked


TWO = "Как продать гигабайты? И почём за них просить?"


async def test_two_sure_questions_get_the_first_answer_and_a_way_to_the_second(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("Как продать гигабайты?", market_sell=0.9)
    knowledge.finds("И почём за них просить?", market_price=0.8)
    assert await interpreter.decide(text(TWO), NEW) == Answer("market.sell", 0.9, beside=("market.price",))


async def test_of_two_questions_the_one_for_a_person_does_not_wait(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("Как продать гигабайты?", market_sell=0.9)
    knowledge.finds("И почём за них просить?", fraud_money_stolen=0.8)
    assert await interpreter.decide(text(TWO), NEW) == Escalate(Reason.TOPIC, "fraud.money-stolen", 0.8)


async def test_unsure_parts_are_offered_beside_what_the_whole_finds(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds(TWO, market_sell=0.4)
    knowledge.finds("И почём за них просить?", market_price=0.5)
    assert await interpreter.decide(text(TWO), NEW) == Clarify(("market.price", "market.sell"), 0.4)


async def test_a_topic_said_not_to_be_meant_is_not_found_again(
    interpreter: Interpreter, knowledge: FakeKnowledge
) -> None:
    knowledge.finds("как продать", market_sell=0.9, market_price=0.3)
    assert await interpreter.decide(text("как продать"), Memory(refused=("market.sell",))) == Clarify(
        ("market.price",), 0.3
    )


async def test_a_choice_is_remembered_for_the_same_words(interpreter: Interpreter, knowledge: FakeKnowledge) -> None:
    chosen = remembered(Memory(question="Почём?", offered=("market.price",)), Answer("market.price", 1.0))
    assert await interpreter.decide(text("почём"), chosen) == Answer("market.price", 1.0)
    assert not knowledge.asked
