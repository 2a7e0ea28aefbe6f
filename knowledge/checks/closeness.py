"""What only the encoder sees: questions of two topics that mean the same, and questions of one that say it twice."""

from collections.abc import Iterable, Iterator, Mapping

from knowledge.base import KnowledgeBase
from knowledge.build import Built, Phrasing, indexed
from knowledge.checks.finding import Finding, warning
from knowledge.checks.held_out import Found

SAME_MEANING = 0.985  # cosine of the shipped encoder; below, most pairs are neighbours that a person tells apart
SAME_WORDING = 0.992

Lines = Mapping[Phrasing, int]


def closeness_findings(base: KnowledgeBase, built: Built, found: Iterable[Found]) -> list[Finding]:
    lines = _lines(base)
    return sorted(finding for one in found for finding in _findings(base, built, one, lines))


def _findings(base: KnowledgeBase, built: Built, found: Found, lines: Lines) -> Iterator[Finding]:
    asked, rival = built.phrasings[found.row], built.phrasings[found.rival]
    topic = base.topics[asked.topic]
    line, key = lines.get(asked, topic.line), f"{topic.id}: questions"
    is_question = asked in lines  # a title or a translation may well repeat
    if found.rival_cosine >= max(SAME_MEANING, found.own_cosine):
        message = (
            f"«{asked.text}» значит почти то же, что «{rival.text}» темы «{rival.topic}»; оставьте в одной из двух"
        )
        yield warning(topic.file, line, key, message)
    elif is_question and found.own_cosine >= SAME_WORDING:
        message = f"«{asked.text}» почти повторяет другой вопрос этой темы; напишите, как спросил бы другой человек"
        yield warning(topic.file, line, key, message)


def _lines(base: KnowledgeBase) -> Lines:
    return {
        Phrasing(topic.id, indexed(question, topic, base)): line
        for topic in base.topics.values()
        for question, line in zip(topic.questions, topic.question_lines, strict=True)
    }
