"""The policy of the bot, a rule a test."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.conversation import Memory, Reason
from bot.dialogue.decide import (
    MOST_OPTIONS,
    Answer,
    Clarify,
    Courtesy,
    Decision,
    Escalate,
    Option,
    Said,
    Thresholds,
    decide,
    dislike,
    none_of_these,
    remembered,
)
from nlu.acts import Act

LIMITS = Thresholds(answer=0.6, clarify=0.2)
NEW = Memory()
ANSWERED = Memory(topic="a.one", awaits_verdict=True)
OFFERED = Memory(offered=("a.one", "a.two"))


def question(*probabilities: float, angry: bool = False, threat: Act | None = None) -> Said:
    """Topics a.1, a.2... found with these probabilities."""
    options = [Option(f"a.{n}", p) for n, p in enumerate(probabilities, 1)]
    return Said(Act.QUESTION, angry, threat, options=options)


def talk(*turns: Said, memory: Memory = NEW) -> tuple[Decision, Memory]:
    """The decision on the last of several turns."""
    for said in turns:
        decision = decide(said, memory, LIMITS)
        memory = remembered(memory, decision)
    return decision, memory


def test_who_asks_for_a_person_gets_one() -> None:
    assert decide(Said(Act.OPERATOR), NEW, LIMITS) == Escalate(Reason.ASKED)


def test_a_topic_named_outright_is_answered() -> None:
    assert decide(Said(Act.QUESTION, chosen=Option("a.one", 1.0)), NEW, LIMITS) == Answer("a.one", 1.0)


def test_a_topic_that_always_needs_a_person_tells_first_steps_and_calls_one() -> None:
    fraud = Option("fraud.stolen", 0.9, always_a_person=True)
    escalated = Escalate(Reason.TOPIC, "fraud.stolen", 0.9)
    assert decide(Said(Act.QUESTION, chosen=fraud), NEW, LIMITS) == escalated
    assert decide(Said(Act.QUESTION, options=[fraud]), NEW, LIMITS) == escalated


@pytest.mark.parametrize(
    ("act", "name"), [(Act.GREETING, "greeting_again"), (Act.THANKS, "thanks"), (Act.GOODBYE, "goodbye")]
)
def test_a_courtesy_is_answered_in_kind(act: Act, name: str) -> None:
    assert decide(Said(act), NEW, LIMITS) == Courtesy(name)


def test_mere_anger_gets_a_person() -> None:
    assert decide(Said(Act.ANGER, angry=True), NEW, LIMITS) == Escalate(Reason.ANGRY)


def test_an_angry_question_with_a_sure_answer_is_answered() -> None:
    assert decide(question(0.9, angry=True), NEW, LIMITS) == Answer("a.1", 0.9)


@pytest.mark.parametrize("probabilities", [(0.59,), (0.1,), ()])
def test_an_angry_question_without_a_sure_answer_gets_a_person(probabilities: tuple[float, ...]) -> None:
    assert decide(question(*probabilities, angry=True), NEW, LIMITS) == Escalate(Reason.ANGRY)


THREATS = [(Act.LEAVING, Reason.LEAVING), (Act.LEGAL, Reason.LEGAL)]


@pytest.mark.parametrize(("act", "reason"), THREATS)
@pytest.mark.parametrize("memory", [NEW, ANSWERED, OFFERED])
def test_a_mere_threat_gets_a_person_at_once_who_sees_which(act: Act, reason: Reason, memory: Memory) -> None:
    assert decide(Said(act, threat=act), memory, LIMITS) == Escalate(reason)
    assert decide(Said(act, angry=True, threat=act, chosen=Option("a.one", 1.0)), memory, LIMITS) == Escalate(reason)


@pytest.mark.parametrize("act", [Act.LEAVING, Act.LEGAL])
def test_a_threat_next_to_a_question_does_not_hide_it(act: Act) -> None:
    assert decide(question(0.9, threat=act), NEW, LIMITS) == Answer("a.1", 0.9)
    fraud = Option("fraud.stolen", 0.9, always_a_person=True)
    escalated = Escalate(Reason.TOPIC, "fraud.stolen", 0.9)
    assert decide(Said(Act.QUESTION, threat=act, options=[fraud]), NEW, LIMITS) == escalated


@pytest.mark.parametrize(("act", "reason"), THREATS)
@pytest.mark.parametrize("probabilities", [(0.9, 0.89), (0.59,), (0.1,), ()])
@pytest.mark.parametrize("angry", [False, True])
def test_a_threat_next_to_a_question_without_a_sure_answer_gets_a_person(
    act: Act, reason: Reason, probabilities: tuple[float, ...], angry: bool
) -> None:
    assert decide(question(*probabilities, angry=angry, threat=act), NEW, LIMITS) == Escalate(reason)


@pytest.mark.parametrize("act", [Act.LEAVING, Act.LEGAL])
def test_who_asks_for_a_person_with_a_threat_asks_for_a_person(act: Act) -> None:
    assert decide(Said(Act.OPERATOR, threat=act), NEW, LIMITS) == Escalate(Reason.ASKED)


def test_from_the_upper_threshold_up_the_bot_answers() -> None:
    assert decide(question(0.6), NEW, LIMITS) == Answer("a.1", 0.6)


def test_below_it_topics_from_half_the_lower_threshold_up_are_offered() -> None:
    assert decide(question(0.59, 0.1, 0.09), NEW, LIMITS) == Clarify(("a.1", "a.2"), 0.59)


def test_two_topics_as_good_as_equally_probable_are_asked_about() -> None:
    assert decide(question(0.9, 0.8), NEW, LIMITS) == Clarify(("a.1", "a.2"), 0.9)
    assert decide(question(0.9, 0.7), NEW, LIMITS) == Answer("a.1", 0.9)


def test_a_topic_that_always_needs_a_person_does_not_wait_for_a_question() -> None:
    fraud = [Option("fraud.one", 0.9, always_a_person=True), Option("fraud.two", 0.9, always_a_person=True)]
    assert decide(Said(Act.QUESTION, options=fraud), NEW, LIMITS) == Escalate(Reason.TOPIC, "fraud.one", 0.9)


def in_parts(whole: Option, *parts: Option) -> Said:
    return Said(Act.QUESTION, options=[whole], parts=[[part] for part in parts])


def test_a_lonely_sure_part_is_answered_only_if_the_whole_says_the_same() -> None:
    by_the_way, asked = Option("a.metro", 0.9), Option("a.missed", 0.3)
    assert decide(in_parts(asked, by_the_way, asked), NEW, LIMITS) == Clarify(("a.metro", "a.missed"), 0.3)
    assert decide(in_parts(Option("a.metro", 0.5), by_the_way), NEW, LIMITS) == Answer("a.metro", 0.9)


def test_a_lonely_part_that_needs_a_person_does_not_wait() -> None:
    stolen = Option("fraud.stolen", 0.9, always_a_person=True)
    assert decide(in_parts(Option("a.one", 0.5), stolen), NEW, LIMITS) == Escalate(Reason.TOPIC, "fraud.stolen", 0.9)


def test_beside_a_sure_whole_a_lonely_sure_part_is_not_told() -> None:
    asked, by_the_way = Option("a.asked", 0.9), Option("a.metro", 0.9)
    assert decide(in_parts(asked, by_the_way, Option("a.asked", 0.4)), NEW, LIMITS) == Answer("a.asked", 0.9)
    assert decide(in_parts(asked, by_the_way, asked), NEW, LIMITS) == Answer("a.asked", 0.9, beside=("a.metro",))


def test_when_nothing_is_close_the_bot_asks_to_say_it_in_other_words() -> None:
    assert decide(question(0.19), NEW, LIMITS) == Clarify((), 0.19)
    assert decide(question(), NEW, LIMITS) == Clarify((), 0.0)


def test_two_misses_in_a_row_get_a_person() -> None:
    assert talk(question(), question())[0] == Escalate(Reason.MISSES)


def test_after_a_miss_close_topics_are_still_offered() -> None:
    assert talk(question(), question(0.4))[0] == Clarify(("a.1",), 0.4)


def test_an_answer_between_ends_a_row_of_misses() -> None:
    assert talk(question(), question(0.9), question())[0] == Clarify((), 0.0)
    assert talk(question(), question(0.9), question())[1].misses == 1


def test_an_answer_called_unhelpful_after_a_miss_gets_a_person() -> None:
    assert talk(question(), question(0.9), Said(Act.NO))[0] == Escalate(Reason.UNHELPFUL)


def test_an_answer_after_an_unhelpful_one_does_not_end_the_row_until_it_helped() -> None:
    assert talk(question(0.9), Said(Act.NO), question(0.9), Said(Act.NO))[0] == Escalate(Reason.UNHELPFUL)
    helped, memory = talk(question(0.9), Said(Act.NO), question(0.9), Said(Act.YES))
    assert helped == Courtesy("helped")
    assert memory.misses == 0


def test_topics_offered_twice_in_a_row_without_success_get_a_person() -> None:
    assert talk(question(0.4), question(0.4))[0] == Clarify(("a.1",), 0.4)
    assert talk(question(0.4), question(0.4), question(0.4))[0] == Escalate(Reason.MISSES)


def test_a_bare_yes_to_several_topics_asks_once_more_which() -> None:
    assert decide(Said(Act.YES), OFFERED, LIMITS) == Clarify(OFFERED.offered, 1.0)


def test_a_bare_yes_over_and_over_gets_a_person() -> None:
    assert talk(Said(Act.YES), Said(Act.YES), memory=OFFERED)[0] == Escalate(Reason.MISSES)


def test_yes_after_an_answer_means_that_it_helped() -> None:
    assert decide(Said(Act.YES), ANSWERED, LIMITS) == Courtesy("helped")


def test_no_after_an_answer_offers_what_is_related() -> None:
    said = Said(Act.NO, related=("a.1", "a.2", "a.3", "a.4"))
    assert decide(said, ANSWERED, LIMITS) == Clarify(
        ("a.1", "a.2", "a.3"), 0.0, disliked=True, refused=(ANSWERED.topic,)
    )


def test_no_to_the_offered_topics_asks_to_say_it_in_other_words() -> None:
    assert decide(Said(Act.NO, related=("a.1",)), OFFERED, LIMITS) == Clarify((), 0.0, refused=OFFERED.offered)


@pytest.mark.parametrize("act", [Act.YES, Act.NO])
def test_yes_and_no_out_of_nowhere_mean_nothing(act: Act) -> None:
    assert decide(Said(act), NEW, LIMITS) == Courtesy("how_to_help")


def test_a_second_dislike_in_a_row_gets_a_person() -> None:
    assert dislike(replace(ANSWERED, misses=1)) == Escalate(Reason.UNHELPFUL)


def test_none_of_the_offered_topics_after_a_miss_gets_a_person() -> None:
    assert none_of_these(replace(OFFERED, misses=1)) == Escalate(Reason.MISSES)


def test_an_answer_is_remembered_with_its_question() -> None:
    memory = remembered(OFFERED, Answer("a.one", 0.9), "как продать")
    assert memory == Memory(topic="a.one", question="как продать", awaits_verdict=True)


def test_a_press_keeps_the_question_it_answers() -> None:
    memory = remembered(replace(OFFERED, question="как продать"), Answer("a.one", 1.0))
    assert memory.question == "как продать"


def test_offered_topics_are_remembered_in_the_order_of_their_buttons() -> None:
    memory = remembered(ANSWERED, Clarify(("a.2", "a.1"), 0.4), "вопрос")
    assert memory.offered == ("a.2", "a.1")
    assert memory.misses == 0
    assert not memory.awaits_verdict


@pytest.mark.parametrize(
    "clarify", [Clarify((), 0.1), Clarify((), 0.0, disliked=True), Clarify(("a.1",), 0.0, disliked=True)]
)
def test_an_unanswered_or_disliked_turn_is_a_miss(clarify: Clarify) -> None:
    assert remembered(NEW, clarify).misses == 1


def test_what_was_handed_over_is_remembered_for_the_agent() -> None:
    memory = remembered(OFFERED, Escalate(Reason.TOPIC, "fraud.stolen"), "украли деньги")
    assert (memory.topic, memory.question, memory.offered) == ("fraud.stolen", "украли деньги", ())
    assert remembered(ANSWERED, Escalate(Reason.ASKED)).topic == "a.one"


@pytest.mark.parametrize("name", ["helped", "thanks", "goodbye"])
def test_a_good_end_forgets_misses_and_offers(name: str) -> None:
    memory = remembered(replace(OFFERED, misses=1, topic="a.one"), Courtesy(name))
    assert memory == Memory(topic="a.one")


def test_a_greeting_in_between_changes_no_memory() -> None:
    assert remembered(ANSWERED, Courtesy("greeting_again")) == ANSWERED


probabilities = st.floats(0, 1)
topics = st.sampled_from(["a.1", "a.2", "a.3", "a.4"])
memories = st.builds(
    Memory,
    misses=st.integers(0, 3),
    topic=st.just("") | topics,
    offered=st.lists(topics, max_size=MOST_OPTIONS, unique=True).map(tuple),
    awaits_verdict=st.booleans(),
)
sayings = st.builds(
    Said,
    act=st.sampled_from(Act),
    angry=st.booleans(),
    threat=st.sampled_from([None, Act.LEAVING, Act.LEGAL]),
    chosen=st.none() | st.builds(Option, topics, probabilities, st.booleans()),
    options=st.lists(st.builds(Option, topics, probabilities, st.booleans()), max_size=6).map(
        lambda options: sorted(options, key=lambda option: -option.probability)
    ),
    related=st.lists(topics, max_size=6).map(tuple),
)
thresholds = st.tuples(probabilities, probabilities).map(lambda pair: Thresholds(max(pair), min(pair)))


@given(sayings, memories, thresholds)
def test_the_same_turn_always_gets_the_same_decision(said: Said, memory: Memory, limits: Thresholds) -> None:
    assert decide(said, memory, limits) == decide(said, memory, limits)


@given(sayings, memories, thresholds)
def test_never_more_than_three_topics_are_offered(said: Said, memory: Memory, limits: Thresholds) -> None:
    decision = decide(said, memory, limits)
    assert not isinstance(decision, Clarify) or len(decision.topics) <= MOST_OPTIONS


@given(sayings, memories, thresholds, probabilities)
def test_a_surer_first_topic_never_turns_an_answer_into_an_escalation(
    said: Said, memory: Memory, limits: Thresholds, raised: float
) -> None:
    if not said.options or not isinstance(decide(said, memory, limits), Answer):
        return
    first, *others = said.options
    surer = replace(said, options=[replace(first, probability=max(first.probability, raised)), *others])
    assert isinstance(decide(surer, memory, limits), Answer)


@given(st.lists(st.tuples(sayings, thresholds), max_size=12))
def test_the_bot_never_leaves_a_third_miss_in_a_row_to_itself(turns: list[tuple[Said, Thresholds]]) -> None:
    memory = NEW
    for said, limits in turns:
        decision = decide(said, memory, limits)
        memory = NEW if isinstance(decision, Escalate) else remembered(memory, decision, "вопрос")
        assert memory.misses < 2


def test_a_decision_of_a_kind_without_a_rule_is_a_fault() -> None:
    with pytest.raises(AssertionError):
        remembered(NEW, object())  # type: ignore[arg-type]  # mypy refuses it too; this is for what mypy did not see
