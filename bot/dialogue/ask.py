"""One question without a conversation: what the bot would say, and what it found."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.dialogue.conversation import Memory
from bot.dialogue.decide import Decision
from bot.dialogue.interpret import Interpreter
from bot.dialogue.ports import Knowledge, Received
from bot.dialogue.replies import Replies
from bot.dialogue.turn import verdict_of
from bot.messages import IncomingKind
from knowledge.search import Hit
from nlu.language import spoken_in
from nlu.understanding import understand


@dataclass(frozen=True, slots=True)
class Asked:
    """The bot's whole view of one question."""

    decision: str  # answer | clarify | escalate
    topic: str
    confidence: float
    reply: str = field(repr=False)  # our Markdown
    hits: Sequence[Hit]
    ms: float = 0.0  # that the decision took


async def ask(text: str, knowledge: Knowledge, interpreter: Interpreter, replies: Replies) -> Asked:
    """The question as a subscriber's first, with the greeting left out."""
    memory = Memory(greeted=True, language=spoken_in(text))
    received = Received(id=0, conversation_id=0, kind=IncomingKind.TEXT, text=text)
    started = time.perf_counter()
    decision: Decision = await interpreter.decide(received, memory)
    ms = (time.perf_counter() - started) * 1000
    verdict = verdict_of(decision)
    reply = "\n\n".join(draft.text for draft in replies.speaking(memory.language).word(decision, memory))
    hits = await knowledge.find(understand(text).query) if text.strip() else ()
    return Asked(verdict.decision, verdict.topic, verdict.confidence, reply, hits, ms)
