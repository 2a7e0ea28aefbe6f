"""A topic: one question subscribers have, in their words, and its answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

NAME_MARK = "@"  # `roaming.price@tr` is the topic `roaming.price` about the row `tr`


class Escalation(StrEnum):
    """Whether a person is offered with the answer, or called at once."""

    NEVER = "never"
    OFFER = "offer"
    ALWAYS = "always"


class Action(StrEnum):
    """What the bot does beside telling the answer."""

    LINK_CHATS = "link-chats"  # gives a code that links another messenger of the same person


@dataclass(frozen=True, slots=True)
class TopicButton:
    """A next step under the answer."""

    text: str
    topic: str


@dataclass(frozen=True, slots=True)
class Translation:
    title: str
    answer: str  # template
    answer_line: int = 0
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    id: str  # area.name
    title: str
    questions: tuple[str, ...]
    answer: str  # template; what a subscriber reads is KnowledgeBase.answers[id]
    buttons: tuple[TopicButton, ...] = ()
    related: tuple[str, ...] = ()
    follow_ups: Mapping[str, str] = field(default_factory=dict)  # kind of a short follow-up question -> topic
    escalate: Escalation = Escalation.NEVER
    action: Action | None = None
    about: str = ""  # the table of things it answers for, one by one; see knowledge.parametric
    title_with_name: str = ""  # template
    answer_without_name: str = ""  # template: what to say when the question names none of them
    translations: Mapping[str, Translation] = field(default_factory=dict)  # "en", "zh"
    file: str = ""  # relative to the knowledge folder
    line: int = 0
    question_lines: tuple[int, ...] = ()
    answer_line: int = 0

    @property
    def area(self) -> str:
        return self.id.partition(".")[0]

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Topics that its buttons, related topics and follow-ups name."""
        return (*self.related, *self.follow_ups.values(), *(button.topic for button in self.buttons))

    def title_in(self, language: str) -> str:
        """In Russian where the topic is not translated."""
        return self.translations[language].title if language in self.translations else self.title

    @property
    def lacks_name(self) -> bool:
        """About something of a kind, and which one is not known yet."""
        return bool(self.about) and NAME_MARK not in self.id
