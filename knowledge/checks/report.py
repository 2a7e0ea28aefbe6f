"""How often a question that the knowledge was not told finds its topic, by area."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knowledge.base import KnowledgeBase
from knowledge.build import Built, indexed
from knowledge.checks.held_out import Found


@dataclass(slots=True)
class Score:
    questions: int = 0
    first: int = 0  # whose topic came first
    among_three: int = 0

    def add(self, place: int) -> None:
        self.questions += 1
        self.first += place < 1
        self.among_three += place < 3

    @property
    def top1(self) -> float:
        return self.first / self.questions if self.questions else 0.0

    @property
    def top3(self) -> float:
        return self.among_three / self.questions if self.questions else 0.0


@dataclass(slots=True)
class Report:
    """Titles are searched for, but not asked."""

    total: Score = field(default_factory=Score)
    areas: Mapping[str, Score] = field(default_factory=dict)


def retrieval_report(base: KnowledgeBase, built: Built, found: Iterable[Found]) -> Report:
    titles = {(topic.id, indexed(topic.title, topic, base)) for topic in base.topics.values()}
    areas: dict[str, Score] = defaultdict(Score)
    report = Report(areas=areas)
    for one in found:
        phrasing = built.phrasings[one.row]
        if (phrasing.topic, phrasing.text) not in titles:
            areas[base.topics[phrasing.topic].area].add(one.place)
            report.total.add(one.place)
    return report
