"""Attachments for an agent's browser: a picture, sound or film is shown, everything else is saved.

What a file claims to be (name, type) is never believed. Pure.
"""

from urllib.parse import quote

from fastapi import Response

from bot.messages import AttachmentKind, File
from bot.storage.sniff import sniff


def as_response(file: File) -> Response:
    found = sniff(file.content)
    shown = found is not None and found.kind is not AttachmentKind.DOCUMENT
    name = quote(_name(file.name), safe="")
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
    mime = found.mime if found and shown else "application/octet-stream"
    return Response(file.content, media_type=mime, headers=headers)


def _name(name: str) -> str:
    """Without path, control characters and tricks that make "exe.txt" look like "txt.exe"."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in bare if character.isprintable())[:120] or "file"
