"""A conversation: its status, the only table of allowed moves, and what the dialogue remembers of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from bot.errors import IllegalMove
from bot.messages import Audience, Sender
from nlu.language import Language


class Status(StrEnum):
    BOT = "bot"
    QUEUED = "queued"
    AGENT = "agent"
    CLOSED = "closed"


MOVES: dict[Status, frozenset[Status]] = {
    Status.BOT: frozenset({Status.QUEUED, Status.CLOSED}),
    Status.QUEUED: frozenset({Status.AGENT, Status.BOT, Status.CLOSED}),
    Status.AGENT: frozenset({Status.BOT, Status.QUEUED, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.BOT}),
}


class Reason(StrEnum):
    """Why a conversation was passed to a person."""

    ASKED = "asked"  # the subscriber asked for a person
    ANGRY = "angry"
    LEAVING = "leaving"  # threatens to leave us
    LEGAL = "legal"  # threatens with a court, an authority, a lawyer
    MISSES = "misses"  # twice in a row the bot had no answer
    UNHELPFUL = "unhelpful"  # the answers did not help
    TOPIC = "topic"  # the topic says: always a person (fraud)
    FAILED = "failed"  # the bot broke on a message


@dataclass(frozen=True, slots=True)
class Memory:
    """What the bot knows of the talk so far; a new episode starts with an empty one."""

    greeted: bool = False
    language: Language = "ru"  # of the last message that told
    misses: int = 0  # questions without an answer or with an unhelpful one, in a row
    topic: str = ""  # the last topic answered
    question: str = field(default="", repr=False)  # the last question, in the subscriber's words
    refused: tuple[str, ...] = ()  # topics that were offered or answered, and were not what was meant
    choices: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # question, and the topic chosen for it
    offered: tuple[str, ...] = ()  # topics offered by the last clarifying question, in the order of its buttons
    awaits_verdict: bool = False  # "did it help?" stands under the last answer
    reassured: bool = False  # while waiting for a person: was told once that the question is not forgotten
    wrong_codes: int = 0  # codes for linking chats that fitted nothing

    def in_a_new_episode(self) -> "Memory":
        return Memory(greeted=self.greeted, language=self.language, wrong_codes=self.wrong_codes)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One subscriber's chat with one account of ours; there is never a second one for the same chat."""

    id: int
    sender: Sender
    status: Status
    version: int
    memory: Memory = Memory()
    reason: Reason | None = None
    queued_at: datetime | None = None
    agent_id: int | None = None
    reachable: bool = True
    audience: Audience = Audience.PRIVATE

    def move(self, to: Status, *, now: datetime, reason: Reason | None = None, agent_id: int | None = None) -> Self:
        """The conversation in its new status. Raises IllegalMove for what is not in MOVES.

        The reason of the hand-off stays with the agent and after it, until the conversation is the bot's again.
        """
        if to not in MOVES[self.status]:
            raise IllegalMove(self.id, self.status, to)
        queued = to is Status.QUEUED
        return replace(
            self,
            status=to,
            reason=None if to is Status.BOT else reason or self.reason,
            queued_at=(self.queued_at or now) if queued else None,
            agent_id=agent_id if to is Status.AGENT else None,
            memory=self.memory.in_a_new_episode() if to is Status.BOT else self.memory,
        )

    def remember(self, memory: Memory) -> Self:
        return replace(self, memory=memory)
