"""A message of several questions or sentences, cut into parts that can be searched one by one. Pure."""

import re

from nlu.normalize import tokens

MOST_PARTS = 4
FEWEST_WORDS = 3  # of a part: "помогите" is none

_ENDS = re.compile(
    r"(?<=[.!?…])\s+|\n+|;\s+|(?<=\?)(?=\w)"
    r"|,?\s+(?=(?:и|а)\s+(?:ещ[её]|также|кстати|второй вопрос)\b)"
    r"|,\s+(?=ещ[её]\s+(?:вопрос|хотел|такой)\b)",
    re.IGNORECASE,
)


def parts(text: str) -> list[str]:
    """In their order; a part of a word or two goes with the one before. The whole text when it has one part only."""
    found: list[str] = []
    for piece in _ENDS.split(text):
        if found and len(tokens(piece)) < FEWEST_WORDS:
            found[-1] = f"{found[-1]} {piece}".strip()
        elif piece.strip():
            found.append(piece.strip())
    return found[:MOST_PARTS]
