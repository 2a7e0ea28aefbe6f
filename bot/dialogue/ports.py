"""What the dialogue needs of the world. Implemented by storage, knowledge.library and handoff; joined in bot.app."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.dialogue.conversation import Conversation
from bot.messages import Attachment, Button, IncomingKind, Sender
from knowledge.search import Hit
from knowledge.topic import Topic


@dataclass(frozen=True, slots=True)
class Received:
    """A subscriber's message as stored, waiting to be handled."""

    id: int
    conversation_id: int
    kind: IncomingKind
    text: str = field(default="", repr=False)
    pressed: Button | None = None  # None for a press of a button that is not ours or is gone
    attachments: tuple[Attachment, ...] = ()
    failures: int = 0  # how often handling it broke


@dataclass(frozen=True, slots=True)
class Draft:
    """A message of the bot on its way to the outbox."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    attachment: Attachment | None = None  # a kept file instead of a text


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bot decided on a message, for the desk, the reports and --json."""

    decision: str  # answer | clarify | escalate | record | elsewhere (we may not advise here)
    topic: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The outcome of a turn: stored in one transaction or not at all."""

    conversation: Conversation
    drafts: tuple[Draft, ...]
    verdict: Verdict
    issued_code: str = field(default="", repr=False)  # for linking another chat to this one
    link_with: int | None = None  # the conversation whose code was typed
    link_news: Draft | None = None  # for that conversation: a code that was given away must not work unseen


class Records(Protocol):
    """Conversations and their messages."""

    async def next_turn(self, conversation_id: int) -> tuple[Conversation, Received] | None:
        """The conversation and its oldest unhandled message; None when there is nothing to do."""
        ...

    async def finish(self, before: Conversation, received: Received, plan: Plan) -> bool:
        """Store the plan. False, and nothing stored, when somebody changed the conversation since `before`, or used up
        the code that the plan links by."""
        ...

    async def code_owner(self, code: str) -> int | None:
        """The conversation that a code for linking was given to, while the code lives."""
        ...

    async def queue_place(self, conversation_id: int) -> int:
        """1-based place the conversation has, or would have, in the agents' queue."""
        ...


class Knowledge(Protocol):
    async def find(self, query: str) -> Sequence[Hit]: ...
    def topic(self, topic_id: str) -> Topic | None: ...
    def answer(self, topic_id: str, language: str = "ru") -> str: ...
    def topic_named_in(self, text: str, last: Topic) -> Topic | None:
        """The last topic about another country, tariff, town, when hardly anything but its name was said."""
        ...

    def reply(self, name: str, language: str = "ru", **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether people answer now."""

    people: int  # agents on duty now; 0 outside the hours
    opens_at: datetime | None = None  # None: within the hours


class DutyRoster(Protocol):
    async def duty(self) -> Duty: ...


class Typing(Protocol):
    def show(self, sender: Sender) -> None:
        """Let the subscriber see that an answer is being written; returns at once."""
        ...


class Clock(Protocol):
    def now(self) -> datetime: ...
    async def sleep(self, seconds: float) -> None: ...
