"""A small knowledge that finds what a test has put into it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.search import Hit
from knowledge.topic import Action, Escalation, Topic, TopicButton

PRICE = Topic("market.price", "Цена лота", (), "", related=("market.sell",))
SELL = Topic(
    "market.sell",
    "Как продать гигабайты",
    (),
    "",
    buttons=(TopicButton("Снять лот", "market.withdraw"),),
    related=("market.price", "market.withdraw"),
    follow_ups={"price": "market.price"},
)
WITHDRAW = Topic("market.withdraw", "Как снять лот", (), "", escalate=Escalation.OFFER)
FRAUD = Topic("fraud.money-stolen", "Украли деньги", (), "", escalate=Escalation.ALWAYS)
LINK = Topic("app.link-chats", "Как связать чаты", (), "", action=Action.LINK_CHATS)
JOKE = Topic("smalltalk.joke", "Шутка", (), "")
TOPICS = {topic.id: topic for topic in (PRICE, SELL, WITHDRAW, FRAUD, LINK, JOKE)}


@dataclass
class FakeKnowledge:
    """Implements bot.dialogue.ports.Knowledge. A query finds nothing unless `found` says otherwise."""

    found: dict[str, Sequence[Hit]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)  # raised by the next searches, one each
    topics: dict[str, Topic] = field(default_factory=lambda: dict(TOPICS))

    def finds(self, query: str, **probabilities: float) -> None:
        """Topics by name, `market_sell=0.9`, best first."""
        by_id = {name.replace("_", ".", 1).replace("_", "-"): number for name, number in probabilities.items()}
        self.found[query] = [Hit(topic, TOPICS[topic].title, number, "", number) for topic, number in by_id.items()]

    async def find(self, query: str) -> Sequence[Hit]:
        self.asked.append(query)
        if self.failures:
            raise self.failures.pop(0)
        return self.found.get(query, ())

    def topic(self, topic_id: str) -> Topic | None:
        return self.topics.get(topic_id)

    def topic_named_in(self, text: str, last: Topic) -> Topic | None:
        return self.topics.get(f"{last.id.partition('@')[0]}@{text}") if last.about else None

    def answer(self, topic_id: str, language: str = "ru") -> str:
        translated = language in self.topics[topic_id].translations
        return f"answer {topic_id}" + (f" in {language}" if translated else "")

    def reply(self, name: str, language: str = "ru", **values: object) -> str:
        spoken = name if language in ("ru", "other") else f"{name} in {language}"
        return " ".join([spoken, *map(str, values.values())])
