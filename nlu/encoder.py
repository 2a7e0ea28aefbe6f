"""Sentences into unit vectors: the port `Encoder`, the shipped ONNX encoder, any sentence-transformers model by name.

Serving needs onnxruntime and tokenizers only; torch is imported by `SentenceTransformerEncoder` alone, when it is made.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

SHIPPED = "shipped"
MODEL_FOLDER = Path(__file__).parent / "model"
MANIFEST = "manifest.json"

Vectors = npt.NDArray[np.float32]


class EncoderError(Exception):
    """The encoder cannot be used; the text says which, why, and what to do."""


class Encoder(Protocol):
    """Texts in, unit vectors out; the same text gets the same vector whatever its neighbours are."""

    @property
    def name(self) -> str:
        """Changes whenever the vectors would: vectors kept under one name are comparable."""

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class EncoderManifest:
    """What `nlu.training.export` wrote about the model beside it."""

    name: str
    dimension: int
    max_tokens: int
    prefix: str
    files: dict[str, str]  # name -> sha256


class OnnxEncoder:
    """The exported encoder: tokenizer and graph in one folder, checked against the manifest before use."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        manifest = read_manifest(folder)
        digests = check_files(folder, manifest)
        self.name = f"{manifest.name}@{digests[:12]}"
        self.dimension = manifest.dimension
        self._prefix = manifest.prefix
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(manifest.max_tokens)
        self._session = _open_session(folder / "model.onnx", threads)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One by one: in a batch the products round otherwise. It would save a tenth of the time, of short texts a
        quarter."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def _vector(self, text: str) -> Any:
        tokens = np.array([self._tokenizer.encode(self._prefix + _valid_unicode(text)).ids], dtype=np.int64)
        inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
        return self._session.run(["vectors"], inputs)[0][0]


class SentenceTransformerEncoder:
    """Any model sentence-transformers can load, by hub name or folder: for experiments and for one's own model."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415  torch must not load with the module
        except ImportError as error:
            raise EncoderError(
                f"encoder {name!r} needs sentence-transformers, which is not installed. "
                f'Run "pip install otklik[train]", or set the model to "{SHIPPED}".'
            ) from error
        try:
            self._model = SentenceTransformer(name).float()
        except (OSError, ValueError) as error:
            raise EncoderError(
                f"encoder {name!r} is neither a folder with {MANIFEST} nor a model sentence-transformers can load. "
                f'Check the name and the access to its hub, or set the model to "{SHIPPED}".'
            ) from error
        self._prompt = query_prompt(name, dict(self._model.prompts))
        self.name = name
        self.dimension = int(self._model.encode([""], show_progress_bar=False).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            [_valid_unicode(text) for text in texts],
            prompt=self._prompt,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def build_encoder(model: str, threads: int = 1) -> Encoder:
    """`shipped`, a folder written by `nlu.training.export`, or the name of a sentence-transformers model."""
    folder = MODEL_FOLDER if model == SHIPPED else Path(model)
    if model == SHIPPED or (folder / MANIFEST).is_file():
        return OnnxEncoder(folder, threads)
    return SentenceTransformerEncoder(model)


def query_prompt(name: str, prompts: dict[str, str]) -> str:
    """What goes before a question: the model's own word for it, else the convention of the E5 family."""
    return prompts.get("query") or ("query: " if "e5" in name.lower() else "")


def read_manifest(folder: Path) -> EncoderManifest:
    path = folder / MANIFEST
    try:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return EncoderManifest(
            name=str(fields["name"]),
            dimension=int(fields["dimension"]),
            max_tokens=int(fields["max_tokens"]),
            prefix=str(fields["prefix"]),
            files={str(name): str(digest) for name, digest in fields["files"].items()},
        )
    except FileNotFoundError as error:
        raise EncoderError(f"{path} is missing. {_HOW_TO_MEND}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EncoderError(f"{path} is not a manifest of an encoder ({error!r}). {_HOW_TO_MEND}") from error


def check_files(folder: Path, manifest: EncoderManifest) -> str:
    """The digest of all files together; a missing or altered one is refused."""
    total = hashlib.sha256()
    for name, expected in sorted(manifest.files.items()):
        digest = file_digest(folder / name)
        if digest != expected:
            raise EncoderError(
                f"{folder / name} is not the file its manifest describes: sha256 is {digest[:12]}…, "
                f"expected {expected[:12]}…. {_HOW_TO_MEND}"
            )
        total.update(digest.encode())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise EncoderError(f"{path} is missing. {_HOW_TO_MEND}") from error


_HOW_TO_MEND = (
    "Restore the folder from the distribution (a file fetched without Git LFS is only a pointer), "
    "or write it anew: python -m nlu.training.export SOURCE_FOLDER."
)


def _open_session(path: Path, threads: int) -> Any:
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors only
    # Idle threads of the runtime would otherwise spin and take the processor from the event loop.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _valid_unicode(text: str) -> str:
    """Half of a surrogate pair is no character: the tokenizer would refuse the whole batch."""
    return text.encode("utf-8", "replace").decode("utf-8")
