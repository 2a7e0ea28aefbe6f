"""Things to send that are made on the spot, so that the demo ships no binary files: a bill, a voice, a sticker."""

import struct
import zlib
from collections.abc import Callable
from functools import cache

Colour = tuple[int, int, int, int]

SIDE = 160
CLEAR, FACE, INK = (0, 0, 0, 0), (255, 205, 66, 255), (92, 62, 20, 255)
# Twenty milliseconds of silence, as an Opus encoder writes them.
SILENCE = b"\xf8\xff\xfe"
VOICE_S = 3


@cache
def bill() -> bytes:
    """A PDF of one page."""
    page = b"BT /F1 22 Tf 72 740 Td (Sample bill) Tj /F1 12 Tf 0 -34 Td (Internet and calls: 500.00) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n%btrailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return body + end % (table, len(body))


@cache
def voice() -> bytes:
    """Three seconds of silence as Ogg Opus: real enough for every player."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 6) + b"otklik" + struct.pack("<I", 0)
    pages = [_ogg_page(0, 0, 2, [head]), _ogg_page(1, 0, 0, [tags])]
    for second in range(VOICE_S):
        is_last = second == VOICE_S - 1
        pages.append(_ogg_page(second + 2, 48_000 * (second + 1), 4 if is_last else 0, [SILENCE] * 50))
    return b"".join(pages)


@cache
def smile() -> bytes:
    """A PNG of a round face."""
    return _png(SIDE, _face)


def _ogg_page(number: int, position: int, flags: int, packets: list[bytes]) -> bytes:
    lengths = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIII", 0, flags, position, 1, number, 0) + bytes([len(lengths)]) + lengths
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_sum(page)) + page[26:]


def _ogg_sum(page: bytes) -> int:
    """CRC-32 without reflection, which zlib does not have."""
    total = 0
    for byte in page:
        total ^= byte << 24
        for _ in range(8):
            total = ((total << 1) ^ (0x04C11DB7 if total & 0x80000000 else 0)) & 0xFFFFFFFF
    return total


def _png(side: int, colour: Callable[[float, float], Colour]) -> bytes:
    middles = [(2 * place + 1) / side - 1 for place in range(side)]
    rows = b"".join(b"\0" + b"".join(bytes(colour(x, y)) for x in middles) for y in middles)
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = [_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _face(x: float, y: float) -> Colour:
    """Coordinates from -1 to 1."""
    if x * x + y * y > 0.92:
        return CLEAR
    is_eye = (abs(x) - 0.32) ** 2 + (y + 0.24) ** 2 < 0.012
    is_mouth = 0.25 < x * x + (y - 0.02) ** 2 < 0.36 and y > 0.18
    return INK if is_eye or is_mouth else FACE
