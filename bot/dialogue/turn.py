"""One turn of a conversation: load, understand, decide, store. Whatever the bot says starts here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import structlog
from prometheus_client import Counter, Histogram

from bot.dialogue import linking
from bot.dialogue.conversation import Conversation, Status
from bot.dialogue.decide import Answer, Clarify, Courtesy, Decision, Escalate, remembered
from bot.dialogue.interpret import Interpreter
from bot.dialogue.permission import OPEN, Permission
from bot.dialogue.ports import Clock, Draft, DutyRoster, Plan, Received, Records, Typing, Verdict
from bot.dialogue.replies import Replies
from bot.messages import IncomingKind, Sender
from knowledge.topic import Action
from nlu.language import spoken_in

Fit = Callable[[Sender, Draft], Sequence[Draft]]
"""Cuts a draft into parts that the sender's messenger can carry."""

TURNS = Counter("otklik_turns", "Turns by what the bot decided", ["channel", "decision"])
TURN_SECONDS = Histogram("otklik_turn_seconds", "Deciding and storing one turn, without sending")
log = structlog.get_logger()


class Dialogue:
    """Takes turns. Stateless: what it knows of a conversation is loaded for the turn and stored with it."""

    def __init__(  # noqa: PLR0913  # the composition of the core, named once in bot.app
        self,
        *,
        records: Records,
        interpreter: Interpreter,
        replies: Replies,
        roster: DutyRoster,
        fit: Fit,
        typing: Typing,
        clock: Clock,
        permission: Permission = OPEN,
        channel_titles: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`channel_titles`: of the channels that run, as people call them."""
        self._records = records
        self._interpreter = interpreter
        self._replies = replies
        self._roster = roster
        self._fit = fit
        self._typing = typing
        self._clock = clock
        self._permission = permission
        self._channel_titles = channel_titles

    async def take_turn(self, conversation_id: int) -> bool:
        """Handle the oldest unhandled message. False when there is none.

        When somebody (an agent) changed the conversation meanwhile, nothing is stored or said and the message
        stays unhandled: the next call decides anew, so the bot never speaks over a person.
        """
        turn = await self._records.next_turn(conversation_id)
        if turn is None:
            return False
        conversation, received = turn
        with TURN_SECONDS.time():
            plan = await self._plan(conversation, received)
            stored = await self._records.finish(conversation, received, plan)
        if stored:
            TURNS.labels(conversation.sender.channel, plan.verdict.decision).inc()
        log.info(
            "turn_taken" if stored else "turn_retried",
            conversation=conversation_id,
            message=received.id,
            decision=plan.verdict.decision,
            topic=plan.verdict.topic,
            confidence=round(plan.verdict.confidence, 3),
        )
        return True

    async def _plan(self, conversation: Conversation, received: Received) -> Plan:
        if not self._permission.permits(conversation.sender.channel, conversation.audience):
            open_channels = self._permission.open_to(conversation.audience, self._channel_titles)
            pointer = self._speaking_to(_heard(conversation, received)).elsewhere(open_channels)
            return self._fitted(conversation, [pointer], Verdict("elsewhere"))
        code = linking.read_code(received.text) if received.kind is IncomingKind.TEXT else None
        if code is None:
            return await self._plan_turn(conversation, received)
        may_try = conversation.memory.wrong_codes < linking.MOST_WRONG_CODES
        owner = await self._records.code_owner(code) if may_try else None
        return await self._plan_code(conversation, received, owner)

    async def _plan_code(self, conversation: Conversation, received: Received, owner: int | None) -> Plan:
        """`owner`: the conversation whose code was typed; None: it fits nothing and may be some other number."""
        if owner == conversation.id:
            return self._note(conversation, "link_code_own")
        if owner is not None:
            channel = conversation.sender.channel
            news = self._replies.say("link_news", channel=self._channel_titles.get(channel, channel))
            return replace(self._note(conversation, "linked"), link_with=owner, link_news=news)
        memory = conversation.memory
        mistaken = conversation.remember(replace(memory, wrong_codes=memory.wrong_codes + 1))
        if linking.is_surely_a_code(received.text):
            return self._note(mistaken, "link_code_wrong")
        return await self._plan_turn(mistaken, received)

    def _note(self, conversation: Conversation, reply: str) -> Plan:
        """Said only while the bot has the conversation: it never talks over a person."""
        with_people = conversation.status in (Status.AGENT, Status.QUEUED)
        return self._fitted(
            conversation, () if with_people else [self._speaking_to(conversation).say(reply)], Verdict("record")
        )

    async def _plan_turn(self, conversation: Conversation, received: Received) -> Plan:
        if conversation.status is Status.AGENT:
            return Plan(conversation, (), Verdict("record"))
        conversation = _heard(conversation, received)
        if conversation.status is Status.QUEUED:
            return self._plan_queued(conversation, received)
        if conversation.status is Status.CLOSED:
            conversation = conversation.move(Status.BOT, now=self._clock.now())
        self._typing.show(conversation.sender)
        decision = await self._interpreter.decide(received, conversation.memory)
        return await self._carry_out(conversation, received, decision)

    def _plan_queued(self, conversation: Conversation, received: Received) -> Plan:
        """Who waits for a person hears once that they are not forgotten, and may ask for the bot back."""
        if received.pressed and received.pressed.action == "bot":
            returned = conversation.move(Status.BOT, now=self._clock.now())
            return self._fitted(returned, [self._speaking_to(returned).say("cancelled_handoff")], Verdict("answer"))
        if conversation.memory.reassured:
            return Plan(conversation, (), Verdict("record"))
        reassured = conversation.remember(replace(conversation.memory, reassured=True))
        return self._fitted(reassured, [self._speaking_to(conversation).still_queued()], Verdict("record"))

    async def _carry_out(self, conversation: Conversation, received: Received, decision: Decision) -> Plan:
        memory = remembered(conversation.memory, decision, received.text)
        after = conversation.remember(replace(memory, greeted=True))
        replies = self._speaking_to(conversation)
        drafts = list(replies.word(decision, conversation.memory))
        if not conversation.memory.greeted and not isinstance(decision, Courtesy):
            drafts.insert(0, replies.greeting())
        if received.attachments and received.text.strip():
            drafts.append(replies.say("attachment_passed"))
        if isinstance(decision, Escalate):
            now = self._clock.now()
            after = after.move(Status.QUEUED, now=now, reason=decision.reason)
            place = await self._records.queue_place(conversation.id)
            drafts.append(replies.queued(place, await self._roster.duty(), now))
        if replies.action(decision) is not Action.LINK_CHATS:
            return self._fitted(after, drafts, verdict_of(decision))
        code = linking.new_code()
        drafts.append(replies.say("link_code", code=linking.shown(code), minutes=linking.VALID_MINUTES))
        return replace(self._fitted(after, drafts, verdict_of(decision)), issued_code=code)

    def _speaking_to(self, conversation: Conversation) -> Replies:
        return self._replies.speaking(conversation.memory.language)

    def _fitted(self, conversation: Conversation, drafts: Sequence[Draft], verdict: Verdict) -> Plan:
        parts = tuple(part for draft in drafts for part in self._fit(conversation.sender, draft))
        return Plan(conversation, parts, verdict)


def _heard(conversation: Conversation, received: Received) -> Conversation:
    """Whatever language a message is written in, the next reply is in it."""
    before = conversation.memory.language
    language = spoken_in(received.text, before) if received.kind is IncomingKind.TEXT else before
    return conversation.remember(replace(conversation.memory, language=language))


def verdict_of(decision: Decision) -> Verdict:
    match decision:
        case Answer(topic, confidence):
            return Verdict("answer", topic, confidence)
        case Clarify(_, confidence):
            return Verdict("clarify", "", confidence)
        case Escalate(topic=topic, confidence=confidence):
            return Verdict("escalate", topic, confidence)
        case Courtesy():
            return Verdict("answer", "", 1.0)
