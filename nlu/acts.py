"""Dialogue acts: what a message does (asks, greets, agrees, wants a person...) and the question left in it. Pure."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nlu.act_words import CHOICE_FILLERS, CUT_FILLERS, EMOJI, FILLERS, LONGEST_PHRASE, ORDINALS, PHRASES, Social
from nlu.anger import has_substance, is_angry
from nlu.normalize import normalize
from nlu.operator_words import asks_for_person
from nlu.threats import find_threat, is_alone
from nlu.words import lemma


class Act(StrEnum):
    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    YES = "yes"
    NO = "no"
    OPERATOR = "operator"
    ANGER = "anger"
    LEAVING = "leaving"  # threatens to leave us
    LEGAL = "legal"  # threatens with a court, an authority, a lawyer


@dataclass(frozen=True, slots=True)
class Detected:
    """`rest` is the message without greeting, thanks and politeness around it."""

    act: Act
    rest: str = field(repr=False)
    angry: bool = False
    choice: int | None = None  # 1 is the first of what was offered, -1 the last
    threat: Act | None = None  # LEAVING or LEGAL, alone or next to anything else


@dataclass(frozen=True, slots=True)
class _Token:
    text: str  # as `normalize` spells it
    word: str  # its first form
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Span:
    """Tokens from `first` to before `last` that make one social phrase."""

    kind: Social
    first: int
    last: int


_TOKEN = re.compile(r"[*#][*#\d]*\d[*#\d]*|[^\W_]+(?:['’-][^\W_]+)*")
_EDGE = " \t\r\n,.;:!-–—)("
_CUT = frozenset({Social.GREETING, Social.THANKS, Social.POLITE})


def detect(text: str) -> Detected:
    tokens = _tokens(text)
    if not tokens:
        return _emoji_only(text)
    spellings, words = [token.text for token in tokens], [token.word for token in tokens]
    spans = _social_spans(spellings)
    threat = find_threat(spellings, words)
    detected = Detected(
        Act.QUESTION,
        _cut(text, tokens, spans),
        angry=is_angry(text, spellings, words),
        choice=_choice(words),
        threat=Act(threat.kind) if threat else None,
    )
    alone = threat is not None and is_alone(threat, _covered(spans), spellings, words)
    return replace(detected, act=_act(detected, alone, spellings, words, spans))


def _act(detected: Detected, threatens: bool, spellings: list[str], words: list[str], spans: list[_Span]) -> Act:
    """`threatens`: and says nothing else."""
    if detected.choice is not None:
        return Act.QUESTION
    asked = asks_for_person(words)
    if asked:
        return Act.OPERATOR
    if detected.threat and threatens:
        return detected.threat
    if asked is False:
        return Act.NO
    if (social := _social_act(spellings, spans)) is not None:
        return social
    rages = detected.angry and not has_substance(spellings, words)
    return Act.ANGER if rages else Act.QUESTION


def _tokens(text: str) -> list[_Token]:
    found = ((normalize(match.group()), match) for match in _TOKEN.finditer(text))
    return [_Token(token, lemma(token), match.start(), match.end()) for token, match in found if token]


def _emoji_only(text: str) -> Detected:
    if is_angry(text, (), ()):
        return Detected(Act.ANGER, "", angry=True)
    act = next((Act(EMOJI[character]) for character in text if character in EMOJI), Act.QUESTION)
    return Detected(act, "")


def _choice(words: list[str]) -> int | None:
    """A number or an ordinal and nothing of substance beside it."""
    named = [number for word in words if (number := _number(word)) is not None]
    rest = [word for word in words if _number(word) is None]
    return named[0] if len(named) == 1 and all(word in CHOICE_FILLERS for word in rest) else None


def _number(word: str) -> int | None:
    if len(word) == 1 and word in "123456789":
        return int(word)
    return ORDINALS.get(word)


def _social_spans(spellings: list[str]) -> list[_Span]:
    spans, place = [], 0
    while place < len(spellings):
        span = _phrase_at(spellings, place)
        if span is not None:
            spans.append(span)
        place = span.last if span else place + 1
    return spans


def _phrase_at(spellings: list[str], place: int) -> _Span | None:
    """The longest known phrase that starts here."""
    for length in range(min(LONGEST_PHRASE, len(spellings) - place), 0, -1):
        kind = PHRASES.get(tuple(spellings[place : place + length]))
        if kind is not None:
            return _Span(kind, place, place + length)
    return None


def _social_act(spellings: list[str], spans: list[_Span]) -> Act | None:
    """None when the message says more than courtesies."""
    covered = _covered(spans)
    if not spans or any(place not in covered and word not in FILLERS for place, word in enumerate(spellings)):
        return None
    kinds = [span.kind for span in spans]
    for strongest in (Social.NO, Social.GOODBYE):
        if strongest in kinds:
            return Act(strongest)
    first = next((kind for kind in kinds if kind in {Social.THANKS, Social.YES}), Social.GREETING)
    return Act(first)


def _covered(spans: list[_Span]) -> frozenset[int]:
    return frozenset(place for span in spans for place in range(span.first, span.last))


def _cut(text: str, tokens: list[_Token], spans: list[_Span]) -> str:
    """Courtesies at both ends go, also several in a row; when nothing else is left, the text stays whole."""
    firsts = {span.first: span for span in spans if span.kind in _CUT}
    lasts = {span.last: span for span in spans if span.kind in _CUT}
    begin, end = 0, len(tokens)
    while begin in firsts or (0 < begin < end and tokens[begin].text in CUT_FILLERS):
        begin = firsts[begin].last if begin in firsts else begin + 1
    while end in lasts or (begin < end < len(tokens) and tokens[end - 1].text in CUT_FILLERS):
        end = lasts[end].first if end in lasts else end - 1
    if begin >= end:
        return text.strip()
    stop = tokens[end].start if end < len(tokens) else len(text)
    return text[tokens[begin].start if begin else 0 : stop].strip(_EDGE if begin or end < len(tokens) else None)
