"""Attachments of subscribers for an agent's browser: shown when their bytes are a known picture, sound or film.

What a file claims to be (name, type) is never believed. Pure.
"""

from urllib.parse import quote

from fastapi import Response

from bot.messages import File

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)


def known_type(content: bytes) -> str | None:
    """The type told by the first bytes, if a browser shows it without running anything."""
    known = (mime for at, mark, mime in SIGNATURES if content[at : at + len(mark)] == mark)
    return next(known, None)


def as_response(file: File) -> Response:
    mime = known_type(file.content)
    shown = "inline" if mime else "attachment"
    headers = {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(_name(file.name), safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
    return Response(file.content, media_type=mime or "application/octet-stream", headers=headers)


def _name(name: str) -> str:
    """Without path, control characters and tricks that make "exe.txt" look like "txt.exe"."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in bare if character.isprintable())[:120] or "file"
