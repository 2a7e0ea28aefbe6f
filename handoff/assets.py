"""The desk's own scripts and styles, read once; a hash in their address lets a browser keep them until they change."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

MIMES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes = field(repr=False)
    mime: str


class Assets:
    def __init__(self, folder: Path) -> None:
        self.files = {
            path.name: Asset(path.read_bytes(), MIMES[path.suffix])
            for path in sorted(folder.iterdir())
            if path.suffix in MIMES
        }
        digest = hashlib.sha256()
        for name, asset in self.files.items():
            digest.update(name.encode() + asset.content)
        self.version = digest.hexdigest()[:12]
