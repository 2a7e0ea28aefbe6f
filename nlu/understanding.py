"""A message read before anything is searched: what it does, what it asks. Pure, never raises."""

from dataclasses import dataclass, field

from nlu.acts import Act, detect
from nlu.followup import FollowUp, follow_up
from nlu.language import LONGEST_READ
from nlu.layout import fix_layout
from nlu.translit import fix_translit


@dataclass(frozen=True, slots=True)
class Understanding:
    text: str = field(repr=False)  # as it came, stripped
    query: str = field(repr=False)  # what to search: courtesies cut off, layout and transliteration mended
    act: Act
    angry: bool
    follow_up: FollowUp | None
    choice: int | None
    threat: Act | None  # LEAVING or LEGAL


def understand(text: str) -> Understanding:
    stripped = text.encode("utf-8", "replace").decode("utf-8").strip()
    mended = fix_layout(fix_translit(stripped[:LONGEST_READ]))
    detected = detect(mended)
    return Understanding(
        text=stripped,
        query=detected.rest,
        act=detected.act,
        angry=detected.angry,
        follow_up=follow_up(detected.rest) if detected.act is Act.QUESTION and detected.choice is None else None,
        choice=detected.choice,
        threat=detected.threat,
    )
