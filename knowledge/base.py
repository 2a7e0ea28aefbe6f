"""Everything the bot knows, complete and checked: nothing in it can fail later."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from knowledge.catalogue import Catalogue, Fact
from knowledge.naming import Naming
from knowledge.parametric import with_row
from knowledge.replies import Replies
from knowledge.table import Table
from knowledge.topic import Topic


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    topics: Mapping[str, Topic]
    answers: Mapping[str, str]  # topic, or topic about a row -> rendered Markdown
    catalogue: Catalogue
    replies: Replies
    content_hash: str
    used_facts: frozenset[str] = frozenset()
    translated_answers: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (topic, language)
    about_rows: Mapping[str, Topic] = field(default_factory=dict)  # "roaming.price@tr", see knowledge.parametric
    tables: Mapping[str, Table] = field(default_factory=dict)
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by topic, see knowledge.asked
    words: frozenset[str] = frozenset()  # right beside the dictionary, see knowledge.checks.spelling
    naming: Naming = field(default_factory=lambda: Naming(()))

    def topic(self, topic_id: str) -> Topic | None:
        return self.topics.get(topic_id) or self.about_rows.get(topic_id)

    def answer(self, topic_id: str, language: str = "ru") -> str:
        """In the language if the topic is translated, else in Russian. KeyError for a topic that is not there."""
        return self.translated_answers.get((topic_id, language)) or self.answers[topic_id]

    def example_answer(self, topic: Topic) -> str:
        """Of a topic about things of a kind, the answer about the first."""
        first_row = next(iter(self.tables[topic.about].rows), "") if topic.about else ""
        return self.answers[with_row(topic.id, first_row) if first_row else topic.id]

    def sample_facts(self) -> list[Fact]:
        """Unconfirmed values that subscribers are told: none may be left for production."""
        return self.catalogue.samples(self.used_facts)

    def unused_facts(self) -> list[Fact]:
        return self.catalogue.unused(self.used_facts)
