"""Outgoing -> the JSON of send_message, by the message objects of viberbot. Pure. Viber takes 7000 characters and 30 KB
of JSON; it reads * _ ~ and ``` in a text as markup, and HTML in the label of a button."""

import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from pathlib import PurePath
from typing import Any

from viberbot.api.messages import FileMessage, PictureMessage, TextMessage

from bot import markdown
from bot.channels.channel import Capabilities, Rate
from bot.channels.viber.parse import PRESS
from bot.dialogue.ports import Draft
from bot.messages import Attachment, Author, Button, Outgoing, button_key, one_line

MAX_UNITS = 7000
MAX_DESCRIPTION = 500  # units of the text under a picture
MAX_SENDER = 28
MAX_FILE_NAME = 256
MAX_PICTURE_BYTES = 1_000_000
PICTURES = {"image/jpeg": ".jpg", "image/png": ".png"}  # a GIF may be animated, and those are refused as pictures
ENDING = re.compile(r"\.[a-z0-9]{1,8}")
UNSEEN = "\u2060"  # the word joiner: has no width and breaks no line

CAPABILITIES = Capabilities(
    # At 6 bytes of JSON for the worst character, with a keyboard of the longest labels, this is below 30 KB; and with
    # an unseen character beside each mark below 7000.
    max_text=3500,
    max_buttons=12,
    max_button_text=40,  # five times that with every character escaped is within Viber's 250
    # No chat_rate: Viber counts the messages between two replies of the subscriber, and says so (TryLater).
    total_rate=Rate(50, per_s=1),
    max_file_bytes=50_000_000,
    session=timedelta(hours=24),
)

CLOSING = re.compile(r"(?<=\S)[*_~](?=[^\w*~#]|\Z)")


@dataclass(frozen=True, slots=True)
class Look:
    """Who stands above a message."""

    name: str
    avatar: str = ""


def render(message: Outgoing, look: Look) -> dict[str, Any]:
    """A text. A message without buttons has no keyboard: the old one goes, or its keys still name its own message."""
    keys = [button_key(message.id, position) for position in range(len(message.buttons))]
    text = TextMessage(_tracking(message), _keyboard(message.buttons, keys), shown(message.text, MAX_UNITS))
    return _addressed(text.to_dict(), message, look)


def render_file(message: Outgoing, attachment: Attachment, url: str, look: Look) -> dict[str, Any]:
    """A picture where Viber takes it as one, else a file to open."""
    if _is_picture(attachment):
        media = PictureMessage(_tracking(message), None, shown(message.text, MAX_DESCRIPTION), url)
    else:
        media = FileMessage(_tracking(message), None, url, attachment.size_bytes, _file_name(attachment))
    content = {name: value for name, value in media.to_dict().items() if value is not None}
    return _addressed(content, message, look)


def ending(attachment: Attachment) -> str:
    """Viber and the phone know a file by the end of its address and of its name; without one Viber refuses it."""
    if _is_picture(attachment):
        return PICTURES[attachment.mime]
    own = PurePath(attachment.name).suffix.lower()
    return own if ENDING.fullmatch(own) else mimetypes.guess_extension(attachment.mime) or ".dat"


def render_welcome(draft: Draft, look: Look) -> dict[str, Any]:
    """The answer to an opened chat. No row of ours stands behind it, so its buttons send their labels."""
    keyboard = _keyboard(draft.buttons, [""] * len(draft.buttons))
    text = TextMessage(None, keyboard, shown(draft.text, MAX_UNITS))
    return {"sender": _sender(look.name, look), **text.to_dict()}


def shown(text: str, limit: int) -> str:
    """Our Markdown as plain text that Viber shows as it is."""
    return _cut(literal(markdown.to_plain(markdown.parse(text))), limit)


def literal(text: str) -> str:
    """Markup needs a mark at the end of a word: beside each such mark goes an unseen character. A code like *100*2# has
    none and must stay as it is: people dial it from the chat."""
    without_code = text.replace("```", f"``{UNSEEN}`")
    return CLOSING.sub(lambda mark: f"{UNSEEN}{mark[0]}", without_code)


def _cut(text: str, limit: int) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * limit:
        return text
    return units[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


def _keyboard(buttons: Sequence[Button], keys: Sequence[str]) -> dict[str, Any] | None:
    """One in a row. Nothing in it is above the first level of the API, so no min_api_version is needed."""
    rows = [_button(button, key) for button, key in zip(buttons, keys, strict=True)]
    return {"Type": "keyboard", "DefaultHeight": False, "Buttons": rows[: CAPABILITIES.max_buttons]} if rows else None


def _button(button: Button, key: str) -> Mapping[str, Any]:
    """`Silent` keeps a key out of the chat of who presses."""
    label = _label(button.text)
    return {
        "Columns": 6,
        "Rows": 1,
        "ActionType": "reply",
        "ActionBody": f"{PRESS}{key}" if key else label,
        "Text": escape(label),
        "Silent": bool(key),
    }


def _label(text: str) -> str:
    limit = CAPABILITIES.max_button_text
    label = one_line(text, limit + 1)
    return (label if len(label) <= limit else label[: limit - 1].rstrip() + "…") or "…"


def _addressed(content: Mapping[str, Any], message: Outgoing, look: Look) -> dict[str, Any]:
    agent = one_line(message.agent_name, MAX_SENDER) if message.author is Author.AGENT else ""
    return {"receiver": message.chat_id, "sender": _sender(agent or look.name, look), **content}


def _sender(name: str, look: Look) -> Mapping[str, str]:
    return {"name": name, "avatar": look.avatar} if look.avatar else {"name": name}


def _tracking(message: Outgoing) -> str:
    """Viber has no idempotency key; this at least names our message in what it keeps and gives back."""
    return message.key or f"otklik-{message.id}"


def _is_picture(attachment: Attachment) -> bool:
    return attachment.mime in PICTURES and attachment.size_bytes <= MAX_PICTURE_BYTES


def _file_name(attachment: Attachment) -> str:
    end = ending(attachment)
    name = one_line(attachment.name, 1000)
    stem = name[: -len(end)] if name.lower().endswith(end) else name
    return f"{stem[: MAX_FILE_NAME - len(end)] or 'file'}{end}"
