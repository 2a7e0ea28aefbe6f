import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import AttachmentKind
from bot.storage.sniff import sniff

EBML = b"\x1a\x45\xdf\xa3"


def archive(*parts: str, packed: bool = False, **texts: str) -> bytes:
    """A ZIP archive of empty parts and of `texts`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as writing:
        for name, text in {**dict.fromkeys(parts, ""), **texts}.items():
            writing.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png"),
        (b"GIF89a\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"ID3\x04\0", "audio/mpeg"),
        (b"\xff\xfb\x90\0", "audio/mpeg"),
        (b"OggS\0\x02", "audio/ogg"),
        (b"\0\0\0\x20ftypisom\0", "video/mp4"),
        (b"\0\0\0\x20ftypM4A \0", "audio/mp4"),
        (EBML + b"\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 90 + b"V_VP9", "video/webm"),
        (EBML + b"\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 90 + b"A_OPUS", "audio/webm"),
        ("Привет,\r\n\tмир".encode(), "text/plain"),
    ],
)
def test_types_that_are_taken(content: bytes, mime: str) -> None:
    found = sniff(content)
    assert found
    assert found.mime == mime


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0",
        b"\x7fELF\x02",
        b"PK\x03\x04\0",
        b"RIFF\x24\0\0\0WAVE",
        b"\0\0\0\x20ftypavif\0",
        EBML + b"\x9fB\x86\x81\x01B\x82\x88matroska",
        "Привет".encode("cp1251"),
        b"text\0text",
    ],
)
def test_types_that_are_not(content: bytes) -> None:
    assert sniff(content) is None


OPEN_TEXT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (archive("[Content_Types].xml", "word/document.xml"), ".docx"),
        (archive("xl/workbook.xml", "[Content_Types].xml", packed=True), ".xlsx"),
        (archive("ppt/presentation.xml"), ".pptx"),
        (archive(mimetype=OPEN_TEXT), ".odt"),
        (archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"), ".ods"),
        (archive(mimetype=OPEN_TEXT, packed=True), ".zip"),
        (archive(mimetype="text/html"), ".zip"),
        (archive("word/document.xml", "word/vbaProject.bin"), ".zip"),
        (archive("a.txt"), ".zip"),
        (b"\0\0\0\x20ftypheic\0", ".heic"),
        (b"\0\0\0\x20ftypmif1\0", ".heic"),
    ],
)
def test_archives_are_told_apart_by_their_parts_and_all_are_documents(content: bytes, suffix: str) -> None:
    found = sniff(content)
    assert found
    assert (found.suffix, found.kind) == (suffix, AttachmentKind.DOCUMENT)


WHOLE = archive("word/document.xml", mimetype=OPEN_TEXT)


@given(st.integers(4, len(WHOLE) - 1), st.binary(min_size=1, max_size=3))
def test_a_broken_archive_is_some_document_or_refused(at: int, noise: bytes) -> None:
    for content in (WHOLE[:at], WHOLE[:at] + noise + WHOLE[at + len(noise) :]):
        found = sniff(content)
        assert found is None or found.kind is AttachmentKind.DOCUMENT


@given(st.binary(max_size=200).flatmap(lambda tail: st.sampled_from([tail, b"PK\x03\x04" + tail])))
def test_any_bytes_are_a_known_type_or_none(content: bytes) -> None:
    found = sniff(content)
    assert found is None or ("html" not in found.mime and "svg" not in found.mime)
