"""Phrasings and answers -> vectors. Only changed texts are encoded again; a folder that does not fit is rebuilt."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import structlog

from knowledge.base import KnowledgeBase
from knowledge.index import Vectors
from knowledge.topic import Topic
from knowledge.vector_store import Unusable, read_manifest, read_vectors, text_key, write_vectors
from nlu.encoder import Encoder
from nlu.normalize import normalize

FORMAT = 1

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask for a topic, normalised."""

    topic: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Built:
    """Row i of `vectors` is phrasing i, row i of `answers` is the answer to topic i.

    `reason` says why the index was written anew, "" when it was not.
    """

    phrasings: tuple[Phrasing, ...]
    vectors: Vectors
    topics: tuple[str, ...]
    answers: Vectors
    encoded: int = 0
    reason: str = ""


def phrasings(base: KnowledgeBase) -> tuple[Phrasing, ...]:
    """Titles and questions of every topic in every language, each once per topic."""
    return tuple(
        Phrasing(topic.id, text)
        for topic in base.topics.values()
        for text in dict.fromkeys(indexed(text, topic, base) for text in _texts(topic))
    )


def indexed(text: str, topic: Topic, base: KnowledgeBase) -> str:
    """As searched: a topic about things of a kind is found by questions without their names."""
    normal = normalize(text) or text
    named = base.naming.named_of(topic.about, normal) if topic.about else None
    return named.masked if named else normal


def build(base: KnowledgeBase, encoder: Encoder, folder: Path) -> Built:
    """The vectors of all texts; rewrites the folder when anything changed. An unwritable folder only costs time."""
    wanted = phrasings(base)
    asked = [phrasing.text for phrasing in wanted]
    answers = [normalize(f"{topic.title}. {base.answers[topic.id]}") for topic in base.topics.values()]
    known, reason = _known(folder, encoder)
    missing = [text for text in dict.fromkeys(asked + answers) if text_key(text) not in known]
    if missing:
        reason = reason or f"{len(missing)} texts are new or changed"
        log.info("index_encoding", texts=len(missing), reason=reason)
        known |= {text_key(text): row for text, row in zip(missing, encoder.encode(missing), strict=True)}
    elif not reason and read_manifest(folder).get("content") != base.content_hash:
        reason = "the content changed, its texts did not"
    rows = {key: known[key] for key in map(text_key, asked + answers)}
    if reason:
        _store(folder, rows, {**_needed(encoder), **_counts(base, wanted)})
    return Built(
        phrasings=wanted,
        vectors=_stacked(rows, asked, encoder.dimension),
        topics=tuple(base.topics),
        answers=_stacked(rows, answers, encoder.dimension),
        encoded=len(missing),
        reason=reason,
    )


def _stacked(rows: dict[str, Vectors], texts: list[str], dimension: int) -> Vectors:
    return np.array([rows[text_key(text)] for text in texts], dtype=np.float32).reshape(len(texts), dimension)


def _texts(topic: Topic) -> Iterator[str]:
    yield topic.title
    yield from topic.questions
    for translation in topic.translations.values():
        yield translation.title
        yield from translation.questions


def _known(folder: Path, encoder: Encoder) -> tuple[dict[str, Vectors], str]:
    try:
        return read_vectors(folder, _needed(encoder)), ""
    except Unusable as error:
        return {}, str(error)


def _needed(encoder: Encoder) -> dict[str, object]:
    return {"format": FORMAT, "encoder": encoder.name, "dimension": encoder.dimension}


def _counts(base: KnowledgeBase, wanted: tuple[Phrasing, ...]) -> dict[str, object]:
    return {"content": base.content_hash, "topics": len(base.topics), "phrasings": len(wanted)}


def _store(folder: Path, rows: dict[str, Vectors], description: dict[str, object]) -> None:
    try:
        write_vectors(folder, rows, description)
    except OSError as error:
        log.warning(
            "index_not_stored", folder=str(folder), reason=error.strerror, remedy="the next start encodes again"
        )
