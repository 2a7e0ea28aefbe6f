"""How much the bot knows, in numbers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from knowledge.base import KnowledgeBase
from knowledge.build import phrasings
from knowledge.topic import Escalation


@dataclass(frozen=True, slots=True)
class Statistics:
    topics: int  # hand-written, one answer each; parametric ones are not among them
    parametric_topics: int  # one answer for each row of a table
    rows_by_table: Mapping[str, int]
    phrasings: int
    topics_by_area: Mapping[str, int]
    topics_by_language: Mapping[str, int]  # "ru" is every topic
    topics_with_person: int  # a person is offered with the answer or called at once
    unreferenced_topics: int  # found by search only: no button, related topic or follow-up leads there
    facts: int
    sample_facts_used: int
    unused_facts: int

    def to_dict(self) -> dict[str, object]:
        return asdict(self)


def statistics(base: KnowledgeBase) -> Statistics:
    topics = [topic for topic in base.topics.values() if not topic.about]
    languages = Counter(language for topic in topics for language in topic.translations)
    return Statistics(
        topics=len(topics),
        parametric_topics=len(base.topics) - len(topics),
        rows_by_table={kind: len(table.rows) for kind, table in sorted(base.tables.items())},
        phrasings=len(phrasings(base)),
        topics_by_area=dict(sorted(Counter(topic.area for topic in topics).items())),
        topics_by_language={"ru": len(topics), **dict(sorted(languages.items()))},
        topics_with_person=sum(topic.escalate is not Escalation.NEVER for topic in topics),
        unreferenced_topics=len(unreferenced(base)),
        facts=len(base.catalogue.facts),
        sample_facts_used=len(base.sample_facts()),
        unused_facts=len(base.unused_facts()),
    )


def unreferenced(base: KnowledgeBase) -> set[str]:
    """Topics that no button, related topic or follow-up leads to."""
    referenced: set[str] = set()
    for topic in base.topics.values():
        referenced |= {link for link in topic.leads_to if link != topic.id}
    return base.topics.keys() - referenced
