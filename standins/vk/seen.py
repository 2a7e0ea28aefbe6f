"""A message as it stands on the screen of a phone."""

from dataclasses import dataclass, field

from standins.vk import files
from standins.vk.errors import Json
from standins.vk.world import World


@dataclass(frozen=True, slots=True)
class SeenFile:
    kind: str  # photo, doc, audio_message, sticker, video
    name: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    message_id: int
    text: str
    buttons: tuple[str, ...]
    attachments: tuple[SeenFile, ...]
    mine: bool


def seen(world: World, message: Json) -> Seen:
    return Seen(
        message["id"],
        message["text"],
        labels(message.get("keyboard")),
        tuple(_file(world, attachment) for attachment in message["attachments"]),
        not message["out"],
    )


def labels(keyboard: Json | None) -> tuple[str, ...]:
    return tuple(button["action"].get("label", "") for row in (keyboard or {}).get("buttons", []) for button in row)


def _file(world: World, attachment: Json) -> SeenFile:
    file = files.stored(world, attachment)
    name = attachment[attachment["type"]].get("title", "")
    return SeenFile(file.kind, name or file.name, file.content) if file else SeenFile(attachment["type"], name)
