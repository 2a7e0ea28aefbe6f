"""Files of the subscribers on disk: `<folder>/<chat_id>/<ref>` and `<ref>.json` beside it, written last, so that a
half-written file is never seen. Names come from here, never from a client. Blocking: call through a thread."""

import json
import re
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bot.channels.web.parse import one_line
from bot.channels.web.sniff import FileType, sniff
from bot.messages import Attachment, AttachmentKind, File

FREE_BYTES_TO_KEEP = 500 * 1024 * 1024
MAX_FILE_NAME = 100

REF = re.compile(r"[0-9a-f]{64}/[0-9a-f]{32}")


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


class Files:
    def __init__(self, folder: Path, max_mb: int) -> None:
        self._folder = folder
        self.max_bytes = max_mb * 1024 * 1024

    def save(self, chat_id: str, upload: Upload) -> Attachment:
        """Raises FileRefused."""
        content = upload.content.read(self.max_bytes + 1)
        if len(content) > self.max_bytes:
            raise FileRefused("too_large", 413)
        file_type = sniff(content)
        if file_type is None:
            raise FileRefused("unknown_type", 415)
        ref = f"{chat_id}/{secrets.token_hex(16)}"
        found = Attachment(file_type.kind, ref, _name(upload.name, file_type), file_type.mime, len(content))
        self._write(found, content)
        return found

    def find(self, ref: str) -> Attachment | None:
        """The file of this whole `ref`, or None; anything that is not a ref of ours is None too."""
        if not REF.fullmatch(ref):
            return None
        try:
            card = json.loads(self._card(ref).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Attachment(AttachmentKind(card["kind"]), ref, card["name"], card["mime"], card["size"])

    def read(self, ref: str) -> File | None:
        found = self.find(ref)
        return None if found is None else File((self._folder / ref).read_bytes(), found.mime, found.name)

    def _card(self, ref: str) -> Path:
        return self._folder / f"{ref}.json"

    def _write(self, attachment: Attachment, content: bytes) -> None:
        path = self._folder / attachment.ref
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(path.parent).free < FREE_BYTES_TO_KEEP + len(content):
            raise FileRefused("no_room", 507)
        path.write_bytes(content)
        card = {"kind": attachment.kind, "name": attachment.name, "mime": attachment.mime, "size": len(content)}
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(card), "utf-8")
        draft.rename(self._card(attachment.ref))


def _name(claimed: str, file_type: FileType) -> str:
    """What the agent sees: the client's name without folders, with the ending of what the file really is."""
    stem = one_line(claimed.replace("\\", "/").rpartition("/")[2], MAX_FILE_NAME)
    bare, dot, ending = stem.rpartition(".")
    if dot and ending.isascii() and ending.isalnum() and len(ending) <= 5:
        stem = bare
    return f"{stem.strip('. ') or 'file'}{file_type.suffix}"
