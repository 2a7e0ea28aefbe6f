"""Held-out retrieval: every phrasing is searched in an index built without it and nine tenths of the rest.

python -m bench.retrieval                                    top-1, top-3, top-5 of the shipped content
python -m bench.retrieval --questions FILE --rows rows.jsonl rows for nlu.training.calibrate from questions of known
                                                             answer, as in tests/questions/dev.jsonl
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.build import SHIPPED, Built, build
from knowledge.loader import load
from knowledge.search import Finder, considered, readings
from nlu.confidence import Candidate, rank
from nlu.encoder import Encoder, build_encoder
from nlu.normalize import normalize
from nlu.understanding import understand

FOLDS = 10

Row = tuple[str, str | None, list[Candidate]]


def main() -> None:
    options = _options()
    encoder = build_encoder(options.encoder, threads=2)
    base = load(options.knowledge)
    with TemporaryDirectory() as folder:
        built = build(base, encoder, options.index or Path(folder), shipped=options.knowledge / SHIPPED)
    titles = {(topic.id, normalize(topic.title)) for topic in base.topics.values()}
    if options.questions:
        lines = options.questions.read_text(encoding="utf-8").splitlines()
        rows = list(_asked(base, built, encoder, map(json.loads, lines)))
    else:
        rows = [row for row in _held_out(built) if (row[1], row[0]) not in titles]
    _print_quality([row for row in rows if row[1]])
    if options.rows:
        options.rows.write_text("".join(map(_as_json, rows)), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--knowledge", type=Path, default=Path("knowledge"))
    parser.add_argument("--encoder", default="shipped")
    parser.add_argument("--index", type=Path, help="an index folder to reuse, so that nothing is encoded again")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--questions", type=Path)
    return parser.parse_args()


def _held_out(built: Built) -> Iterator[Row]:
    folds = np.random.default_rng(1).integers(0, FOLDS, len(built.phrasings))
    for fold in range(FOLDS):
        finder = Finder(_subset(built, folds != fold))
        for row in np.flatnonzero(folds == fold):
            phrasing = built.phrasings[row]
            yield phrasing.text, phrasing.topic, finder.candidates(phrasing.text, built.vectors[row])


def _subset(built: Built, kept: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Built:
    phrasings = tuple(phrasing for phrasing, keep in zip(built.phrasings, kept, strict=True) if keep)
    return replace(built, phrasings=phrasings, vectors=built.vectors[kept])


def _asked(base: KnowledgeBase, built: Built, encoder: Encoder, questions: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """As the bot searches them. A second right topic is left out: neither wrong nor right."""
    finder = Finder(built)
    for question in questions:
        text = normalize(understand(question["text"]).query)
        asked = readings(text, base)
        encoded = zip(asked, encoder.encode([reading.text for reading in asked]), strict=True)
        found = [candidate for candidate, _, _ in considered(encoded, finder, base).values()]
        yield text, question["topic"], [each for each in found if each.topic != question.get("also")]


def _print_quality(rows: list[Row]) -> None:
    places = [_place(text, right, candidates) for text, right, candidates in rows]
    print(f"{len(rows)} held-out phrasings")
    for top in (1, 3, 5):
        print(f"top-{top}: {np.mean([place < top for place in places]):.4f}")


def _place(text: str, right: str | None, candidates: list[Candidate]) -> int:
    ranked = [scored.topic for scored in rank(candidates, len(text.split()))]
    return ranked.index(right) if right in ranked else len(ranked)


def _as_json(row: Row) -> str:
    text, right, candidates = row
    described = {"words": len(text.split()), "right": right, "candidates": [asdict(each) for each in candidates]}
    return json.dumps(described, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
