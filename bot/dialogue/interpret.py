"""From a message to a decision: buttons, words, follow-ups, in the light of what the conversation remembers."""

import asyncio
from dataclasses import replace

from bot.dialogue.conversation import Memory, Reason
from bot.dialogue.decide import (
    Courtesy,
    Decision,
    Escalate,
    Option,
    Said,
    Thresholds,
    decide,
    dislike,
    none_of_these,
)
from bot.dialogue.ports import Knowledge, Received
from bot.messages import AttachmentKind, IncomingKind
from knowledge.topic import Escalation
from nlu.acts import Act
from nlu.normalize import normalize
from nlu.parts import parts
from nlu.understanding import Understanding, understand

FAILURES_BEFORE_A_PERSON = 3
SMALL_TALK = "smalltalk"


class Interpreter:
    """Reads a message and decides; says and stores nothing."""

    def __init__(self, knowledge: Knowledge, limits: Thresholds) -> None:
        self._knowledge = knowledge
        self._limits = limits

    async def decide(self, received: Received, memory: Memory) -> Decision:
        """What to do with a message of a conversation that is the bot's."""
        if received.failures >= FAILURES_BEFORE_A_PERSON:
            return Escalate(Reason.FAILED)
        if received.kind is IncomingKind.START:
            return Courtesy("greeting")
        if received.kind is IncomingKind.PRESS:
            return self._decide_press(received, memory)
        if received.text.strip():
            return await self._decide_text(understand(received.text), memory)
        if not received.attachments:
            return none_of_these(memory)
        contact = any(attachment.kind is AttachmentKind.CONTACT for attachment in received.attachments)
        return Courtesy("contact_received" if contact else "attachment")

    def _decide_press(self, received: Received, memory: Memory) -> Decision:
        kind, _, value = (received.pressed.action if received.pressed else "").partition(":")
        match kind, value:
            case "topic", topic:
                chosen = Said(Act.QUESTION, chosen=self._option(topic, 1.0))
                return decide(chosen, memory, self._limits)
            case "operator", _:
                return Escalate(Reason.ASKED)
            case "helped", verdict:
                return self._decide_verdict(verdict, memory)
            case "other", _:
                return none_of_these(memory)
            case "menu", _:
                return Courtesy("menu")
            case "bot", _:
                return Courtesy("how_to_help")
            case _:
                return Courtesy("button_expired")

    def _decide_verdict(self, verdict: str, memory: Memory) -> Decision:
        if verdict == "yes":
            return Courtesy("helped")
        # A second tap is not a second dislike.
        return dislike(memory, self._related(memory)) if memory.awaits_verdict else Courtesy("how_to_help")

    async def _decide_text(self, understood: Understanding, memory: Memory) -> Decision:
        said = Said(
            understood.act,
            angry=understood.angry,
            threat=understood.threat,
            chosen=self._chosen(understood, memory),
            related=self._related(memory),
        )
        if said.act is Act.QUESTION and not said.chosen:
            whole, *cut = await self._find_each(self._query(understood, memory), memory)
            said = replace(said, options=whole, parts=cut)
        return decide(said, memory, self._limits)

    async def _find_each(self, query: str, memory: Memory) -> list[tuple[Option, ...]]:
        """For the whole, then for each part if there are several."""
        several = parts(query)
        queries = [query, *several] if len(several) > 1 else [query]
        return await asyncio.gather(*(self._find(each, memory) for each in queries))

    def _chosen(self, understood: Understanding, memory: Memory) -> Option | None:
        """A topic named outright: one of those offered, or what a short follow-up leads to ("а в Египте?")."""
        offered = memory.offered
        if understood.act is Act.YES and len(offered) == 1:
            return self._option(offered[0], 1.0)
        if understood.choice is not None and offered:
            position = len(offered) if understood.choice == -1 else understood.choice
            return self._option(offered[position - 1], 1.0) if 1 <= position <= len(offered) else None
        words = normalize(understood.query)
        if chosen_before := next((topic for question, topic in memory.choices if question == words), None):
            return self._option(chosen_before, 1.0)
        last = self._knowledge.topic(memory.topic)
        about_another = self._knowledge.topic_named_in(understood.query, last) if last else None
        if about_another:
            return self._option(about_another.id, 1.0)
        kind = understood.follow_up.kind if understood.follow_up else None
        answers = last.follow_ups if last else {}
        return self._option(answers[kind], 1.0) if kind and kind in answers else None

    def _query(self, understood: Understanding, memory: Memory) -> str:
        """A question that leans on the last one is searched together with it."""
        last = self._knowledge.topic(memory.topic)
        if understood.follow_up is None or last is None:
            return understood.query
        return f"{memory.question if understood.follow_up.elliptic else last.title} {understood.query}"

    async def _find(self, query: str, memory: Memory) -> tuple[Option, ...]:
        """Small talk is answered or not understood, never asked about: as a button, "Шутка" is one."""
        hits = await self._knowledge.find(query)
        options = (self._option(hit.topic, hit.probability) for hit in hits if hit.topic not in memory.refused)
        return tuple(each for each in options if each.probability >= self._limits.answer or not self._is_chat(each))

    def _is_chat(self, option: Option) -> bool:
        topic = self._knowledge.topic(option.topic)
        return topic is not None and topic.area == SMALL_TALK

    def _option(self, topic_id: str, probability: float) -> Option:
        topic = self._knowledge.topic(topic_id)
        return Option(topic_id, probability, topic is not None and topic.escalate is Escalation.ALWAYS)

    def _related(self, memory: Memory) -> tuple[str, ...]:
        topic = self._knowledge.topic(memory.topic)
        return topic.related if topic else ()
