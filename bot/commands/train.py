"""Tuning an encoder on the knowledge, in a workshop beside the one in use. Needs the extra `train`."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.commands.progress import shown
from knowledge.base import KnowledgeBase
from knowledge.build import SHIPPED
from knowledge.lessons import examples, kept_examples, split
from nlu.encoder import MODEL_FOLDER
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


def tune(source: str, workshop: Workshop, base: KnowledgeBase, settings: Settings, show: Show) -> None:
    """Tunes `source` on the knowledge and writes the encoder into the workshop."""
    taught, kept = split(base.asked, settings.seed)
    learned = replace(base, asked=taught)
    model = load_original(source)
    Tuning(model, examples(learned), kept_examples(learned, kept), settings).run(show, shown)
    name = Path(source).name
    with TemporaryDirectory() as original:
        model.save_pretrained(original)
        written = export(Path(original), workshop.encoder, name=f"{name}-tuned", base=f"{name}, tuned on the knowledge")
    show(f"exported: {written}")


def replace_shipped(workshop: Workshop, knowledge: Path) -> None:
    """The new encoder, and the vectors it made of the knowledge, become those of new installations."""
    for file in workshop.encoder.iterdir():  # README and LICENSE stay
        shutil.copyfile(file, MODEL_FOLDER / file.name)
    shutil.rmtree(knowledge / SHIPPED, ignore_errors=True)
    shutil.copytree(workshop.index, knowledge / SHIPPED)
