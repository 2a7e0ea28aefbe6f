"""How well an encoder finds questions of known answer, and the confidence that fits it. Needs no torch."""

import json
from collections.abc import Sequence
from pathlib import Path

from bot.commands.progress import EncoderWithProgress, shown
from knowledge.base import KnowledgeBase
from knowledge.build import SHIPPED, build
from knowledge.lessons import rows
from knowledge.search import Finder
from nlu.confidence import CONFIDENCE_FILE, Confidence, to_json
from nlu.encoder import build_encoder
from nlu.evaluation.outcome import Question
from nlu.training.calibrate import Quality, fit


def assess(
    asked: Sequence[Question], base: KnowledgeBase, model: str, index: Path, knowledge: Path
) -> tuple[Confidence, Quality]:
    """The quality is of folds that were left out of the fit."""
    encoder = build_encoder(model, threads=2)
    built = build(base, EncoderWithProgress(encoder), index, shipped=knowledge / SHIPPED)
    found = rows(shown(asked, len(asked), "Asking"), base, Finder(built), encoder)
    return fit([row for row in found if row.candidates])


def write_confidence(folder: Path, confidence: Confidence, quality: Quality, fitted_on: str) -> None:
    content = {"fitted_on": fitted_on, "quality": quality.to_dict(), **to_json(confidence)}
    (folder / CONFIDENCE_FILE.name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
