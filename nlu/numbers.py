"""Numbers said in words, written in digits: "двадцать пять гигов" -> "25 гигов", "звездочка сто решетка" -> "*100#".

People write both, and price lists and commands have digits. What is no quantity stays a word: "ни один", "два номера",
"двадцать первое", "сто раз". Pure; works on words as `nlu.normalize` spells them, and again changes nothing.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from nlu.number_words import (
    FIRST_FORMS,
    HASHES,
    INFLECTED,
    ONE_AND_HALF,
    ONE_THOUSAND,
    SECOND_HALVES,
    STARS,
    THOUSANDS,
    UNITS,
    VALUES,
)
from nlu.synonyms import SYNONYMS
from nlu.words import is_known, is_ordinal, lemma


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that make one number, or any other word."""

    words: Sequence[str]
    digits: str = ""  # empty when it is no number
    room: int = 0  # a number below this could follow as its part: after "двадцать", below 10
    small: bool = False  # a word for ten or less, a quantity only before a unit


@dataclass(frozen=True, slots=True)
class _Sum:
    """What was read of a number so far."""

    value: float
    end: int  # the place after its last word
    room: int = 0
    inflected: bool = False


SHORTEST_MISSPELT = 6  # letters; in shorter words one letter makes another word
LARGEST_SMALL = 10
_DIGITS = re.compile(r"\d+")
_FEW_DIGITS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d)?")
_PHONE_CODE = re.compile(r"[489]\d\d")  # after 8 or 7: "восемь восемьсот"
# A command to dial. One letter is a piece: 0 is zero, 1 another digit, d a longer number.
_COMMAND = re.compile(r"[*#]+[01d]+(?:\*+[01d]+)*\*?#|[*#]+(?:0*d|0+1)(?:\*+(?:0*d|0*1))*")
_TELLING = ONE_THOUSAND | THOUSANDS | ONE_AND_HALF | SECOND_HALVES | STARS | HASHES
_NO_QUANTITY = frozenset({"ни", "не", "в", "во"})  # before "один день": "ни один день", "в один день с вами"


def in_digits(words: Sequence[str], pauses: Container[int] = ()) -> list[str]:
    """`pauses`: places of words that a mark parts from the word before; "сто, пять" is two numbers."""
    if not any(map(_may_matter, words)):
        return list(words)
    pieces = list(_pieces(words, pauses))
    kinds = "".join(map(_kind, pieces))
    written, done = [], 0
    for command in _COMMAND.finditer(kinds):
        written += _written(pieces, done, command.start())
        written.append("".join(map(_dialled, pieces[command.start() : command.end()])))
        done = command.end()
    return written + _written(pieces, done, len(pieces))


def _pieces(words: Sequence[str], pauses: Container[int]) -> Iterator[_Piece]:
    place = 0
    while place < len(words):
        number = _number_at(words, place, pauses)
        end = number.end if number else place + 1
        yield _number(words[place:end], number) if number else _other(words[place])
        place = end


def _number(words: Sequence[str], said: _Sum) -> _Piece:
    small = said.value <= LARGEST_SMALL and (len(words) == 1 or said.value != int(said.value))
    return _Piece(words, _as_digits(said.value), said.room, small)


def _other(word: str) -> _Piece:
    """No number, one in digits, or a pair as in "два-три дня"."""
    pair = [_values(part) for part in word.split("-")]
    if len(pair) == 2 and all(pair):
        ends = [sum(values) for values in pair]
        return _Piece([word], "-".join(map(str, ends)), small=max(ends) <= LARGEST_SMALL)
    return _Piece([word], word if _DIGITS.fullmatch(word) else "")


def _as_digits(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value).replace(".", ",")


# Reading a number


def _number_at(words: Sequence[str], place: int, pauses: Container[int]) -> _Sum | None:
    """The longest number that starts here; None when none does, or when it is in digits already."""
    if words[place] in ONE_THOUSAND:
        return _with_rest(words, _Sum(1000, place + 1, 1000, words[place] in INFLECTED), pauses)
    said = _below_thousand(words, _Sum(0, place, 1000, words[place] in INFLECTED), pauses)
    count = _with_half(words, said) if said else _short_count(words, place)
    if count and _are_thousands(words, count):
        return _with_rest(words, _Sum(count.value * 1000, count.end + 1, 1000, count.inflected), pauses)
    return count if count and not words[place][0].isdigit() else None


def _with_rest(words: Sequence[str], thousands: _Sum, pauses: Container[int]) -> _Sum:
    """ "тысяча двести"."""
    return thousands if thousands.end in pauses else _below_thousand(words, thousands, pauses) or thousands


def _below_thousand(words: Sequence[str], begun: _Sum, pauses: Container[int]) -> _Sum | None:
    """Hundreds, tens, units, each at most once and in this order, added to what has begun; None when none follows."""
    read = begun
    while read.end < len(words) and not (read.end > begun.end and read.end in pauses):
        values, end = _values_at(words, read.end)
        if not values or values[0] >= read.room or (read.value and not _continues(words, read, values[0])):
            break
        read = _Sum(read.value + sum(values), end, _room(values[-1]), read.inflected)
    return read if read.end > begun.end else None


def _continues(words: Sequence[str], read: _Sum, value: int) -> bool:
    """Both parts in one case: "две тысячи одним махом" is two numbers."""
    in_one_case = (words[read.end] in INFLECTED) is read.inflected
    return value > 0 and in_one_case and not (read.room > 10 and _begins_anew(words[read.end : read.end + 3]))


