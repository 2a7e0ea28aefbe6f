"""Which language a message is in, as far as the bot's answer depends on it. Pure."""

import re
from typing import Literal

from nlu.latin import ENGLISH, TERMS
from nlu.mending import mended

Language = Literal["ru", "en", "zh", "other"]

_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_KANA_HANGUL = re.compile(r"[぀-ヿ가-힣]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENGLISH_ENDING = re.compile(r"(?:\w\wing|ght|ould)$")
# Letters of Ukrainian, Belarusian, Kazakh, Kyrgyz, Tatar... that Russian lacks.
_NOT_RUSSIAN = re.compile(r"[іїєґўәғқңөұүһҳҷӣӯ]", re.IGNORECASE)


def spoken_in(text: str, before: Language = "ru") -> Language:
    """The language of a message as it came; `before`: of the last one, for "ok", a number, a smile."""
    return detect_language(mended(text), before)


def detect_language(text: str, otherwise: Language = "ru") -> Language:
    """`otherwise` without evidence: digits, a USSD code, "eSIM", a smile."""
    letters = len(_LETTER.findall(text))
    if _KANA_HANGUL.search(text):
        return "other"
    if _HAN.search(text):
        return "zh"
    if _CYRILLIC.search(text):
        return _cyrillic_language(text)
    return _latin_language(text.lower(), otherwise) if letters else otherwise


def _cyrillic_language(text: str) -> Language:
    foreign = len(_NOT_RUSSIAN.findall(text))
    return "other" if foreign >= 2 or (foreign and len(_WORD.findall(text)) <= 3) else "ru"


def _latin_language(text: str, otherwise: Language) -> Language:
    words = [word.replace("’", "'") for word in _WORD.findall(text)]
    told = [word for word in words if word not in TERMS]
    english = sum(word in ENGLISH or bool(_ENGLISH_ENDING.search(word)) for word in told)
    if not told:
        return otherwise
    plain = all(word.isascii() for word in words)
    if english and plain and english >= len(told) / 4:
        return "en"
    return "other" if len(told) > 1 or not plain else otherwise
