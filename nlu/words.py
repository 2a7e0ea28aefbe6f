"""The Russian dictionary (pymorphy3): is it a word, what is its first form, which part of speech.

The analyser opens on first use and stays: reading its dictionary takes a tenth of a second. It is asked about Russian
words alone: the ending of anything else tells it nothing, and on letters without a Unicode name it raises.
"""

import re
from functools import cache, lru_cache

from pymorphy3 import MorphAnalyzer

_MEMORY = 50_000  # words; a busy day of a support desk uses fewer
_RUSSIAN = re.compile(r"[а-яё]+(?:-[а-яё]+){0,4}")
_LONGEST = 40  # letters


@cache
def analyser() -> MorphAnalyzer:
    return MorphAnalyzer(lang="ru")


@lru_cache(_MEMORY)
def is_known(word: str) -> bool:
    """Any form of a Russian word, with ё or with е in its place."""
    return _is_russian(word) and bool(analyser().word_is_known(word))


@lru_cache(_MEMORY)
def lemma(word: str) -> str:
    """The first form, with е for ё; guessed by the ending when unknown, the word itself when it is not Russian."""
    if not _is_russian(word):
        return word
    return str(analyser().parse(word)[0].normal_form).replace("ё", "е")


@lru_cache(_MEMORY)
def part_of_speech(word: str) -> str:
    """As OpenCorpora names it: VERB, INFN, PRED, NOUN...; empty for what is no Russian word."""
    return str(analyser().parse(word)[0].tag.POS or "") if _is_russian(word) else ""


@lru_cache(_MEMORY)
def is_ordinal(word: str) -> bool:
    """ "первый", "двадцатого"; "один" is none."""
    return _is_russian(word) and "Anum" in analyser().parse(word)[0].tag and lemma(word) != "один"


@lru_cache(_MEMORY)
def may_tell_where(word: str) -> bool:
    """The prepositional case: "в турции" tells where, "в турцию" whither."""
    return _is_russian(word) and any("loct" in parse.tag for parse in analyser().parse(word))


def _is_russian(word: str) -> bool:
    return len(word) <= _LONGEST and _RUSSIAN.fullmatch(word) is not None
