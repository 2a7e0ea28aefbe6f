"""One conversation without a database: the dialogue over records in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.dialogue.conversation import Conversation, Memory, Reason, Status
from bot.dialogue.decide import Thresholds
from bot.dialogue.interpret import Interpreter
from bot.dialogue.permission import OPEN
from bot.dialogue.ports import Draft, Duty, Plan, Received
from bot.dialogue.replies import Replies
from bot.dialogue.turn import Dialogue
from bot.messages import Attachment, Button, IncomingKind, Sender
from tests.support.clock import FakeClock
from tests.support.knowledge import FakeKnowledge

SENDER = Sender("fake", "bot", "7", "Абонент")
LIMITS = Thresholds(answer=0.6, clarify=0.2)


@dataclass
class MemoryRecords:
    """Implements bot.dialogue.ports.Records for one conversation. `meddle` takes its place before the next store."""

    conversation: Conversation
    waiting: list[Received] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    meddle: Conversation | None = None
    place: int = 1
    codes: dict[str, int] = field(default_factory=dict)  # living ones, with the conversation each was given to

    async def next_turn(self, conversation_id: int) -> tuple[Conversation, Received] | None:
        return (self.conversation, self.waiting[0]) if self.waiting else None

    async def finish(self, before: Conversation, received: Received, plan: Plan) -> bool:
        if self.meddle is not None:
            self.conversation = replace(self.meddle, version=before.version + 1)
            self.meddle = None
        if self.conversation.version != before.version:
            return False
        if plan.link_with is not None:
            self.codes = {code: owner for code, owner in self.codes.items() if owner != plan.link_with}
        self.conversation = replace(plan.conversation, version=before.version + 1)
        self.waiting.remove(received)
        self.plans.append(plan)
        return True

    async def code_owner(self, code: str) -> int | None:
        return self.codes.get(code)

    async def queue_place(self, conversation_id: int) -> int:
        return self.place


@dataclass
class FakeRoster:
    people: int = 1
    opens_at: datetime | None = None

    async def duty(self) -> Duty:
        return Duty(self.people, self.opens_at)


@dataclass
class FakeTyping:
    shown: list[Sender] = field(default_factory=list)

    def show(self, sender: Sender) -> None:
        self.shown.append(sender)


def whole(sender: Sender, draft: Draft) -> Sequence[Draft]:
    """A messenger without limits."""
    return (draft,)


class Talk:
    """What a subscriber does, and what they hear."""

    def __init__(self, memory: Memory = Memory(), status: Status = Status.BOT, reason: Reason | None = None) -> None:  # noqa: B008  # frozen
        self.clock = FakeClock()
        self.knowledge = FakeKnowledge()
        self.roster = FakeRoster()
        self.typing = FakeTyping()
        self.records = MemoryRecords(Conversation(1, SENDER, status, 0, memory, reason=reason))
        self.menu: list[str] = ["market.sell", "no.such-topic"]
        self.permission = OPEN
        self.titles: dict[str, str] = {}
        self._written = 0

    @property
    def conversation(self) -> Conversation:
        return self.records.conversation

    def dialogue(self) -> Dialogue:
        return Dialogue(
            records=self.records,
            interpreter=Interpreter(self.knowledge, LIMITS),
            replies=Replies(self.knowledge, self.menu),
            roster=self.roster,
            fit=whole,
            typing=self.typing,
            clock=self.clock,
            permission=self.permission,
            channel_titles=self.titles,
        )

    async def writes(self, text: str = "", *, attachments: tuple[Attachment, ...] = (), failures: int = 0) -> list[str]:
        return await self._take(IncomingKind.TEXT, text=text, attachments=attachments, failures=failures)

    async def presses(self, action: str) -> list[str]:
        """A button with this action; "" presses one that is gone."""
        return await self._take(IncomingKind.PRESS, pressed=Button("надпись", action) if action else None)

    async def opens(self) -> list[str]:
        return await self._take(IncomingKind.START)

    @property
    def last(self) -> Plan:
        return self.records.plans[-1]

    @property
    def buttons(self) -> list[str]:
        """Actions of the buttons of the last turn."""
        return [button.action for draft in self.last.drafts for button in draft.buttons]

    async def _take(self, kind: IncomingKind, **rest: object) -> list[str]:
        self._written += 1
        self.records.waiting.append(Received(self._written, 1, kind, **rest))  # type: ignore[arg-type]  # as _take's callers type them
        before = len(self.records.plans)
        while await self.dialogue().take_turn(1):
            pass
        return [draft.text for plan in self.records.plans[before:] for draft in plan.drafts]
