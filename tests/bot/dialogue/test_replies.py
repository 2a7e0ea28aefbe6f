"""What the subscriber reads and may press, for every decision. Of a sentence the fake knowledge says the name."""

from datetime import datetime, timedelta, timezone

import pytest

from bot.dialogue.conversation import Memory, Reason
from bot.dialogue.decide import Answer, Clarify, Courtesy, Escalate
from bot.dialogue.ports import Draft, Duty
from bot.dialogue.replies import Replies
from bot.messages import Button
from knowledge.topic import Action
from tests.support.clock import MORNING
from tests.support.knowledge import FakeKnowledge

NEW, GREETED = Memory(), Memory(greeted=True)
MOSCOW = timezone(timedelta(hours=3))
PERSON = Button("button_operator", "operator")
BACK = Button("button_back_to_bot", "bot")
MENU = (Button("Как продать гигабайты", "topic:market.sell"),)


@pytest.fixture
def replies() -> Replies:
    return Replies(FakeKnowledge(), ["market.sell", "no.such-topic"])


def buttons(*drafts: Draft) -> list[str]:
    return [button.action for draft in drafts for button in draft.buttons]


def test_an_answer_ends_with_next_steps_and_a_verdict(replies: Replies) -> None:
    (draft,) = replies.word(Answer("market.sell", 0.9), NEW)
    assert draft.text == "answer market.sell"
    assert buttons(draft) == ["topic:market.withdraw", "helped:yes", "helped:no"]


def test_an_answer_of_a_topic_that_says_so_offers_a_person(replies: Replies) -> None:
    assert buttons(*replies.word(Answer("market.withdraw", 0.9), NEW)) == ["operator", "helped:yes", "helped:no"]


def test_an_answer_whose_topic_was_deleted_offers_the_menu(replies: Replies) -> None:
    assert replies.word(Answer("no.longer", 1.0), NEW) == (Draft("button_expired", MENU),)


def test_close_topics_are_offered_by_their_titles(replies: Replies) -> None:
    (draft,) = replies.word(Clarify(("market.sell", "market.price"), 0.4), NEW)
    assert draft.text == "clarify"
    assert [button.text for button in draft.buttons] == ["Как продать гигабайты", "Цена лота", "button_other"]
    assert buttons(draft) == ["topic:market.sell", "topic:market.price", "other"]


def test_with_nothing_close_the_menu_and_a_person_are_offered(replies: Replies) -> None:
    (draft,) = replies.word(Clarify((), 0.1), NEW)
    assert (draft.text, buttons(draft)) == ("clarify_nothing", ["menu", "operator"])


def test_after_an_unhelpful_answer_related_topics_and_a_person_are_offered(replies: Replies) -> None:
    (draft,) = replies.word(Clarify(("market.price",), 0.0, disliked=True), NEW)
    assert (draft.text, buttons(draft)) == ("not_helped", ["topic:market.price", "operator"])


def test_first_steps_are_told_with_the_news_that_a_person_is_called(replies: Replies) -> None:
    fraud = Escalate(Reason.TOPIC, "fraud.money-stolen", 0.9)
    assert replies.word(fraud, NEW) == (Draft("escalated_topic\n\nanswer fraud.money-stolen"),)


def test_an_escalation_without_a_topic_says_only_the_news_of_the_queue(replies: Replies) -> None:
    assert replies.word(Escalate(Reason.ASKED), NEW) == ()


def test_a_fault_of_ours_is_admitted(replies: Replies) -> None:
    assert replies.word(Escalate(Reason.FAILED), NEW) == (Draft("failed"),)


@pytest.mark.parametrize("name", ["greeting", "menu", "how_to_help"])
def test_the_menu_stands_under_every_invitation_without_topics_that_are_gone(replies: Replies, name: str) -> None:
    assert replies.word(Courtesy(name), GREETED) == (Draft(name, MENU),)


