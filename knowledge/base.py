"""Everything the bot knows, complete and checked: nothing in it can fail later."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.catalogue import Catalogue, Fact
from knowledge.replies import Replies
from knowledge.topic import Topic


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    topics: Mapping[str, Topic]
    answers: Mapping[str, str]  # topic -> rendered Markdown
    catalogue: Catalogue
    replies: Replies
    content_hash: str
    used_facts: frozenset[str] = frozenset()
    translated_answers: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (topic, language)

    def answer(self, topic_id: str, language: str = "ru") -> str:
        """In the language if the topic is translated, else in Russian. KeyError for a topic that is not there."""
        return self.translated_answers.get((topic_id, language)) or self.answers[topic_id]

    def sample_facts(self) -> list[Fact]:
        """Unconfirmed values that subscribers are told: none may be left for production."""
        return self.catalogue.samples(self.used_facts)

    def unused_facts(self) -> list[Fact]:
        return self.catalogue.unused(self.used_facts)
