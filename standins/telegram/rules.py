"""What Telegram refuses in the parameters of a call, in its own words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from standins.telegram.errors import Json, bad_request
from standins.telegram.html import parse_html, trimmed, units

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_BUTTONS = 100
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the form of a call."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of a call as they came: strings, nested objects as JSON in strings, files of the form."""

    fields: Mapping[str, str]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.fields.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.fields.get(name) or default)
        except ValueError:
            raise bad_request(f"{name} must be an Integer") from None

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> Any:
        try:
            return json.loads(self.text(name) or "null")
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """The file itself under this name, or the one that attach:// points at."""
        return self.uploads.get(self.text(name).removeprefix("attach://") or name)


def message_text(params: Params) -> tuple[str, list[Json]]:
    """The text as the subscriber sees it, and its entities."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    text, entities = _shown(params, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def caption(params: Params) -> tuple[str, list[Json]]:
    """The words under a file, if there are any."""
    text, entities = _shown(params, "caption", "caption_entities")
    if units(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def _shown(params: Params, text: str, entities: str) -> tuple[str, list[Json]]:
    mode = params.text("parse_mode").lower()
    if mode not in {"", "html"}:
        raise bad_request("unsupported parse_mode")
    return trimmed(*parse_html(params.text(text))) if mode else trimmed(params.text(text), params.json(entities) or [])


def inline_keyboard(params: Params) -> Json | None:
    """The buttons under a message; other keyboards the stand-in does not know, for the bot uses none."""
    markup = params.json("reply_markup")
    if markup is None:
        return None
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list):
        raise bad_request("object expected as reply markup")
    buttons = [_button(button) for row in rows for button in row]
    if len(buttons) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if buttons else None


def _button(button: Json) -> Json:
    if not button.get("text"):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if "callback_data" not in button and "url" not in button:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    return button
