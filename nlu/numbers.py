"""Numbers said in words, written in digits: "двадцать пять гигов" -> "25 гигов", "звездочка сто решетка" -> "*100#".

People write both, and price lists and commands have digits. What is no quantity stays a word: "ни один", "два номера",
"двадцать первое", "сто раз". `nlu.number_reading` adds up what was said; here it is written. Pure; works on words as
`nlu.normalize` spells them, and again changes nothing.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.number_reading import Sum, number_at, values_of
from nlu.number_words import HASHES, ONE_AND_HALF, ONE_THOUSAND, SECOND_HALVES, STARS, THOUSANDS, UNITS, VALUES
from nlu.synonyms import SYNONYMS
from nlu.words import is_ordinal, lemma


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that make one number, or any other word."""

    words: Sequence[str]
    digits: str = ""  # empty when it is no number
    room: int = 0  # a number below this could follow as its part: after "двадцать", below 10
    small: bool = False  # a word for ten or less, a quantity only before a unit


LARGEST_SMALL = 10
_DIGITS = re.compile(r"\d+")
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


def _may_matter(word: str) -> bool:
    """Quickly tells the many texts without numbers in words. Of a pair like "два-три" the first part is asked."""
    return bool(values_of(word.partition("-")[0])) or word in _TELLING


def _pieces(words: Sequence[str], pauses: Container[int]) -> Iterator[_Piece]:
    place = 0
    while place < len(words):
        number = number_at(words, place, pauses)
        end = number.end if number else place + 1
        yield _number(words[place:end], number) if number else _other(words[place])
        place = end


def _number(words: Sequence[str], said: Sum) -> _Piece:
    small = said.value <= LARGEST_SMALL and (len(words) == 1 or said.value != int(said.value))
    return _Piece(words, _as_digits(said.value), said.room, small)


def _other(word: str) -> _Piece:
    """No number, one in digits, or a pair as in "два-три дня"."""
    pair = [values_of(part) for part in word.split("-")]
    if len(pair) == 2 and all(pair):
        ends = [sum(values) for values in pair]
        return _Piece([word], "-".join(map(str, ends)), small=max(ends) <= LARGEST_SMALL)
    return _Piece([word], word if _DIGITS.fullmatch(word) else "")


def _as_digits(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value).replace(".", ",")


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
