"""Questions that people asked, each with the topic that answers it: asked/*.jsonl in the knowledge folder.

Phrasings of a topic are written by its editor, to be read beside its answer; these are kept as they were typed, many
more, in no order. The search knows both, the encoder is tuned on both. A question of no topic teaches what to refuse.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.faults import Fault


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """`topic`: "" when none answers it."""

    topic: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskedFile:
    questions: tuple[AskedQuestion, ...]
    faults: tuple[Fault, ...]


def read_asked(file: str, content: bytes) -> AskedFile:
    faults: list[Fault] = []
    lines = content.decode("utf-8", errors="replace").splitlines()
    return AskedFile(tuple(_questions(file, lines, faults)), tuple(faults))


def _questions(file: str, lines: Iterable[str], faults: list[Fault]) -> Iterator[AskedQuestion]:
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            yield AskedQuestion(str(row["topic"] or ""), str(row["text"]))
        except (ValueError, KeyError, TypeError):
            message = 'ждали строку вида {"topic": "balance.check", "text": "скок на счету"}; без темы — "topic": null'
            faults.append(Fault(file, number, "", message))


def by_topic(files: Iterable[AskedFile]) -> Mapping[str, tuple[str, ...]]:
    """Texts by topic, in the order of the files; under "" those that no topic answers."""
    texts: dict[str, list[str]] = {}
    for question in (question for asked_file in files for question in asked_file.questions):
        texts.setdefault(question.topic, []).append(question.text)
    return {topic: tuple(found) for topic, found in texts.items()}
