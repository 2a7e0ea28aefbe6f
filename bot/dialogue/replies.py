"""The bot's words for a decision: drafts with their buttons. Knows the knowledge, not the messenger."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self, assert_never

from bot.dialogue.conversation import Memory, Reason
from bot.dialogue.decide import Answer, Clarify, Courtesy, Decision, Escalate
from bot.dialogue.ports import Draft, Duty, Knowledge
from bot.messages import Button
from knowledge.topic import Action, Escalation, Topic, TopicButton
from nlu.language import Language

TOMORROW = {"ru": "завтра", "en": "tomorrow", "zh": "明天"}


class Replies:
    """Words decisions. `menu` are the topics offered on first contact."""

    def __init__(self, knowledge: Knowledge, menu: Sequence[str], language: Language = "ru") -> None:
        self._knowledge = knowledge
        self._menu = menu
        self._language = language

    def speaking(self, language: Language) -> Self:
        """In the language of a subscriber, as far as the content team has written in it."""
        return type(self)(self._knowledge, self._menu, language)

    def word(self, decision: Decision, memory: Memory) -> tuple[Draft, ...]:
        """Drafts for anything but the news of the queue, see `queued`."""
        match decision:
            case Answer(topic, beside=beside):
                return (self._answer(topic, beside),)
            case Clarify(topics, disliked=disliked):
                return (self._clarify(topics, disliked=disliked),)
            case Escalate(Reason.FAILED):
                return (Draft(self._say("failed")),)
            case Escalate(topic=topic):
                return (self._first_steps(topic),) if topic else ()
            case Courtesy(name):
                return (self._courtesy(name, memory),)
            case _:
                assert_never(decision)

    def greeting(self) -> Draft:
        return Draft(self._say("greeting"))

    def welcome(self) -> Draft:
        """The greeting with the menu, for a chat that was only opened."""
        return Draft(self._say("greeting"), self._menu_buttons())

    def elsewhere(self, channels: Sequence[str]) -> Draft:
        """Where we may advise; `channels` as people call them."""
        text = self._say("elsewhere", channels=", ".join(channels)) if channels else self._say("elsewhere_nowhere")
        return Draft(text)

    def action(self, decision: Decision) -> Action | None:
        """What the answered topic wants done beside its answer."""
        topic = self._knowledge.topic(decision.topic) if isinstance(decision, Answer) else None
        return topic.action if topic else None

    def queued(self, place: int, duty: Duty, now: datetime) -> Draft:
        """What happens to a conversation that waits for a person."""
        if duty.opens_at:
            opening = _moment(duty.opens_at, now.astimezone(duty.opens_at.tzinfo), self._language)
            text = self._say("queued_off_hours", until=opening)
        elif not duty.people:
            text = self._say("queued_nobody")
        else:
            text = self._say("queued_first") if place == 1 else self._say("queued", place=place)
        return Draft(text, (self._button("button_back_to_bot", "bot"),))

    def still_queued(self) -> Draft:
        return Draft(self._say("still_queued"), (self._button("button_back_to_bot", "bot"),))

    def say(self, name: str, **values: object) -> Draft:
        return Draft(self._say(name, **values))

    def agent_closed(self) -> Draft:
        return Draft(
            self._say("closed"),
            (self._button("button_helped", "helped:yes"), self._button("button_not_helped", "operator")),
        )

    def _answer(self, topic_id: str, beside: Sequence[str] = ()) -> Draft:
        topic = self._knowledge.topic(topic_id)
        if topic is None:  # a button of yesterday whose topic was deleted today
            return Draft(self._say("button_expired"), self._menu_buttons())
        asked_too = tuple(self._topic_button(other) for other in beside)
        next_steps = asked_too + tuple(Button(self._label(button), f"topic:{button.topic}") for button in topic.buttons)
        if topic.lacks_name:
            return Draft(self._text(topic), next_steps)
        person = (self._operator(),) if topic.escalate is Escalation.OFFER or self._is_foreign_to(topic) else ()
        verdict = (self._button("button_helped", "helped:yes"), self._button("button_not_helped", "helped:no"))
        text = f"{self._text(topic)}\n\n{self._say('asked_too')}" if asked_too else self._text(topic)
        return Draft(text, next_steps + person + verdict)

    def _text(self, topic: Topic) -> str:
        answer = self._knowledge.answer(topic.id, self._language)
        return f"{answer}\n\n{self._say('only_in_russian')}" if self._is_foreign_to(topic) else answer

    def _is_foreign_to(self, topic: Topic) -> bool:
        """The subscriber writes in a language that the topic is not written in."""
        return self._language != "ru" and self._language not in topic.translations

    def _first_steps(self, topic_id: str) -> Draft:
        topic = self._knowledge.topic(topic_id)
        steps = self._text(topic) if topic else self._knowledge.answer(topic_id)
        return Draft(f"{self._say('escalated_topic')}\n\n{steps}")

    def _clarify(self, topics: Sequence[str], *, disliked: bool) -> Draft:
        buttons = tuple(self._topic_button(topic) for topic in topics)
        if disliked:
            return Draft(self._say("not_helped"), (*buttons, self._operator()))
        if not buttons:
            return Draft(self._say("clarify_nothing"), (self._button("button_menu", "menu"), self._operator()))
        return Draft(self._say("clarify"), (*buttons, self._button("button_other", "other")))

    def _courtesy(self, name: str, memory: Memory) -> Draft:
        if name in ("greeting", "menu", "how_to_help") or (name == "greeting_again" and not memory.greeted):
            known = "greeting" if name == "greeting_again" else name
            return Draft(self._say(known), self._menu_buttons())
        needs_person = name in ("attachment", "contact_received")
        return Draft(self._say(name), (self._operator(),) if needs_person else ())

    def _menu_buttons(self) -> tuple[Button, ...]:
        return tuple(self._topic_button(topic) for topic in self._menu if self._knowledge.topic(topic))

    def _topic_button(self, topic_id: str) -> Button:
        topic = self._knowledge.topic(topic_id)
        return Button(topic.title_in(self._language) if topic else topic_id, f"topic:{topic_id}")

    def _label(self, button: TopicButton) -> str:
        """As written for the topic; in another language, the title it leads to."""
        target = self._knowledge.topic(button.topic)
        return target.title_in(self._language) if target and self._language in target.translations else button.text

    def _operator(self) -> Button:
        return self._button("button_operator", "operator")

    def _button(self, name: str, action: str) -> Button:
        return Button(self._say(name), action)

    def _say(self, name: str, **values: object) -> str:
        return self._knowledge.reply(name, self._language, **values)


def _moment(when: datetime, now: datetime, language: Language) -> str:
    """ "8:00", "завтра, 8:00" or "24.11, 8:00", as one says it today."""
    time = f"{when.hour}:{when.minute:02}"
    if when.date() == now.date():
        return time
    if when.date() == now.date() + timedelta(days=1):
        return f"{TOMORROW.get(language, TOMORROW['ru'])}, {time}"
    return f"{when:%d.%m}, {time}"
