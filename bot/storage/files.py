"""Files of subscribers and agents on disk, outside of everything served: `<folder>/<chat>/<name>` and `<name>.json`
beside it, written last, so that a half-written file is never seen. Names come from here, never from a client; only the
bytes tell the type. Blocking: call through a thread."""

import hashlib
import json
import re
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bot.messages import Attachment, AttachmentKind, File, Sender, one_line
from bot.storage.sniff import FileType, sniff

FREE_BYTES_TO_KEEP = 500 * 1024 * 1024
MAX_FILE_NAME = 100

KEPT = re.compile(r"[0-9a-f]{64}/[0-9a-f]{32}")


class FileRefused(Exception):
    """The file is not kept; `status` is the HTTP answer."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came; only its bytes are believed."""

    name: str = field(repr=False)
    content: IO[bytes] = field(repr=False)


def folder_of(sender: Sender) -> str:
    """A folder for each chat, so that erasing a subscriber is deleting folders; its name tells nothing of the chat."""
    return hashlib.sha256(f"{sender.channel}:{sender.account}:{sender.chat_id}".encode()).hexdigest()


class Files:
    """`Attachment.kept` is the key of a file here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, sender: Sender, upload: Upload, max_bytes: int) -> Attachment:
        """Raises FileRefused."""
        content = upload.content.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise FileRefused("too_large", 413)
        file_type = sniff(content)
        if file_type is None:
            raise FileRefused("unknown_type", 415)
        kept = f"{folder_of(sender)}/{secrets.token_hex(16)}"
        name = _name(upload.name, file_type)
        found = Attachment(file_type.kind, name=name, mime=file_type.mime, size_bytes=len(content), kept=kept)
        self._write(found, content)
        return found

    def find(self, kept: str) -> Attachment | None:
        """The file of this key, or None; anything that is not a key of ours is None too."""
        if not KEPT.fullmatch(kept):
            return None
        try:
            card = json.loads(self._card(kept).read_text("utf-8"))
        except FileNotFoundError:
            return None
        kind = AttachmentKind(card["kind"])
        return Attachment(kind, name=card["name"], mime=card["mime"], size_bytes=card["size"], kept=kept)

    def read(self, kept: str) -> File | None:
        found = self.find(kept)
        try:
            return None if found is None else File((self._folder / kept).read_bytes(), found.mime, found.name)
        except FileNotFoundError:  # erased between the two looks
            return None

    def _card(self, kept: str) -> Path:
        return self._folder / f"{kept}.json"

    def _write(self, attachment: Attachment, content: bytes) -> None:
        path = self._folder / attachment.kept
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < FREE_BYTES_TO_KEEP + len(content):
            raise FileRefused("no_room", 507)
        path.write_bytes(content)
        card = {"kind": attachment.kind, "name": attachment.name, "mime": attachment.mime, "size": len(content)}
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(card), "utf-8")
        draft.rename(self._card(attachment.kept))


def _name(claimed: str, file_type: FileType) -> str:
    """What people see: the client's name without folders, with the ending of what the file really is."""
    stem = one_line(claimed.replace("\\", "/").rpartition("/")[2], MAX_FILE_NAME)
    bare, dot, ending = stem.rpartition(".")
    if dot and ending.isascii() and ending.isalnum() and len(ending) <= 5:
        stem = bare
    return f"{stem.strip('. ') or 'file'}{file_type.suffix}"
