"""What a Viber message holds besides text -> Attachment. Pure. Sizes and names are read from the raw message: the
objects of viberbot drop them."""

import mimetypes
from collections.abc import Mapping
from typing import Any

from viberbot.api.messages import (
    ContactMessage,
    FileMessage,
    LocationMessage,
    PictureMessage,
    StickerMessage,
    VideoMessage,
)
from viberbot.api.messages.message import Message

from bot.errors import BadPayload
from bot.messages import Attachment, AttachmentKind, one_line

MAX_NAME = 200
MAX_REF = 2000
UNKNOWN_TYPE = "application/octet-stream"
KINDS = {"image": AttachmentKind.PHOTO, "video": AttachmentKind.VIDEO, "audio": AttachmentKind.AUDIO}


def attachment(message: Message, raw: Mapping[str, Any]) -> Attachment | None:
    """Raises BadPayload. `raw` is what `message` was made of."""
    match message:
        case PictureMessage():
            return _file(AttachmentKind.PHOTO, raw, "image/jpeg")
        case VideoMessage():
            return _file(AttachmentKind.VIDEO, raw, "video/mp4")
        case FileMessage():
            return _document(raw)
        case StickerMessage():
            return Attachment(AttachmentKind.STICKER)
        case ContactMessage():
            return _contact(message)
        case LocationMessage():
            return _place(message)
        case _:
            return None


def _document(raw: Mapping[str, Any]) -> Attachment:
    guessed = mimetypes.guess_type(_name(raw))[0] or UNKNOWN_TYPE
    return _file(KINDS.get(guessed.partition("/")[0], AttachmentKind.DOCUMENT), raw, UNKNOWN_TYPE)


def _file(kind: AttachmentKind, raw: Mapping[str, Any], mime: str) -> Attachment:
    ref, size = raw.get("media"), raw.get("size")
    if not isinstance(ref, str) or not 0 < len(ref) <= MAX_REF:
        raise BadPayload(f"viber: message.media of a {kind} is not an address")
    name = _name(raw)
    size_bytes = size if isinstance(size, int) and 0 <= size < 2**63 else 0
    return Attachment(kind, ref, name, mimetypes.guess_type(name)[0] or mime, size_bytes)


def _name(raw: Mapping[str, Any]) -> str:
    name = raw.get("file_name")
    return one_line(name, MAX_NAME) if isinstance(name, str) else ""


def _contact(message: ContactMessage) -> Attachment:
    """Viber does not say whose card it is, so its number proves nothing: only the name is taken."""
    name = message.contact.name if message.contact else ""
    return Attachment(AttachmentKind.CONTACT, name=one_line(name, MAX_NAME) if isinstance(name, str) else "")


def _place(message: LocationMessage) -> Attachment:
    point = message.location
    if not point or not (_within(point.latitude, 90) and _within(point.longitude, 180)):
        raise BadPayload("viber: message.location is not a place")
    return Attachment(AttachmentKind.LOCATION, text=f"{point.latitude:.6f}, {point.longitude:.6f}")


def _within(degrees: object, limit: int) -> bool:
    return isinstance(degrees, int | float) and not isinstance(degrees, bool) and abs(degrees) <= limit
