"""What a file is, by its own bytes: the name and the type that a browser claims are not believed. Pure."""

import io
import struct
import zipfile
from dataclasses import dataclass

from bot.messages import AttachmentKind


@dataclass(frozen=True, slots=True)
class FileType:
    mime: str
    kind: AttachmentKind
    suffix: str


JPEG = FileType("image/jpeg", AttachmentKind.PHOTO, ".jpg")
PNG = FileType("image/png", AttachmentKind.PHOTO, ".png")
GIF = FileType("image/gif", AttachmentKind.PHOTO, ".gif")
WEBP = FileType("image/webp", AttachmentKind.PHOTO, ".webp")
PDF = FileType("application/pdf", AttachmentKind.DOCUMENT, ".pdf")
MP3 = FileType("audio/mpeg", AttachmentKind.AUDIO, ".mp3")
OGG = FileType("audio/ogg", AttachmentKind.VOICE, ".ogg")
M4A = FileType("audio/mp4", AttachmentKind.VOICE, ".m4a")
MP4 = FileType("video/mp4", AttachmentKind.VIDEO, ".mp4")
WEBM_AUDIO = FileType("audio/webm", AttachmentKind.VOICE, ".webm")
WEBM = FileType("video/webm", AttachmentKind.VIDEO, ".webm")
TEXT = FileType("text/plain", AttachmentKind.DOCUMENT, ".txt")
HEIC = FileType("image/heic", AttachmentKind.DOCUMENT, ".heic")  # of phones; few browsers and messengers show it
ZIP = FileType("application/zip", AttachmentKind.DOCUMENT, ".zip")

STARTS = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"GIF87a": GIF,
    b"GIF89a": GIF,
    b"%PDF-": PDF,
    b"ID3": MP3,
    b"\xff\xfb": MP3,
    b"\xff\xf3": MP3,
    b"\xff\xf2": MP3,
    b"OggS": OGG,
}
VIDEO_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"MSNV", b"M4V "}
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
OFFICE = "application/vnd.openxmlformats-officedocument"
# The part that makes an archive such a document.
OFFICE_PARTS = {
    "word/document.xml": FileType(f"{OFFICE}.wordprocessingml.document", AttachmentKind.DOCUMENT, ".docx"),
    "xl/workbook.xml": FileType(f"{OFFICE}.spreadsheetml.sheet", AttachmentKind.DOCUMENT, ".xlsx"),
    "ppt/presentation.xml": FileType(f"{OFFICE}.presentationml.presentation", AttachmentKind.DOCUMENT, ".pptx"),
}
OPEN_DOCUMENTS = {"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"}
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
# How the standard library says that an archive is broken, foreign or encrypted.
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    EOFError,
    struct.error,
)


def sniff(content: bytes) -> FileType | None:
    """None for a type that we do not take."""
    for start, file_type in STARTS.items():
        if content.startswith(start):
            return file_type
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp":
        return _mp4(content[8:12])
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return _webm(content[:4096])
    if content.startswith(b"PK\x03\x04"):
        return _archive(content)
    return TEXT if _is_text(content) else None


def _mp4(brand: bytes) -> FileType | None:
    if brand in (b"M4A ", b"M4B "):
        return M4A
    if brand in HEIC_BRANDS:
        return HEIC
    return MP4 if brand in VIDEO_BRANDS else None


def _webm(head: bytes) -> FileType | None:
    """Matroska has the same first bytes; the document type follows them."""
    if b"webm" not in head[:64]:
        return None
    return WEBM if b"V_VP" in head or b"V_AV1" in head else WEBM_AUDIO


def _archive(content: bytes) -> FileType | None:
    """By the list of its parts; nothing is unpacked. A document with macros counts as a mere archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                return ZIP
            found = next((file_type for part, file_type in OFFICE_PARTS.items() if part in names), None)
            return found or _open_document(archive, names) or ZIP
    except BROKEN_ARCHIVE:
        return None


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> FileType | None:
    """The format keeps its type unpacked, in a part of its own."""
    if "mimetype" not in names or archive.getinfo("mimetype").compress_type != zipfile.ZIP_STORED:
        return None
    with archive.open("mimetype") as part:
        mime = part.read(100).decode("ascii", "replace")
    suffix = OPEN_DOCUMENTS.get(mime.removeprefix(f"{OPEN_DOCUMENT}."))
    return FileType(mime, AttachmentKind.DOCUMENT, suffix) if suffix and mime.startswith(OPEN_DOCUMENT) else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text) and all(letter >= " " or letter in "\t\n\r\f" for letter in text)
