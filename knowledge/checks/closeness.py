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


def stray_findings(base: KnowledgeBase, built: Built, found: Iterable[Found]) -> list[Finding]:
    """Questions that find another topic first when their own does not know them: where to look for the next mend."""
    lines = _lines(base)
    strayed = ((built.phrasings[one.row], built.topics[one.best_topic]) for one in found if one.place)
    return sorted(
        warning(topic.file, lines[asked], topic.id, f"«{asked.text}» без этой строки попадает в тему «{other}»")
        for asked, other in strayed
        if asked in lines and (topic := base.topics[asked.topic])
    )


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
