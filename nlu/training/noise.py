"""Questions as hurried people write them, made from well-spelt ones while the encoder is tuned. Pure, given a `Random`.

The wrong keyboard layout and Latin letters are put in and taken out again by the code that serves: the encoder meets
what is left of a question after mending, not what was typed.
"""

from collections.abc import Callable
from random import Random

from nlu.layout import ON_LATIN_KEYS, ON_RUSSIAN_KEYS, fix_layout
from nlu.normalize import normalize
from nlu.synonyms import SYNONYMS
from nlu.training.surroundings import CIRCUMSTANCES, CLOSINGS, OPENINGS, OPERATORS
from nlu.translit import fix_translit

_BY_EAR = {"о": "а", "а": "о", "е": "и", "и": "е", "я": "и", "г": "к", "д": "т", "б": "п", "з": "с", "в": "ф"}

_ONE_OF_MANY = {"оператор", "телефон"}  # "мтс" and "айфон" mean more than what they have in common
_CANONICAL = {word: canonical for word, canonical in SYNONYMS.items() if canonical not in _ONE_OF_MANY}
_SAID_AS = {canonical: [canonical] for canonical in _CANONICAL.values()}
for _word, _meant in _CANONICAL.items():
    _SAID_AS[_meant].append(_word)

_NAMED = {word for operator in OPERATORS for word in operator.split()} - {"на", "у"}

_TO_WRONG_LAYOUT = str.maketrans(ON_RUSSIAN_KEYS, ON_LATIN_KEYS)
_TO_LATIN = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziyklmnoprstufhcye", strict=True))
    | {"ё": "e", "ж": "zh", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
)

Spoil = Callable[[str, Random], str]


def noisy(text: str, random: Random) -> str:
    """The text with no change, one or two. Normalised in, normalised out."""
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        spoil = random.choices(list(_HOW_OFTEN), list(_HOW_OFTEN.values()))[0]
        text = spoil(text, random)
    return text


def with_slip(text: str, random: Random) -> str:
    """A letter left out, doubled or changed places with the next one."""
    if len(text) < 5:
        return text
    at = random.randrange(1, len(text) - 1)
    first, second = text[at], text[at + 1]
    return text[:at] + random.choice((second, first + first + second, second + first)) + text[at + 2 :]


def by_ear(text: str, random: Random) -> str:
    """A letter written as it sounds: "тарив", "пачиму"."""
    places = [place for place, letter in enumerate(text) if letter in _BY_EAR]
    if not places:
        return text
    at = random.choice(places)
    return text[:at] + _BY_EAR[text[at]] + text[at + 1 :]


def without_word(text: str, random: Random) -> str:
    words = text.split()
    if len(words) < 4:
        return text
    del words[random.randrange(len(words))]
    return " ".join(words)


def with_synonym(text: str, random: Random) -> str:
    """Another word of the trade for the same: "инет" for "интернет"."""
    words = text.split()
    places = [place for place, word in enumerate(words) if word in _CANONICAL or word in _SAID_AS]
    if not places:
        return text
    at = random.choice(places)
    words[at] = random.choice(_SAID_AS[_CANONICAL.get(words[at], words[at])])
    return " ".join(words)


def mended_from_layout(text: str, random: Random) -> str:
    return normalize(fix_layout(text.translate(_TO_WRONG_LAYOUT))) or text


def mended_from_latin(text: str, random: Random) -> str:
    return normalize(fix_translit(text.translate(_TO_LATIN))) or text


def with_opening(text: str, random: Random) -> str:
    return f"{random.choice(OPENINGS)} {text}" if text else text


def with_closing(text: str, random: Random) -> str:
    return f"{text} {random.choice(CLOSINGS)}" if text else text


def with_circumstances(text: str, random: Random) -> str:
    """Who writes and in what state, before the question or after it."""
    told = random.choice(CIRCUMSTANCES)
    return random.choice((f"{told} {text}", f"{text} {told}")) if text else text


def naming_operator(text: str, random: Random) -> str:
    """Ours, or another one where people name the one they had for years: which one is rarely what they ask."""
    if not text or _NAMED.intersection(text.split()):
        return text
    return random.choice((f"{random.choice(OPERATORS)} {text}", f"{text} {random.choice(OPERATORS)}"))


_HOW_OFTEN: dict[Spoil, int] = {
    with_slip: 4,
    by_ear: 3,
    without_word: 4,
    with_synonym: 2,
    mended_from_latin: 1,
    mended_from_layout: 1,
    with_opening: 1,
    with_closing: 1,
    with_circumstances: 1,
    naming_operator: 2,
}
