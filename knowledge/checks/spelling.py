"""Words of answers, titles and replies that the dictionary (pymorphy3) does not know. Questions are not read: people's
slips belong there. What the dictionary lacks and the trade needs stands in `words.txt` of the knowledge folder."""

import re
from collections.abc import Iterator

from knowledge.checks.finding import Finding, warning
from knowledge.topic import Topic
from nlu.words import is_known, lemma

WORD = re.compile(r"(?<![\w`/.@-])[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*(?![\w`@-])")
HIDDEN = re.compile(r"\{\{.*?\}\}|`[^`]*`|\]\([^)]*\)")
COMBINING_ACUTE = "\u0301"


def spelling_findings(topic: Topic, words: frozenset[str]) -> Iterator[Finding]:
    """`words`: known beside the dictionary, in lower case, in the first form or as written."""
    places = [("title", topic.title, topic.line), ("answer", topic.answer, topic.answer_line)]
    places += [("buttons", button.text, topic.line) for button in topic.buttons]
    for key, text, first_line in places:
        for number, line in enumerate(text.split("\n")):
            for word in misspelt(line, words):
                message = f"слова «{word}» нет в словаре: опечатка? Верное слово впишите в words.txt"
                yield warning(topic.file, first_line + number, f"{topic.id}: {key}", message)


def misspelt(text: str, words: frozenset[str]) -> list[str]:
    plain = HIDDEN.sub(" ", text).replace(COMBINING_ACUTE, "")
    return [word for word in WORD.findall(plain) if not _is_right(word.lower(), words)]


def _is_right(word: str, words: frozenset[str]) -> bool:
    parts = word.split("-")
    return (
        is_known(word)
        or any({form, lemma(form)} & words for form in (word, word.replace("ё", "е")))
        or (len(parts) > 1 and all(_is_right(part, words) for part in parts))
    )
