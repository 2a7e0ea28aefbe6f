"""Does the message threaten us: to leave for a rival, to go to law? Pure.

A threat is a promise of the one who writes ("уйду к мтс", "подам в суд"), said near enough to be one thing. The same
words asked ("как уйти", "а если уйду"), denied or meant for somebody else ("подам в суд на банк") are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nlu.anger import has_substance
from nlu.threat_words import (
    ASKED_AFTER,
    BESIDE,
    HOW,
    LEAVE,
    LEAVING,
    LEGAL,
    OTHERS,
    PAPERS,
    PROVIDERS,
    RIVALS,
    US,
    Rule,
)
from nlu.wordlist import wordlist
from nlu.words import part_of_speech


class ThreatKind(StrEnum):
    LEAVING = "leaving"
    LEGAL = "legal"


@dataclass(frozen=True, slots=True)
class Threat:
    """`places`: which words of the message make it."""

    kind: ThreatKind
    places: frozenset[int]


_Readings = Sequence[frozenset[str]]
_NEAR = 5  # words from the one that decides
_TOWARDS = wordlist("к ко на в во")
_FROM = wordlist("от ото с со из")
_OURS = US | wordlist("вас вашего вашей")
_BETTER = wordlist("другой иной нормальный хороший")
_AGAINST = wordlist("на против")
_SOMEWHERE = wordlist("в во на с со из за под до домой спать")
_SAYING_NOTHING = wordlist("я мы уже сейчас просто тогда совсем тоже точно сам сама ну все")
# Parts of speech.
_SMALL = frozenset({"NPRO", "PREP", "PRCL", "CONJ", "ADVB", "ADJF", "INFN"})


def find_threat(spellings: Sequence[str], words: Sequence[str]) -> Threat | None:
    """Both told at once, the law is the graver. `words`: first forms of the spellings."""
    readings = [_readings(spellings, words, place) for place in range(len(words))]
    leaving, legal = _said(LEAVING, readings), _said(LEGAL, readings)
    if _joins_us(readings, leaving):
        leaving = frozenset()
    if _is_about_others(spellings, words):
        legal = frozenset()
    if not leaving and not legal:
        return None
    return Threat(ThreatKind.LEGAL if legal else ThreatKind.LEAVING, leaving | legal)


def is_alone(threat: Threat, social: frozenset[int], spellings: Sequence[str], words: Sequence[str]) -> bool:
    """Nothing else is said that a question could be about. `social`: places of courtesies."""
    left = [
        place
        for place, word in enumerate(words)
        if place not in threat.places and place not in social and word not in BESIDE and spellings[place] not in BESIDE
    ]
    return not has_substance([spellings[place] for place in left], [words[place] for place in left])


def _readings(spellings: Sequence[str], words: Sequence[str], place: int) -> frozenset[str]:
    """What a word may be matched by: its spelling, its first form and what it is among its neighbours."""
    around = {
        "ELSEWHERE": _is_elsewhere(words, place),
        "FROM_US": spellings[place] in _OURS and _follows(words, place, _FROM),
        "TO_US": spellings[place] in US | {"вам"} and _follows(words, place, _TOWARDS),
        "SMALL": part_of_speech(spellings[place]) in _SMALL,
        "AWAY": spellings[place] in LEAVE and not (_goes_somewhere(spellings, place) or _leaves_a_rival(words, place)),
    }
    return frozenset({spellings[place], words[place], *(name for name, holds in around.items() if holds)})


def _follows(words: Sequence[str], place: int, known: frozenset[str]) -> bool:
    """Right after one of these, or with one word between ("к вашему мтс")."""
    return any(word in known for word in words[max(0, place - 2) : place])


def _is_elsewhere(words: Sequence[str], place: int) -> bool:
    other = words[place] in PROVIDERS and _follows(words, place, _BETTER)
    to_others = words[place] in ("другой", "иной") and words[max(0, place - 1) : place] == ["к"]
    named = words[place] in RIVALS or other or to_others
    return named and not _follows(words, place - other, _FROM)


def _goes_somewhere(spellings: Sequence[str], place: int) -> bool:
    """ "ухожу в отпуск", "в минус ухожу", "ухожу служить": not from us."""
    after = [word for word in spellings[place + 1 :] if word not in _SAYING_NOTHING][:1]
    goal = any(word in _SOMEWHERE or part_of_speech(word) == "INFN" for word in after)
    return goal or any(word in _SOMEWHERE for word in spellings[max(0, place - 2) : place])


def _leaves_a_rival(words: Sequence[str], place: int) -> bool:
    """ "ухожу от мегафона": to us, it may be."""
    return any(
        words[near] in RIVALS and _follows(words, near, _FROM) for near in range(place, min(len(words), place + 4))
    )


def _said(rules: Sequence[Rule], readings: _Readings) -> frozenset[int]:
    return frozenset().union(*(_places(rule, readings) for rule in rules))


def _places(rule: Rule, readings: _Readings) -> frozenset[int]:
    """Where the rule is first said in earnest."""
    deciding, *others = rule
    for place, reading in enumerate(readings):
        if not deciding.isdisjoint(reading):
            nearest = [_nearest(part, readings, place) for part in others]
            found = frozenset({place, *(other for other in nearest if other is not None)})
            if None not in nearest and not _is_unreal(readings, found, place):
                return found
    return frozenset()


def _nearest(part: frozenset[str], readings: _Readings, place: int) -> int | None:
    near = range(max(0, place - _NEAR), min(len(readings), place + _NEAR + 1))
    fitting = [other for other in near if other != place and not part.isdisjoint(readings[other])]
    return min(fitting, key=lambda other: abs(other - place), default=None)


def _is_unreal(readings: _Readings, found: frozenset[int], deciding: int) -> bool:
    """Denied or asked."""
    return (deciding > 0 and "не" in readings[deciding - 1]) or _is_asked(readings, found)


def _is_asked(readings: _Readings, found: frozenset[int]) -> bool:
    first, last = min(found), max(found)
    if any(not ASKED_AFTER.isdisjoint(reading) for reading in readings[first : last + 2]):
        return True
    before = readings[max(0, first - _NEAR) : first]
    # Small words may stand between: "как мне потом написать жалобу". "сколько можно ждать" asks nothing.
    telling = (reading for reading in reversed(before) if "SMALL" not in reading or not HOW.isdisjoint(reading))
    governing: frozenset[str] = next(telling, frozenset())
    return not HOW.isdisjoint(governing) and not any("сколько" in reading for reading in before)


def _joins_us(readings: _Readings, leaving: frozenset[int]) -> bool:
    """ "перехожу к вам", "меняю оператора на т2"."""
    if not leaving or any("FROM_US" in readings[place] for place in leaving):
        return False
    return any("TO_US" in reading for reading in readings[max(0, min(leaving) - 3) : max(leaving) + 5])


def _is_about_others(spellings: Sequence[str], words: Sequence[str]) -> bool:
    """ "подам в суд на банк", "возражение в суд"."""
    blamed = [place for place, word in enumerate(words) if word in OTHERS and _follows(words, place, _AGAINST)]
    return (bool(blamed) and "вас" not in spellings) or not PAPERS.isdisjoint(words)
