"""What a subscriber sees of a message."""

from dataclasses import dataclass

from standins.viber.keyboards import labels
from standins.viber.world import Message, SeenFile


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it stands on the screen; the buttons are those of the keyboard that came with it."""

    message_id: int
    text: str
    buttons: tuple[str, ...]
    attachments: tuple[SeenFile, ...]
    sender: str
    mine: bool


def seen_of(message: Message) -> Seen:
    body = message.body
    return Seen(
        message.token,
        body.get("text") or "",
        labels(body.get("keyboard")),
        message.files,
        (body.get("sender") or {}).get("name", ""),
        message.mine,
    )
