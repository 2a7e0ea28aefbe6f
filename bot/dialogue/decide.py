"""The whole policy of the bot: what to do with one turn. Pure; a product owner can read it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.dialogue.conversation import Memory, Reason
from nlu.acts import Act
from nlu.normalize import normalize

MISSES_BEFORE_A_PERSON = 2
MOST_OPTIONS = 3
EQUAL = 0.85
MOST_REMEMBERED = 10


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities, 0..1. From `answer` up the bot answers; from `clarify` up a topic is worth offering."""

    answer: float
    clarify: float


@dataclass(frozen=True, slots=True)
class Option:
    """A topic that may be meant."""

    topic: str
    probability: float
    always_a_person: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What the subscriber said, understood."""

    act: Act
    angry: bool = False
    threat: Act | None = None  # LEAVING or LEGAL, also next to a question
    chosen: Option | None = None  # named outright: a pressed button, "the second one", a yes to the only one
    options: Sequence[Option] = ()  # topics found for the words, best first
    parts: Sequence[Sequence[Option]] = ()  # the same for each part of a message that has several
    related: tuple[str, ...] = ()  # topics next to the last answered one


@dataclass(frozen=True, slots=True)
class Answer:
    """`beside`: what else the message surely asks."""

    topic: str
    confidence: float
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clarify:
    """Ask which of the topics is meant; with none, ask to say it in other words."""

    topics: tuple[str, ...]
    confidence: float
    disliked: bool = False  # the last answer did not help
    refused: tuple[str, ...] = ()  # topics just said not to be meant


@dataclass(frozen=True, slots=True)
class Escalate:
    """Pass to a person; `topic` names first steps to tell at once (fraud does not wait)."""

    reason: Reason
    topic: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Courtesy:
    """Answer a greeting, thanks, a goodbye or "it helped" in kind; `name` is the name of the reply."""

    name: str


Decision = Answer | Clarify | Escalate | Courtesy

THREATS = {Act.LEAVING: Reason.LEAVING, Act.LEGAL: Reason.LEGAL}
COURTESIES = {Act.GREETING: "greeting_again", Act.THANKS: "thanks", Act.GOODBYE: "goodbye"}


def decide(said: Said, memory: Memory, limits: Thresholds) -> Decision:
    """Choose what to do with one turn. The same turn always gets the same decision."""
    if said.act is Act.OPERATOR:
        return Escalate(Reason.ASKED)
    if said.act in THREATS:
        return Escalate(THREATS[said.act])
    if said.chosen:
        return _tell(said.chosen)
    if said.act in COURTESIES:
        return Courtesy(COURTESIES[said.act])
    if said.act is Act.ANGER:
        return Escalate(Reason.ANGRY)
    if said.act in (Act.YES, Act.NO):
        return _take_verdict(said, memory)
    return _answer_question(said, memory, limits)


def dislike(memory: Memory, related: Sequence[str] = ()) -> Decision:
    """The last answer did not help."""
    if memory.misses + 1 >= MISSES_BEFORE_A_PERSON:
        return Escalate(Reason.UNHELPFUL)
    others = [topic for topic in related if topic not in memory.refused]
    return Clarify(tuple(others[:MOST_OPTIONS]), 0.0, disliked=True, refused=(memory.topic,))


def none_of_these(memory: Memory) -> Decision:
    """None of the offered topics is meant, or nothing was said."""
    if memory.misses + 1 >= MISSES_BEFORE_A_PERSON:
        return Escalate(Reason.MISSES)
    return Clarify((), 0.0, refused=memory.offered)


def _answer_question(said: Said, memory: Memory, limits: Thresholds) -> Decision:
    best = said.options[0] if said.options else Option("", 0.0)
    if sure := _surely_asked(said, limits):
        return _tell(sure[0], beside=tuple(option.topic for option in sure[1:]))
    if said.threat:
        return Escalate(THREATS[said.threat])
    if said.angry:
        return Escalate(Reason.ANGRY)
    missed_again = _misses(memory) + 1 >= MISSES_BEFORE_A_PERSON
    offered = _worth_offering(said, limits)
    if offered and not (memory.offered and missed_again):
        return Clarify(offered, best.probability)
    return Escalate(Reason.MISSES) if missed_again else Clarify((), best.probability)


def _surely_asked(said: Said, limits: Thresholds) -> list[Option]:
    """Best of the whole message, then of its parts; what cannot wait for an answer comes first."""
    sure = {said.options[0].topic: said.options[0]} if said.options and _is_sure(said.options, limits) else {}
    for topic, option in _asked_in_parts(said, limits).items():
        sure.setdefault(topic, option)
    return sorted(sure.values(), key=lambda option: not option.always_a_person)


def _asked_in_parts(said: Said, limits: Thresholds) -> dict[str, Option]:
    """A sure part beside unsure ones is mostly told by the way ("был в метро, телефон не ловил. Хочу..."): alone it
    counts only when the whole message says the same, or when it cannot wait. Of the others half were not asked."""
    sure = {options[0].topic: options[0] for options in said.parts if options and _is_sure(options, limits)}
    if len(sure) > 1:
        return sure
    best = said.options[0].topic if said.options else ""
    return {topic: option for topic, option in sure.items() if topic == best or option.always_a_person}


def _worth_offering(said: Said, limits: Thresholds) -> tuple[str, ...]:
    """Having to ask anyway, offer what is half as likely too: the right one is often the second."""
    found = [*said.options, *(options[0] for options in said.parts if options)]
    likely = [option for option in found if option.probability >= limits.clarify / 2]
    likely.sort(key=lambda option: -option.probability)
    if not likely or likely[0].probability < limits.clarify:
        return ()
    return tuple(dict.fromkeys(option.topic for option in likely))[:MOST_OPTIONS]


def _is_sure(options: Sequence[Option], limits: Thresholds) -> bool:
    best = options[0]
    return best.probability >= limits.answer and (best.always_a_person or not _has_equal(options))


def _has_equal(options: Sequence[Option]) -> bool:
    """Two topics as good as equally probable ("переадресация": on or off?) are worth a question."""
    return len(options) > 1 and options[1].probability >= EQUAL * options[0].probability


def _tell(option: Option, beside: tuple[str, ...] = ()) -> Decision:
    if option.always_a_person:
        return Escalate(Reason.TOPIC, option.topic, option.probability)
    return Answer(option.topic, option.probability, beside)


def _take_verdict(said: Said, memory: Memory) -> Decision:
    """Yes and no mean something only after a question of ours."""
    if not memory.awaits_verdict and not memory.offered:
        return Courtesy("how_to_help")
    if memory.awaits_verdict:
        return dislike(memory, said.related) if said.act is Act.NO else Courtesy("helped")
    if said.act is Act.NO or memory.misses + 1 >= MISSES_BEFORE_A_PERSON:
        return none_of_these(memory)
    return Clarify(memory.offered, 1.0)


def _misses(memory: Memory) -> int:
    """Misses in a row before this turn. An answer that nobody called unhelpful has ended the row."""
    return 0 if memory.awaits_verdict else memory.misses


def _chosen(memory: Memory, topic: str) -> Memory:
    """One of the offered topics was taken: the next time the same words need no question back."""
    if topic not in memory.offered or not memory.question:
        return memory
    return replace(memory, choices=(*memory.choices, (normalize(memory.question), topic))[-MOST_REMEMBERED:])


def remembered(memory: Memory, decision: Decision, question: str = "") -> Memory:
    """What to know at the next turn."""
    match decision:
        case Answer(topic):
            return replace(
                _chosen(memory, topic),
                misses=_misses(memory),
                topic=topic,
                question=question or memory.question,
                offered=(),
                awaits_verdict=True,
            )
        case Clarify(topics, disliked=disliked, refused=refused):
            asked_again = bool(memory.offered)
            missed = disliked or not topics or asked_again
            return replace(
                memory,
                misses=(memory.misses if disliked else _misses(memory)) + missed,
                question=question or memory.question,
                refused=(*memory.refused, *refused)[-MOST_REMEMBERED:],
                offered=topics,
                awaits_verdict=False,
            )
        case Escalate(topic=topic):
            return replace(memory, topic=topic or memory.topic, question=question or memory.question, offered=())
        case Courtesy(name):
            ended = name in ("helped", "thanks", "goodbye")
            return replace(memory, misses=0, offered=(), awaits_verdict=False) if ended else memory
        case _:
            assert_never(decision)
