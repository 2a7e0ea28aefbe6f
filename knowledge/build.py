"""Phrasings and answers -> vectors. Only texts that neither the index nor the vectors shipped with the content know are
encoded; an index that does not fit is made anew."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import structlog

from knowledge.base import KnowledgeBase
from knowledge.index import Vectors
from knowledge.topic import Topic
from knowledge.vector_store import Unusable, as_stored, read_manifest, read_vectors, text_key, write_vectors
from nlu.encoder import Encoder
from nlu.normalize import normalize

FORMAT = 2
SHIPPED = "vectors"  # folder of the knowledge: vectors of its texts, so that a first start need not encode them

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask for a topic, normalised."""

    topic: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Built:
    """Row i of `vectors` is phrasing i, row i of `answers` is the answer to topic i. The phrasings of a topic stand
    together, in the order of the topics. `outside` are questions that no topic answers.

    `reason` says why the index was written anew, "" when it was not.
    """

    phrasings: tuple[Phrasing, ...]
    vectors: Vectors
    topics: tuple[str, ...]
    answers: Vectors
    outside: Vectors
    encoded: int = 0
    reason: str = ""


def phrasings(base: KnowledgeBase) -> tuple[Phrasing, ...]:
    """Titles and questions of every topic in every language, and what people asked, each once per topic."""
    return tuple(
        Phrasing(topic.id, text)
        for topic in base.topics.values()
        for text in dict.fromkeys(indexed(text, topic, base) for text in _texts(topic, base))
    )


def indexed(text: str, topic: Topic, base: KnowledgeBase) -> str:
    """As searched: a topic about things of a kind is found by questions without their names."""
    normal = _normal(text) or text
    named = base.naming.named_of(topic.about, normal) if topic.about else None
    return named.masked if named else normal


# The knowledge is built anew after each edit, and nearly all its texts are the same.
_normal = lru_cache(100_000)(normalize)


def build(base: KnowledgeBase, encoder: Encoder, folder: Path, shipped: Path | None = None) -> Built:
    """The vectors of all texts; rewrites the folder when anything changed. An unwritable folder only costs time.

    `shipped`: a folder of vectors that is read too when the first does not know every text, and never written.
    """
    wanted = phrasings(base)
    asked = [phrasing.text for phrasing in wanted]
    answers = [_normal(f"{topic.title}. {base.answers[topic.id]}") for topic in base.topics.values()]
    outside = [text for question in base.asked.get("", ()) if (text := _normal(question))]
    texts = asked + answers + outside
    known, reason = _known(folder, encoder)
    new = _missing(texts, known)
    if new and shipped:
        known = {**_known(shipped, encoder)[0], **known}
    missing = _missing(new, known)
    if new:
        reason = reason or f"{len(new)} texts are new or changed"
    if missing:
        log.info("index_encoding", texts=len(missing), reason=reason)
        encoded = as_stored(encoder.encode(missing))
        known |= {text_key(text): row for text, row in zip(missing, encoded, strict=True)}
    if not reason and read_manifest(folder).get("content") != base.content_hash:
        reason = "the content changed, its texts did not"
    rows = {key: known[key] for key in map(text_key, texts)}
    if reason:
        _store(folder, rows, {**_needed(encoder), **_counts(base, wanted)})
    return Built(
        phrasings=wanted,
        vectors=_stacked(rows, asked, encoder.dimension),
        topics=tuple(base.topics),
        answers=_stacked(rows, answers, encoder.dimension),
        outside=_stacked(rows, outside, encoder.dimension),
        encoded=len(missing),
        reason=reason,
    )


def _missing(texts: list[str], known: dict[str, Vectors]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text_key(text) not in known]


def _stacked(rows: dict[str, Vectors], texts: list[str], dimension: int) -> Vectors:
    return np.array([rows[text_key(text)] for text in texts], dtype=np.float32).reshape(len(texts), dimension)


def _texts(topic: Topic, base: KnowledgeBase) -> Iterator[str]:
    yield topic.title
    yield from topic.questions
    for translation in topic.translations.values():
        yield translation.title
        yield from translation.questions
    yield from base.asked.get(topic.id, ())


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


def written_by_editors(built: Built, base: KnowledgeBase) -> Built:
    """Without what people asked: that is nobody's to mend."""
    written = set(phrasings(replace(base, asked={})))
    kept = [row for row, phrasing in enumerate(built.phrasings) if phrasing in written]
    return replace(built, phrasings=tuple(built.phrasings[row] for row in kept), vectors=built.vectors[kept])
