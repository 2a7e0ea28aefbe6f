"""Vectors of phrasings in a folder, so that no encoder encodes a text twice."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.commands.progress import EncoderWithProgress
from knowledge.index import Vectors
from knowledge.vector_store import Unusable, as_stored, read_manifest, read_vectors, text_key, write_vectors
from nlu.encoder import Encoder


@dataclass(frozen=True, slots=True)
class Kept:
    """`encoding_s`: processor time that encoding has taken, in earlier runs too."""

    vectors: Vectors
    encoding_s: float
    folder: Path


def vectors_of(texts: Sequence[str], encoder: Encoder, folder: Path) -> Kept:
    """A row for each text. `folder` holds a folder for each encoder."""
    own = folder / re.sub(r"[^\w.-]+", "-", encoder.name)
    known, encoding_s = _known(own, encoder)
    missing = [text for text in dict.fromkeys(texts) if text_key(text) not in known]
    if missing:
        started = time.process_time()
        encoded = as_stored(EncoderWithProgress(encoder).encode(missing))
        encoding_s += time.process_time() - started
        known |= dict(zip(map(text_key, missing), encoded, strict=True))
        write_vectors(own, known, {**_needed(encoder), "encoding_s": encoding_s})
    return Kept(np.array([known[text_key(text)] for text in texts], dtype=np.float32), encoding_s, own)


def _known(folder: Path, encoder: Encoder) -> tuple[dict[str, Vectors], float]:
    try:
        return read_vectors(folder, _needed(encoder)), float(read_manifest(folder)["encoding_s"])
    except (Unusable, KeyError):
        return {}, 0.0


def _needed(encoder: Encoder) -> dict[str, object]:
    return {"encoder": encoder.name, "dimension": encoder.dimension}
