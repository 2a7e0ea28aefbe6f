"""`otklik model train`: tunes an encoder on the knowledge, and lets it replace the one in use if it is no worse."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bot.commands.progress import EncoderWithProgress, shown
from knowledge.base import KnowledgeBase
from knowledge.build import SHIPPED, build
from knowledge.lessons import examples, kept_examples, questions, rows, split
from knowledge.search import Finder
from nlu.confidence import CONFIDENCE_FILE, Confidence, confidence_of, rank, to_json
from nlu.encoder import MODEL_FOLDER, build_encoder
from nlu.evaluation.outcome import Question
from nlu.training.calibrate import Row, fit
from nlu.training.export import export
from nlu.training.graph import load_original
from nlu.training.tune import Settings, Show, Tuning


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where a new encoder is made: nothing in use is touched before it has shown that it is better."""

    folder: Path

    @property
    def encoder(self) -> Path:
        return self.folder / "encoder"

    @property
    def index(self) -> Path:
        return self.folder / "index"


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of the questions in scope whose right topic comes first, or among three."""

    top1: float
    top3: float

    def __str__(self) -> str:
        return f"top-1 {self.top1:.1%}, top-3 {self.top3:.1%}"


def tune(source: str, workshop: Workshop, base: KnowledgeBase, settings: Settings, show: Show) -> None:
    """Tunes `source` on the knowledge and writes the encoder with its confidence into the workshop."""
    taught, kept = split(base.asked, settings.seed)
    learned = replace(base, asked=taught)
    model = load_original(source)
    Tuning(model, examples(learned), kept_examples(learned, kept), settings).run(show, shown)
    with TemporaryDirectory() as original:
        model.save_pretrained(original)
        show(f"exported: {export(Path(original), workshop.encoder, name=Path(source).name + '-tuned', base=source)}")
    encoder = EncoderWithProgress(build_encoder(str(workshop.encoder), threads=2))
    finder = Finder(build(learned, encoder, workshop.index))
    confidence, quality = fit(list(rows(questions(kept), learned, finder, encoder)))
    written = {"fitted_on": "asked questions kept from the tuning", "quality": quality.to_dict(), **to_json(confidence)}
    (workshop.encoder / CONFIDENCE_FILE.name).write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    show(f"confidence: {quality}")


def scores(found: Sequence[Row], confidence: Confidence) -> Scores:
    places = [_place(row, confidence) for row in found if row.right]
    return Scores(*(float(np.mean([place < top for place in places])) for top in (1, 3)))


def _place(row: Row, confidence: Confidence) -> int:
    ranked = [scored.topic for scored in rank(row.candidates, row.asked, confidence)]
    return ranked.index(row.right) if row.right in ranked else len(ranked)


def measure(asked: Sequence[Question], base: KnowledgeBase, model: str, index: Path, knowledge: Path) -> Scores:
    """How an encoder with its own confidence does on questions it was not tuned on."""
    encoder = EncoderWithProgress(build_encoder(model, threads=2))
    finder = Finder(build(base, encoder, index, shipped=knowledge / SHIPPED))
    return scores(list(rows(asked, base, finder, encoder)), confidence_of(model))


def replace_shipped(workshop: Workshop, knowledge: Path) -> None:
    """The new encoder, and the vectors it made of the knowledge, become those of new installations."""
    for file in workshop.encoder.iterdir():  # README and LICENSE stay
        shutil.copyfile(file, MODEL_FOLDER / file.name)
    shutil.rmtree(knowledge / SHIPPED, ignore_errors=True)
    shutil.copytree(workshop.index, knowledge / SHIPPED)
