"""What hangs on a VK message besides its text -> Attachments. Pure; what is not as documented is left out, for it must
not cost us the message it is in."""

import mimetypes
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.messages import Attachment, AttachmentKind, one_line

MOST = 10  # VK attaches no more
MAX_NAME = 200
Part = Mapping[str, Any]


def attachments(raw: object) -> tuple[Attachment, ...]:
    """What has no meaning for us (a poll, a gift) is left out."""
    parts = raw[:MOST] if isinstance(raw, list) else []
    found = (_attachment(part) for part in parts if isinstance(part, Mapping))
    return tuple(attachment for attachment in found if attachment)


def links(raw: object) -> tuple[str, ...]:
    """Addresses of shared links: VK takes them out of the text."""
    parts = raw[:MOST] if isinstance(raw, list) else []
    bodies = [_mapping(part, "link") for part in parts if isinstance(part, Mapping) and part.get("type") == "link"]
    return tuple(url for body in bodies if (url := _url(body, "url")))


def place(geo: object) -> Attachment | None:
    point = _mapping(geo, "coordinates")
    latitude, longitude = point.get("latitude"), point.get("longitude")
    if not (_is_degree(latitude, 90) and _is_degree(longitude, 180)):
        return None
    name = _name(_mapping(geo, "place"), "title")
    return Attachment(AttachmentKind.LOCATION, name=name, text=f"{latitude:.6f}, {longitude:.6f}")


def _attachment(part: Part) -> Attachment | None:
    kind = part.get("type")
    read = READERS.get(kind) if isinstance(kind, str) else None
    return read(_mapping(part, str(kind))) if read else None


def _photo(photo: Part) -> Attachment:
    original = _mapping(photo, "orig_photo")
    url = _url(original, "url") or _largest(photo.get("sizes"))
    return Attachment(AttachmentKind.PHOTO, url, mime="image/jpeg")


def _graffiti(graffiti: Part) -> Attachment:
    return Attachment(AttachmentKind.PHOTO, _url(graffiti, "url"), mime="image/png")


def _document(document: Part) -> Attachment:
    name = _name(document, "title")
    extension = document.get("ext")
    guessed = mimetypes.guess_type(f"file.{extension}")[0] if isinstance(extension, str) else None
    mime = guessed or "application/octet-stream"
    return Attachment(AttachmentKind.DOCUMENT, _url(document, "url"), name, mime, _size(document))


def _voice(voice: Part) -> Attachment:
    if ogg := _url(voice, "link_ogg"):
        return Attachment(AttachmentKind.VOICE, ogg, mime="audio/ogg")
    return Attachment(AttachmentKind.VOICE, _url(voice, "link_mp3"), mime="audio/mpeg")


def _audio(audio: Part) -> Attachment:
    name = " — ".join(part for part in (_name(audio, "artist"), _name(audio, "title")) if part)
    return Attachment(AttachmentKind.AUDIO, _url(audio, "url"), name[:MAX_NAME], "audio/mpeg")


def _video(video: Part) -> Attachment:
    """VK lends a community no bytes of a video, only its page."""
    return Attachment(AttachmentKind.VIDEO, name=_name(video, "title"))


def _sticker(sticker: Part) -> Attachment:
    return Attachment(AttachmentKind.STICKER, _largest(sticker.get("images")), mime="image/png")


READERS: Mapping[str, Callable[[Part], Attachment]] = {
    "photo": _photo,
    "graffiti": _graffiti,
    "doc": _document,
    "audio_message": _voice,
    "audio": _audio,
    "video": _video,
    "video_message": _video,
    "sticker": _sticker,
}


def _largest(sizes: object) -> str:
    found = [size for size in sizes if isinstance(size, Mapping)] if isinstance(sizes, Sequence) else []
    return _url(max(found, key=_area), "url") if found else ""


def _area(size: Part) -> int:
    width, height = size.get("width"), size.get("height")
    return width * height if isinstance(width, int) and isinstance(height, int) else 0


def _mapping(raw: object, key: str) -> Part:
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _url(part: Part, key: str) -> str:
    value = part.get(key)
    return value if isinstance(value, str) and value.isascii() and value.startswith(("https://", "http://")) else ""


def _name(part: Part, key: str) -> str:
    value = part.get(key)
    return one_line(value, MAX_NAME) if isinstance(value, str) else ""


def _size(document: Part) -> int:
    value = document.get("size")
    return value if isinstance(value, int) and 0 < value < 2**63 else 0


def _is_degree(value: object, limit: int) -> bool:
    return isinstance(value, int | float) and -limit <= value <= limit
