"""Russian written in Latin letters: "kak uznat balans" -> "как узнать баланс". Pure.

A letter may stand for several and soft signs are left out, so a word is tried in many spellings until one is known.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from nlu.latin import ENGLISH, TERMS
from nlu.wordlist import wordlist
from nlu.words import is_known, part_of_speech


def _table(text: str) -> dict[str, tuple[str, ...]]:
    entries = (entry.split(":") for entry in text.split())
    return {latin: tuple(spellings.replace("-", "").split(",")) for latin, spellings in entries}


# Latin letters and the Russian ones they may stand for, the likeliest first; "-" is nothing.
_LETTERS = _table("""
    shch:щ sch:щ,сч,ш shh:щ tsya:тся,ться tsa:тся,ться,ца zh:ж ch:ч sh:ш,щ kh:х ts:ц,тс tz:ц ck:к yu:ю ju:ю iu:ю,иу
    ya:я ja:я ia:ия,я yo:е jo:е ye:е,ые je:е iy:ий,ый ij:ий yj:ый yy:ый ii:ий,ии ey:ей,ее
    a:а b:б c:ц,с,к d:д e:е,э f:ф g:г h:х i:и,й j:й,ж,дж k:к l:л m:м n:н o:о p:п q:к,я r:р s:с t:т u:у,ю v:в w:в,ш
    x:х,кс y:ы,й,и z:з ':ь,ъ,- 4:ч 6:ш
""")
_LETTER = re.compile("|".join(sorted(_LETTERS, key=len, reverse=True)))
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_WORD = re.compile(r"[46]?[a-z](?:[a-z'46]*[a-z'])?", re.IGNORECASE)
_CHUNK = re.compile(r"[^\s.,!?;:()\"]+")
_SHORT = {"a": "а", "i": "и", "v": "в", "s": "с", "k": "к", "u": "у", "o": "о", "ya": "я", "ja": "я", "y": "у"}
_SOFTENED = re.compile(r"(?<=[бвдзлмнпрстфчшщ])(?![аеиоуыэюяйьъ])")
_BEFORE_INFINITIVE = wordlist("kak hochu xochu hotel hotela mozhno mojno nado nuzhno nujno mogu gde pomogite i") | {""}
_THIRD_PERSON = re.compile(r"т(ся)?$")
_SPELLINGS = 400  # tries for one word
_SURE = 0.7  # share of letters that must turn into known words
_LONGEST = 300


def fix_translit(text: str) -> str:
    """The text in Russian letters, or the very same text when it is no transliterated Russian."""
    if len(text) > _LONGEST or _CYRILLIC.search(text):
        return text
    words = [word for word in map(str.lower, _CHUNK.findall(text)) if _WORD.fullmatch(word) and word not in TERMS]
    english = sum(word in ENGLISH for word in words)
    evidence = [word for word in words if word not in ENGLISH and len(word) > 2 and russian(word) is not None]
    if not evidence or english > len(words) / 3:
        return text
    letters = sum(len(word) for word in words if len(word) > 2)
    if sum(map(len, evidence)) < _SURE * letters:
        return text
    return _CHUNK.sub(lambda match: _in_russian(match.group(), _word_before(text, match.start())), text)


@lru_cache(10_000)
def russian(word: str) -> str | None:
    """The first known spelling of a transliterated word."""
    return next(filter(is_known, islice(_spellings(word), _SPELLINGS)), None)


def _in_russian(word: str, before: str) -> str:
    lower = word.lower()
    if lower in TERMS or not _WORD.fullmatch(lower):
        return word
    spelling = _SHORT.get(lower) or russian(lower) or next(_plain_spellings(lower))
    # "smenit" is both "сменит" and "сменить": what people ask how to do is an infinitive.
    infinitive = _THIRD_PERSON.sub(r"ть\1", spelling)
    asked_for = before in _BEFORE_INFINITIVE and is_known(infinitive) and part_of_speech(infinitive) == "INFN"
    return infinitive if asked_for else spelling


def _word_before(text: str, position: int) -> str:
    return next(iter(text[:position].split()[-1:]), "").lower()


def _spellings(word: str) -> Iterator[str]:
    for spelling in _plain_spellings(word):
        yield spelling
        for place in _SOFTENED.finditer(spelling):
            yield spelling[: place.start()] + "ь" + spelling[place.start() :]


def _plain_spellings(word: str) -> Iterator[str]:
    choices = [_LETTERS[match.group()] for match in _LETTER.finditer(word)]
    return map("".join, product(*choices))
