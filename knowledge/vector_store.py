"""Vectors of texts on disk: `manifest.json` and the one file of vectors that it names.

A vector is kept as bytes and the scale that makes numbers of them again: a quarter of the size, and no cosine moves by
more than 0.001. Both files are written beside and renamed, the manifest last: whoever reads sees the old pair or the
new one.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from knowledge.index import Vectors

MANIFEST = "manifest.json"
LARGEST_BYTE = 127


class Unusable(Exception):
    """What is on disk does not fit; the text says why."""


def text_key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Empty when there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def read_vectors(folder: Path, expected: Mapping[str, object]) -> dict[str, Vectors]:
    """Vectors by `text_key`. Raises Unusable, too when the manifest does not say what is expected."""
    if not (folder / MANIFEST).exists():
        raise Unusable("there is no index yet")
    manifest = read_manifest(folder)
    for name, value in expected.items():
        if manifest.get(name) != value:
            raise Unusable(f"the index has {name} {manifest.get(name)!r}, and {value!r} is needed")
    path = folder / Path(str(manifest.get("file"))).name
    try:
        if _digest(path) != manifest.get("sha256"):
            raise Unusable(f"{path.name} is damaged: its sha256 is not that of the manifest")
        with np.load(path, allow_pickle=False) as arrays:
            vectors = arrays["bytes"].astype(np.float32) * arrays["scales"][:, None]
            return dict(zip(arrays["keys"].astype("U32").tolist(), vectors, strict=True))
    except (OSError, ValueError, KeyError) as error:
        raise Unusable(f"{path.name} cannot be read: {type(error).__name__}") from error


def write_vectors(folder: Path, rows: Mapping[str, Vectors], description: Mapping[str, object]) -> None:
    """Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors = np.array(list(rows.values()), dtype=np.float32)
    scales = _scales(vectors)
    with _beside(folder) as file:
        np.savez(file, keys=np.array(list(rows), dtype="S32"), bytes=_as_bytes(vectors, scales), scales=scales)
        file.flush()
        digest = _digest(Path(file.name))
        name = f"vectors-{digest[:16]}.npz"
        os.replace(file.name, folder / name)
    with _beside(folder) as file:
        file.write(json.dumps({**description, "file": name, "sha256": digest}, indent=2).encode())
        file.flush()
        os.replace(file.name, folder / MANIFEST)
    for old in folder.glob("vectors-*.npz"):
        if old.name != name:
            old.unlink(missing_ok=True)


def as_stored(vectors: Vectors) -> Vectors:
    """What will be read again: so that a question finds the same before and after a restart."""
    scales = _scales(vectors)
    return np.asarray(_as_bytes(vectors, scales) * scales[:, None], dtype=np.float32)


def _scales(vectors: Vectors) -> Vectors:
    """One a row."""
    largest = np.abs(vectors).max(axis=1, initial=0)
    return np.asarray(np.where(largest > 0, largest, 1) / LARGEST_BYTE, dtype=np.float32)


def _as_bytes(vectors: Vectors, scales: Vectors) -> npt.NDArray[np.int8]:
    return np.asarray(np.rint(vectors / scales[:, None]), dtype=np.int8)


@contextmanager
def _beside(folder: Path) -> Iterator[IO[bytes]]:
    """A new file that is gone afterwards unless it was renamed."""
    path = folder / f".new-{uuid4().hex}"
    try:
        with path.open("xb") as file:
            yield file
    finally:
        path.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
