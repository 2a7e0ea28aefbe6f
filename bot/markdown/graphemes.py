"""What a reader takes for one character: a letter with its marks, a flag, a family emoji.

Close enough to Unicode's rules for cutting texts; the standard library has no such function.
"""

import unicodedata
from collections.abc import Iterator

JOINER = "\u200d"


def graphemes(text: str) -> Iterator[str]:
    cluster = ""
    for character in text:
        if cluster and not _belongs(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _belongs(cluster: str, character: str) -> bool:
    if cluster[-1] == JOINER or _extends(character):
        return True
    if _is_flag_half(character):
        return len(cluster) == 1 and _is_flag_half(cluster)
    return cluster + character == "\r\n" or (_is_jamo(cluster[-1]) and _is_jamo(character))


def _extends(character: str) -> bool:
    is_skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    is_tag = "\U000e0020" <= character <= "\U000e007f"
    return character == JOINER or is_skin_tone or is_tag or unicodedata.category(character).startswith("M")


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_jamo(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff"
