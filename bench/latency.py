"""From a text to a decision: the interpreter alone, with the shipped encoder and knowledge, one question at a time."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from bot.app import limits_of
from bot.config import Config
from bot.dialogue.conversation import Memory
from bot.dialogue.decide import Answer
from bot.dialogue.interpret import Interpreter
from bot.dialogue.ports import Received
from bot.messages import IncomingKind
from knowledge.library import Library

WARM_UP = 20
OPENINGS = ("", "подскажите пожалуйста ", "а ", "добрый день, ", "не понимаю, ")
"""Put before phrasings, so that few questions stand in the index to the letter."""


@dataclass(frozen=True, slots=True)
class Latency:
    questions: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    answered: float  # the share that got an answer at once, not a question back or a person


def questions_of(library: Library, count: int) -> list[str]:
    """Different questions of different topics, the same in every run; fewer when the knowledge has not so many."""
    chance = random.Random(1)
    phrasings = sorted({phrasing for topic in library.topics() for phrasing in topic.questions})
    chosen = chance.sample(phrasings, min(count, len(phrasings)))
    return [OPENINGS[place % len(OPENINGS)] + phrasing for place, phrasing in enumerate(chosen)]


async def measure(config: Config, library: Library, questions: Sequence[str]) -> Latency:
    interpreter = Interpreter(library, limits_of(config))
    for question in questions[:WARM_UP]:
        await _ask(interpreter, f"скажите, {question}")
    timed = [await _ask(interpreter, question) for question in questions]
    times = sorted(took_ms for took_ms, _ in timed)
    hundredths = quantiles(times, n=100, method="inclusive")
    return Latency(
        questions=len(times),
        p50_ms=round(hundredths[49], 1),
        p99_ms=round(hundredths[98], 1),
        worst_ms=round(times[-1], 1),
        answered=round(sum(is_answer for _, is_answer in timed) / len(timed), 2),
    )


async def _ask(interpreter: Interpreter, question: str) -> tuple[float, bool]:
    """How long it took in ms, and whether the decision is an answer."""
    received = Received(id=0, conversation_id=0, kind=IncomingKind.TEXT, text=question)
    started = time.perf_counter()
    decision = await interpreter.decide(received, Memory(greeted=True))
    return (time.perf_counter() - started) * 1000, isinstance(decision, Answer)
