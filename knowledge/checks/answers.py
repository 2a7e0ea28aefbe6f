"""Topics that tell the same under two names: what differs by a name alone belongs in a table."""

from collections.abc import Iterator

import numpy as np
from rapidfuzz import fuzz

from knowledge.base import KnowledgeBase
from knowledge.build import Built
from knowledge.checks.finding import Finding, warning

NEAR = 0.93  # cosine of the answers; only these pairs are compared word by word
SAME_WORDS = 88  # of 100, the order of words left aside


def answer_findings(base: KnowledgeBase, built: Built) -> Iterator[Finding]:
    cosines = built.answers @ built.answers.T
    for row, other in np.argwhere(np.triu(cosines, k=1) >= NEAR).tolist():
        topic, earlier = base.topics[built.topics[other]], base.topics[built.topics[row]]
        share = fuzz.token_sort_ratio(base.example_answer(topic), base.example_answer(earlier))
        if share >= SAME_WORDS:
            message = f"ответ почти тот же, что у темы «{earlier.id}»; соедините темы или вынесите различие в таблицу"
            yield warning(topic.file, topic.answer_line, f"{topic.id}: answer", message)
