"""Finds known names in a text: countries, tariffs, towns, in any form and with a slip of the finger. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.normalize import tokens
from nlu.words import is_known, lemma

SHORTEST_MISSPELT = 5  # letters; in shorter words one letter makes another word
LONG_WORD = 8  # letters; here two slips are forgiven
_HAN = re.compile(r"[\u4e00-\u9fff]")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """`target` is named by the tokens `start` to `end` (exclusive) of the text."""

    target: str
    start: int
    end: int


class Gazetteer:
    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names`: what each target is called; a later target never takes a name from an earlier one."""
        self._targets: dict[Key, str] = {}
        self._spellings: dict[str, dict[str, str]] = {}  # single words as they are written, by their first letter
        self._han: dict[str, str] = {}
        for target, called in names.items():
            for name in called:
                self._add(target, name)
        self._longest = max(map(len, self._targets), default=0)

    def find(self, words: list[str]) -> Mention | None:
        """The first name among the tokens of a normalised text, the longest one that begins there."""
        return next(self._mentions(words), None)

    def _mentions(self, words: list[str]) -> Iterator[Mention]:
        keys = [lemma(word) for word in words]
        for start in range(len(words)):
            for end in range(min(len(words), start + self._longest), start, -1):
                if target := self._targets.get(tuple(keys[start:end])):
                    yield Mention(target, start, end)
            if target := self._inside_han(words[start]) or self._misspelt(words[start]):
                yield Mention(target, start, start + 1)

    def _add(self, target: str, name: str) -> None:
        if _HAN.search(name):
            self._han.setdefault(name, target)
        for spelling in {name, name.replace("-", " ")}:
            words = tokens(spelling)
            if words:
                self._targets.setdefault(tuple(map(lemma, words)), target)
            if len(words) == 1 and len(words[0]) >= SHORTEST_MISSPELT:
                self._spellings.setdefault(words[0][0], {}).setdefault(words[0], target)

    def _inside_han(self, word: str) -> str | None:
        """Chinese has no spaces: 土耳其漫游 names 土耳其."""
        return next((target for name, target in self._han.items() if name in word), None)

    def _misspelt(self, word: str) -> str | None:
        if len(word) < SHORTEST_MISSPELT or is_known(word) or not word.isalpha():
            return None
        slips = 2 if len(word) >= LONG_WORD else 1
        same_start = self._spellings.get(word[0], {})  # people hit the first letter
        nearest = process.extractOne(word, same_start.keys(), scorer=OSA.distance, score_cutoff=slips)
        return same_start[nearest[0]] if nearest else None
