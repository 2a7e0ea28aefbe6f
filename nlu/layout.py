"""Russian typed on the English keyboard layout: "ghbdtn rfr epyfnm ,fkfyc" -> "привет как узнать баланс". Pure."""

import re

from nlu.latin import ENGLISH, TERMS
from nlu.words import is_known

ON_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~&"
ON_RUSSIAN_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ?"
_KEYS = str.maketrans(ON_LATIN_KEYS, ON_RUSSIAN_KEYS)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LETTER = re.compile(r"[a-z]", re.IGNORECASE)
_MARKS = ".,;:!?&/"  # at the end of a word each may be a mark or, on that key, a letter
_NOT_TYPED_BLIND = ENGLISH | {"net"}  # "net" is "нет" in Latin letters, see nlu.translit
_SURE = 0.6  # share of letters that must turn into known words
_LONGEST = 300  # nobody types on blindly for longer


def fix_layout(text: str) -> str:
    """The text as it was meant, or the very same text when it is no Russian typed on the wrong layout."""
    if len(text) > _LONGEST or _CYRILLIC.search(text) or not _LETTER.search(text):
        return text
    words = [word for word in text.split() if _LETTER.search(word) and not _is_term(word)]
    if not words or any(_bare(word) in _NOT_TYPED_BLIND for word in words):
        return text
    recovered = sum(len(word) for word in words if _is_evidence(word))
    if recovered < _SURE * sum(len(word) for word in words):
        return text
    return re.sub(r"\S+", lambda match: _retyped(match.group()), text)


def _is_evidence(word: str) -> bool:
    letters = _retyped(word).rstrip(_MARKS).lower()
    return len(letters) >= 2 and letters.isalpha() and is_known(letters)


def _retyped(word: str) -> str:
    """A mark at the end is a letter if that makes a known word: "cdj." is "свою", "ltym." is "день."."""
    body = word.rstrip(_MARKS)
    marks = word[len(body) :].replace("&", "?").replace("/", ".")
    if not _LETTER.search(word) or _is_term(word):
        return body + marks
    whole = word.translate(_KEYS)
    return whole if is_known(whole.lower()) else body.translate(_KEYS) + marks


def _is_term(word: str) -> bool:
    return _bare(word) in TERMS


def _bare(word: str) -> str:
    return word.strip(_MARKS + '"()').lower()
