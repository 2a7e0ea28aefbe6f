"""The Russian dictionary (pymorphy3): is it a word, what is its first form, is it a verb.

The analyser opens on first use and stays: reading its dictionary takes a tenth of a second.
"""

from functools import cache, lru_cache

from pymorphy3 import MorphAnalyzer

_MEMORY = 50_000  # words; a busy day of a support desk uses fewer


@cache
def analyser() -> MorphAnalyzer:
    return MorphAnalyzer(lang="ru")


@lru_cache(_MEMORY)
def is_known(word: str) -> bool:
    """Any form of a Russian word, with ё or with е in its place."""
    return bool(analyser().word_is_known(word))


@lru_cache(_MEMORY)
def lemma(word: str) -> str:
    """The first form, with е for ё; a word nobody knows is guessed by its ending."""
    return str(analyser().parse(word)[0].normal_form).replace("ё", "е")


@lru_cache(_MEMORY)
def part_of_speech(word: str) -> str:
    """As OpenCorpora names it: VERB, INFN, PRED, NOUN...; empty for what is no word."""
    return str(analyser().parse(word)[0].tag.POS or "")
