"""Where a number in words begins and ends, and what it comes to: the reading half of `nlu.numbers`. Pure."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from nlu.number_words import (
    FIRST_FORMS,
    INFLECTED,
    ONE_AND_HALF,
    ONE_THOUSAND,
    SECOND_HALVES,
    THOUSANDS,
    VALUES,
)
from nlu.words import is_known

SHORTEST_MISSPELT = 6  # letters; in shorter words one letter makes another word
_FEW_DIGITS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d)?")


@dataclass(frozen=True, slots=True)
class Sum:
    """What was read of a number so far."""

    value: float
    end: int  # the place after its last word
    room: int = 0  # a number below this could follow as its part: after "двадцать", below 10
    inflected: bool = False


def number_at(words: Sequence[str], place: int, pauses: Container[int]) -> Sum | None:
    """The longest number that starts here; None when none does, or when it is in digits already."""
    if words[place] in ONE_THOUSAND:
        return _with_rest(words, Sum(1000, place + 1, 1000, words[place] in INFLECTED), pauses)
    said = _below_thousand(words, Sum(0, place, 1000, words[place] in INFLECTED), pauses)
    count = _with_half(words, said) if said else _short_count(words, place)
    if count and _are_thousands(words, count):
        return _with_rest(words, Sum(count.value * 1000, count.end + 1, 1000, count.inflected), pauses)
    return count if count and not words[place][0].isdigit() else None


def _with_rest(words: Sequence[str], thousands: Sum, pauses: Container[int]) -> Sum:
    """ "тысяча двести"."""
    return thousands if thousands.end in pauses else _below_thousand(words, thousands, pauses) or thousands


def _below_thousand(words: Sequence[str], begun: Sum, pauses: Container[int]) -> Sum | None:
    """Hundreds, tens, units, each at most once and in this order, added to what has begun; None when none follows."""
    read = begun
    while read.end < len(words) and not (read.end > begun.end and read.end in pauses):
        values, end = _values_at(words, read.end)
        if not values or values[0] >= read.room or (read.value and not _continues(words, read, values[0])):
            break
        read = Sum(read.value + sum(values), end, _room(values[-1]), read.inflected)
    return read if read.end > begun.end else None


def _continues(words: Sequence[str], read: Sum, value: int) -> bool:
    """Both parts in one case: "две тысячи одним махом" is two numbers."""
    in_one_case = (words[read.end] in INFLECTED) is read.inflected
    return value > 0 and in_one_case and not (read.room > 10 and _begins_anew(words[read.end : read.end + 3]))


def _begins_anew(words: Sequence[str]) -> bool:
    """ "внесла пятьсот три дня назад", "сняли двести один раз": three days, once."""
    return "назад" in words[2:] or ("раз" in words[1:2] and VALUES.get(words[0]) == 1)


def _room(value: int) -> int:
    return 100 if value >= 100 and value % 100 == 0 else 10 if value >= 20 and value % 10 == 0 and value < 100 else 0


def _with_half(words: Sequence[str], number: Sum) -> Sum:
    if number.value < 100 and list(words[number.end : number.end + 2]) == ["с", "половиной"]:
        return Sum(number.value + 0.5, number.end + 2)
    return number


def _short_count(words: Sequence[str], place: int) -> Sum | None:
    """ "полтора", and "5" of "5 тысяч"."""
    if words[place] in ONE_AND_HALF:
        return Sum(1.5, place + 1)
    if _FEW_DIGITS.fullmatch(words[place]):
        return Sum(float(words[place].replace(",", ".")), place + 1)
    return None


def _are_thousands(words: Sequence[str], count: Sum) -> bool:
    """ "двадцать одна тысяча", "пять тысяч"; in "сто, тысяча" the second is a number of its own."""
    after = words[count.end] if count.end < len(words) else ""
    return (after in THOUSANDS and count.value > 0) or (after in ONE_THOUSAND and count.value % 10 == 1)


def _values_at(words: Sequence[str], place: int) -> tuple[tuple[int, ...], int]:
    """What a word adds to a number, and the place after it; "пять сот" is one word written as two."""
    if place + 1 < len(words) and words[place + 1] in SECOND_HALVES:
        joined = VALUES.get(words[place] + words[place + 1])
        if joined is not None:
            return (joined,), place + 2
    return values_of(words[place]), place + 1


@lru_cache(50_000)
def values_of(word: str) -> tuple[int, ...]:
    """Several when they are written together: "двадцатьпять". Empty when it is no number."""
    if word in VALUES:
        return (VALUES[word],)
    if len(word) < SHORTEST_MISSPELT or not word.isalpha() or is_known(word):
        return ()
    return _together(word) or _misspelt(word)


def _together(word: str) -> tuple[int, ...]:
    for head, value in FIRST_FORMS.items():
        tail = values_of(word.removeprefix(head)) if word.startswith(head) else ()
        if tail and 0 < tail[0] < _room(value):
            return (value, *tail)
    return ()


def _misspelt(word: str) -> tuple[int, ...]:
    """ "питьсот": one slip, never in the first letter; "тринцать" may be two numbers and so is none."""
    alike = (spelling for spelling in VALUES if spelling[0] == word[0] and len(spelling) >= SHORTEST_MISSPELT - 1)
    meant = {VALUES[spelling] for spelling in alike if OSA.distance(word, spelling, score_cutoff=1) <= 1}
    return tuple(meant) if len(meant) == 1 else ()
