"""The status of a conversation: the table of moves, and what a move does to the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.conversation import MOVES, Conversation, Memory, Reason, Status
from bot.errors import IllegalMove
from bot.messages import Sender
from tests.support.clock import MORNING

SENDER = Sender("fake", "bot", "7")
TALKED = Memory(greeted=True, misses=1, topic="a.b", question="вопрос", offered=("a.c",), reassured=True)

moves = st.lists(
    st.tuples(st.sampled_from(Status), st.sampled_from([None, *Reason]), st.none() | st.integers(1, 5)), max_size=30
)


def conversation(status: Status = Status.BOT) -> Conversation:
    return Conversation(1, SENDER, status, 0, TALKED)


@given(st.sampled_from(Status), moves)
def test_any_sequence_of_moves_keeps_the_table(
    start: Status, asked: list[tuple[Status, Reason | None, int | None]]
) -> None:
    now, current = MORNING, conversation(start)
    for to, reason, agent_id in asked:
        now += timedelta(seconds=1)
        before, copy = current, replace(current)
        if to in MOVES[current.status]:
            current = current.move(to, now=now, reason=reason, agent_id=agent_id)
            assert current.status is to
            assert (current.queued_at is not None) == (to is Status.QUEUED)
            assert current.agent_id is None or to is Status.AGENT
            assert current.reason is None or to is not Status.BOT
        else:
            with pytest.raises(IllegalMove):
                current.move(to, now=now, reason=reason, agent_id=agent_id)
        assert before == copy


def test_the_table_is_the_one_of_the_design() -> None:
    written = {status.value: {to.value for to in allowed} for status, allowed in MOVES.items()}
    assert written == {
        "bot": {"queued", "closed"},
        "queued": {"agent", "bot", "closed"},
        "agent": {"bot", "queued", "closed"},
        "closed": {"bot"},
    }


def test_no_status_moves_to_itself() -> None:
    assert all(status not in allowed for status, allowed in MOVES.items())


def test_an_illegal_move_names_the_conversation_and_both_statuses() -> None:
    with pytest.raises(IllegalMove, match="conversation 1: status 'closed' cannot become 'agent'"):
        conversation(Status.CLOSED).move(Status.AGENT, now=MORNING)


def test_the_reason_stays_with_the_agent_and_after_it_until_the_bot_has_the_conversation_again() -> None:
    queued = conversation().move(Status.QUEUED, now=MORNING, reason=Reason.ANGRY)
    held = queued.move(Status.AGENT, now=MORNING, agent_id=3)
    released = held.move(Status.QUEUED, now=MORNING)
    closed = held.move(Status.CLOSED, now=MORNING)
    assert [queued.reason, held.reason, released.reason, closed.reason] == [Reason.ANGRY] * 4
    assert closed.move(Status.BOT, now=MORNING).reason is None


def test_the_queue_counts_from_the_move_into_it() -> None:
    later = MORNING + timedelta(minutes=5)
    queued = conversation().move(Status.QUEUED, now=MORNING)
    released = queued.move(Status.AGENT, now=MORNING, agent_id=3).move(Status.QUEUED, now=later)
    assert queued.queued_at == MORNING
    assert released.queued_at == later


def test_only_a_conversation_with_an_agent_names_one() -> None:
    held = conversation(Status.QUEUED).move(Status.AGENT, now=MORNING, agent_id=3)
    assert held.agent_id == 3
    assert all(held.move(to, now=MORNING, agent_id=3).agent_id is None for to in MOVES[Status.AGENT])


def test_the_bot_begins_anew_but_does_not_greet_twice() -> None:
    for status in (Status.QUEUED, Status.AGENT, Status.CLOSED):
        assert conversation(status).move(Status.BOT, now=MORNING).memory == Memory(greeted=True)


def test_what_was_said_to_the_bot_is_kept_while_a_person_has_the_conversation() -> None:
    assert conversation().move(Status.QUEUED, now=MORNING).memory == TALKED


def test_remembering_changes_nothing_else() -> None:
    before = conversation()
    after = before.remember(Memory(greeted=True))
    assert after.memory == Memory(greeted=True)
    assert replace(after, memory=before.memory) == before


def test_a_memory_shows_no_words_of_the_subscriber() -> None:
    assert "вопрос" not in repr(TALKED)
