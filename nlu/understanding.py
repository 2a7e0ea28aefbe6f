"""A message read before anything is searched: what it does, what it asks. Pure, never raises."""

from dataclasses import dataclass, field

from nlu.acts import Act, detect
from nlu.followup import FollowUp, follow_up
from nlu.mending import mended


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
    detected = detect(mended(stripped))
    return Understanding(
        text=stripped,
        query=detected.rest,
        act=detected.act,
        angry=detected.angry,
        follow_up=follow_up(detected.rest) if detected.act is Act.QUESTION and detected.choice is None else None,
        choice=detected.choice,
        threat=detected.threat,
    )