def test_a_greeting_is_a_full_one_only_on_first_contact(replies: Replies) -> None:
    assert replies.word(Courtesy("greeting_again"), NEW) == (Draft("greeting", MENU),)
    assert replies.word(Courtesy("greeting_again"), GREETED) == (Draft("greeting_again"),)
    assert replies.greeting() == Draft("greeting")


@pytest.mark.parametrize("name", ["attachment", "contact_received"])
def test_what_the_bot_cannot_read_a_person_can(replies: Replies, name: str) -> None:
    assert replies.word(Courtesy(name), NEW) == (Draft(name, (PERSON,)),)


@pytest.mark.parametrize("name", ["thanks", "goodbye", "helped", "button_expired"])
def test_other_courtesies_ask_for_nothing(replies: Replies, name: str) -> None:
    assert replies.word(Courtesy(name), NEW) == (Draft(name),)


def test_who_waits_knows_the_place_and_the_way_back(replies: Replies) -> None:
    assert replies.queued(3, Duty(people=2), MORNING) == Draft("queued 3", (BACK,))
    assert replies.queued(1, Duty(people=2), MORNING) == Draft("queued_first", (BACK,))


def test_who_waits_knows_that_nobody_is_free(replies: Replies) -> None:
    assert replies.queued(1, Duty(people=0), MORNING) == Draft("queued_nobody", (BACK,))


@pytest.mark.parametrize(
    ("opens_at", "said"),
    [
        (datetime(2026, 11, 20, 21, 5, tzinfo=MOSCOW), "21:05"),
        (datetime(2026, 11, 21, 8, 0, tzinfo=MOSCOW), "завтра, 8:00"),
        (datetime(2026, 11, 23, 8, 0, tzinfo=MOSCOW), "23.11, 8:00"),
        (datetime(2027, 1, 9, 8, 0, tzinfo=MOSCOW), "09.01, 8:00"),
    ],
)
def test_who_waits_out_of_hours_knows_until_when(replies: Replies, opens_at: datetime, said: str) -> None:
    assert replies.queued(1, Duty(people=0, opens_at=opens_at), MORNING).text == f"queued_off_hours {said}"


def test_tomorrow_is_counted_where_the_desk_is(replies: Replies) -> None:
    """22:30 UTC is the next day in Moscow already."""
    night = MORNING.replace(hour=22, minute=30)
    opens_at = datetime(2026, 11, 21, 8, 0, tzinfo=MOSCOW)
    assert replies.queued(1, Duty(people=0, opens_at=opens_at), night).text == "queued_off_hours 8:00"


def test_who_waits_long_hears_that_they_are_not_forgotten(replies: Replies) -> None:
    assert replies.still_queued() == Draft("still_queued", (BACK,))


def test_a_closed_conversation_asks_whether_it_is_solved(replies: Replies) -> None:
    assert buttons(replies.agent_closed()) == ["helped:yes", "operator"]


def test_a_sentence_takes_its_values(replies: Replies) -> None:
    assert replies.say("agent_joined", agent="Специалист").text == "agent_joined Специалист"


def test_the_pointer_names_where_we_may_advise_and_offers_nothing_to_press(replies: Replies) -> None:
    assert replies.elsewhere(["ВКонтакте", "Чат на сайте"]) == Draft("elsewhere ВКонтакте, Чат на сайте")
    assert replies.elsewhere([]) == Draft("elsewhere_nowhere")


def test_only_an_answered_topic_has_its_action_done(replies: Replies) -> None:
    assert replies.action(Answer("app.link-chats", 0.9)) is Action.LINK_CHATS
    others = [
        Answer("market.sell", 0.9),
        Answer("no.longer", 1.0),
        Clarify(("app.link-chats",), 0.4),
        Escalate(Reason.TOPIC, "app.link-chats"),
        Courtesy("thanks"),
    ]
    assert [replies.action(decision) for decision in others] == [None] * len(others)