def _begins_anew(words: Sequence[str]) -> bool:
    """ "внесла пятьсот три дня назад", "сняли двести один раз": three days, once."""
    return "назад" in words[2:] or ("раз" in words[1:2] and VALUES.get(words[0]) == 1)


def _room(value: int) -> int:
    return 100 if value >= 100 and value % 100 == 0 else 10 if value >= 20 and value % 10 == 0 and value < 100 else 0


def _with_half(words: Sequence[str], number: _Sum) -> _Sum:
    if number.value < 100 and list(words[number.end : number.end + 2]) == ["с", "половиной"]:
        return _Sum(number.value + 0.5, number.end + 2)
    return number


def _short_count(words: Sequence[str], place: int) -> _Sum | None:
    """ "полтора", and "5" of "5 тысяч"."""
    if words[place] in ONE_AND_HALF:
        return _Sum(1.5, place + 1)
    if _FEW_DIGITS.fullmatch(words[place]):
        return _Sum(float(words[place].replace(",", ".")), place + 1)
    return None


def _are_thousands(words: Sequence[str], count: _Sum) -> bool:
    """ "двадцать одна тысяча", "пять тысяч"; in "сто, тысяча" the second is a number of its own."""
    after = words[count.end] if count.end < len(words) else ""
    return (after in THOUSANDS and count.value > 0) or (after in ONE_THOUSAND and count.value % 10 == 1)


# Reading a word


def _may_matter(word: str) -> bool:
    """Quickly tells the many texts without numbers in words. Of a pair like "два-три" the first part is asked."""
    return bool(_values(word.partition("-")[0])) or word in _TELLING


def _values_at(words: Sequence[str], place: int) -> tuple[tuple[int, ...], int]:
    """What a word adds to a number, and the place after it; "пять сот" is one word written as two."""
    if place + 1 < len(words) and words[place + 1] in SECOND_HALVES:
        joined = VALUES.get(words[place] + words[place + 1])
        if joined is not None:
            return (joined,), place + 2
    return _values(words[place]), place + 1


@lru_cache(50_000)
def _values(word: str) -> tuple[int, ...]:
    """Several when they are written together: "двадцатьпять". Empty when it is no number."""
    if word in VALUES:
        return (VALUES[word],)
    if len(word) < SHORTEST_MISSPELT or not word.isalpha() or is_known(word):
        return ()
    return _together(word) or _misspelt(word)


def _together(word: str) -> tuple[int, ...]:
    for head, value in FIRST_FORMS.items():
        tail = _values(word.removeprefix(head)) if word.startswith(head) else ()
        if tail and 0 < tail[0] < _room(value):
            return (value, *tail)
    return ()


def _misspelt(word: str) -> tuple[int, ...]:
    """ "питьсот": one slip, never in the first letter; "тринцать" may be two numbers and so is none."""
    alike = (spelling for spelling in VALUES if spelling[0] == word[0] and len(spelling) >= SHORTEST_MISSPELT - 1)
    meant = {VALUES[spelling] for spelling in alike if OSA.distance(word, spelling, score_cutoff=1) <= 1}
    return tuple(meant) if len(meant) == 1 else ()


# Writing


def _kind(piece: _Piece) -> str:
    if piece.words[0] in STARS:
        return "*"
    if piece.words[0] in HASHES:
        return "#"
    if not piece.digits.isdigit():
        return " "
    return "0" if piece.digits == "0" else "1" if len(piece.digits) == 1 else "d"


def _dialled(piece: _Piece) -> str:
    return piece.digits or _kind(piece)


def _written(pieces: Sequence[_Piece], start: int, end: int) -> list[str]:
    written: list[str] = []
    for place in range(start, end):
        piece = pieces[place]
        before = pieces[place - 1].words[-1] if place else ""
        after = pieces[place + 1] if place + 1 < len(pieces) else _Piece([""])
        written += [piece.digits] if piece.digits and _is_quantity(piece, before, after) else piece.words
    return written


def _is_quantity(piece: _Piece, before: str, after: _Piece) -> bool:
    if _is_saying(piece, before, after.words[0]) or (piece.room and is_ordinal(after.words[0])):
        return False
    if not piece.small:
        return True
    is_phone_code = piece.digits in {"7", "8"} and _PHONE_CODE.fullmatch(after.digits) is not None
    return is_phone_code or (_is_unit(after.words[0]) and not _is_any(piece.words[0], before, after.words[0]))


def _is_saying(piece: _Piece, before: str, after: str) -> bool:
    """ "сто раз говорил", "лет сто назад"."""
    is_round = len(piece.words) == 1 and piece.digits in {"100", "1000"}
    return is_round and (after in {"раз", "лет"} or (before in {"раз", "лет"} and not _is_unit(after)))


def _is_any(word: str, before: str, after: str) -> bool:
    """ "ни один рубль", "в один день с вами", "одни гигабайты": no ones that are counted."""
    if word == "одни" and after != "сутки":
        return True
    return VALUES.get(word) == 1 and before in _NO_QUANTITY


@lru_cache(50_000)
def _is_unit(word: str) -> bool:
    first_form = lemma(word)
    return not UNITS.isdisjoint({word, first_form, SYNONYMS.get(word), SYNONYMS.get(first_form)})
