"""One spelling for what people spell in many ways: `normalize` for matching, `lemmas` for lexical scoring. Pure.

Neither is for reading aloud or for the encoder: punctuation, case and decoration are gone.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

from nlu.numbers import in_digits
from nlu.synonyms import STOP_WORDS, SYNONYMS
from nlu.words import is_known, lemma

_TOKEN = re.compile(
    r"[*#][*#\d]*\d[*#\d]*"  # *105#, *100*1#
    r"|\+?\d+(?:[.,:/]\d+)+"  # 9.99, 22:00, 1/2
    r"|\+?[^\W_]+(?:['-][^\W_]+|\.[a-z]{2,})*"  # wi-fi, don't, t2.ru, +7999
)
_STRETCHED = re.compile(r"([а-я])\1{2,}")
_INVISIBLE = frozenset({"Mn", "Me", "Cf", "Cc", "Co", "Cs", "Cn"})
_SPELLING = str.maketrans({"ё": "е", "’": "'", "ʼ": "'", "`": "'", "‐": "-", "–": "-", "−": "-"})


def normalize(text: str) -> str:
    """Lower case, е for ё, no emoji, no punctuation, no stretched letters, numbers in digits; USSD codes stay."""
    return " ".join(tokens(text))


def tokens(text: str) -> list[str]:
    plain = _plain(text)
    found = list(_TOKEN.finditer(plain))
    pauses = {
        place for place in range(1, len(found)) if not plain[found[place - 1].end() : found[place].start()].isspace()
    }
    return in_digits([_unstretch(match.group()) for match in found], pauses)


def lemmas(text: str) -> list[str]:
    """First forms in the order of the text, synonyms of the trade made one, function words dropped."""
    found = (_canonical(token) for token in tokens(text))
    return [word for word in found if word not in STOP_WORDS]


def _canonical(token: str) -> str:
    if token in SYNONYMS:
        return SYNONYMS[token]
    first_form = lemma(token)
    return SYNONYMS.get(first_form, first_form)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.replace("№", " ")).lower()
    visible = "".join(_visible(unicodedata.normalize("NFKC", folded)))
    return visible.translate(_SPELLING)


def _visible(text: str) -> Iterator[str]:
    for character in text:
        if character.isspace():
            yield " "
        elif unicodedata.category(character) not in _INVISIBLE:
            yield character


def _unstretch(word: str) -> str:
    """оооочень -> очень, длиннннный -> длинный; a real word keeps its letters."""
    if not _STRETCHED.search(word) or is_known(word):
        return word
    parts = _STRETCHED.split(word)  # text, letter, text, letter, ..., text
    letters = parts[1::2][:4]
    for repeats in product((2, 1), repeat=len(letters)):
        candidate = _joined(parts, repeats)
        if is_known(candidate):
            return candidate
    return _joined(parts, (1,) * len(letters))


def _joined(parts: list[str], repeats: tuple[int, ...]) -> str:
    """`parts` are text, letter, text...; a stretched letter beyond `repeats` is written once."""
    word = parts[0]
    for position, letter in enumerate(parts[1::2]):
        times = repeats[position] if position < len(repeats) else 1
        word += letter * times + parts[2 * position + 2]
    return word
