"""What hangs on a Telegram message besides its text -> Attachment. Pure; trusts nobody's word about a phone number."""

from typing import Any

from aiogram.types import Contact, Location, Message, PhotoSize, Sticker, Venue

from bot.messages import Attachment, AttachmentKind

# An animation also comes as a document, a video note never does: the first that is there wins.
FILES = (
    ("animation", AttachmentKind.VIDEO, "video/mp4"),
    ("live_photo", AttachmentKind.VIDEO, "video/mp4"),
    ("video", AttachmentKind.VIDEO, "video/mp4"),
    ("video_note", AttachmentKind.VIDEO, "video/mp4"),
    ("voice", AttachmentKind.VOICE, "audio/ogg"),
    ("audio", AttachmentKind.AUDIO, "audio/mpeg"),
    ("document", AttachmentKind.DOCUMENT, "application/octet-stream"),
)
ATTACHED = frozenset({"photo", "sticker", "venue", "location", "contact", *(name for name, _, _ in FILES)})


def attachment(message: Message) -> Attachment | None:
    """At most one: an album comes as several messages."""
    if file := _file(message):
        return file
    if message.photo:
        return _photo(message.photo)
    if message.sticker:
        return _sticker(message.sticker)
    if message.contact:
        return _contact(message.contact, message)
    return _place(message.venue, message.location)


def _file(message: Message) -> Attachment | None:
    for name, kind, mime in FILES:
        file: Any = getattr(message, name)
        if file is not None:
            shown = getattr(file, "file_name", None) or getattr(file, "title", None) or ""
            return Attachment(kind, file.file_id, shown, getattr(file, "mime_type", None) or mime, file.file_size or 0)
    return None


def _photo(sizes: list[PhotoSize]) -> Attachment:
    largest = max(sizes, key=lambda size: size.width * size.height)
    return Attachment(AttachmentKind.PHOTO, largest.file_id, mime="image/jpeg", size_bytes=largest.file_size or 0)


def _sticker(sticker: Sticker) -> Attachment:
    mime = "application/x-tgsticker" if sticker.is_animated else "video/webm" if sticker.is_video else "image/webp"
    return Attachment(
        AttachmentKind.STICKER,
        sticker.file_id,
        mime=mime,
        size_bytes=sticker.file_size or 0,
        text=sticker.emoji or "",
    )


def _contact(contact: Contact, message: Message) -> Attachment:
    """Only the sender's own card, shared by Telegram itself, proves a number; anybody else's is just a name."""
    own = message.from_user is not None and contact.user_id == message.from_user.id
    phone = f"+{contact.phone_number.lstrip('+')}" if own else ""
    return Attachment(AttachmentKind.CONTACT, name=contact.full_name, text=phone)


def _place(venue: Venue | None, location: Location | None) -> Attachment | None:
    point = venue.location if venue else location
    if point is None:
        return None
    name = f"{venue.title}, {venue.address}" if venue else ""
    return Attachment(AttachmentKind.LOCATION, name=name, text=f"{point.latitude:.6f}, {point.longitude:.6f}")
