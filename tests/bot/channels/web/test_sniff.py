import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.sniff import sniff

EBML = b"\x1a\x45\xdf\xa3"


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
        b"\0\0\0\x20ftypheic\0",
        EBML + b"\x9fB\x86\x81\x01B\x82\x88matroska",
        "Привет".encode("cp1251"),
        b"text\0text",
    ],
)
def test_types_that_are_not(content: bytes) -> None:
    assert sniff(content) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_known_type_or_none(content: bytes) -> None:
    found = sniff(content)
    assert found is None or ("html" not in found.mime and "svg" not in found.mime)
