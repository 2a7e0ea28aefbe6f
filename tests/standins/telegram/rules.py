"""What Telegram refuses in the parameters of a call, in its own words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.standins.telegram.errors import Json, bad_request
from tests.standins.telegram.html import parse_html, trimmed, units

MAX_TEXT = 4096
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
class Params:
    """The parameters of a call as they came: strings, nested objects as JSON in strings."""

    fields: Mapping[str, str]

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


def message_text(params: Params) -> tuple[str, list[Json]]:
    """The text as the subscriber sees it, and its entities."""
    text, mode = params.text("text"), params.text("parse_mode").lower()
    if not text:
        raise bad_request("message text is empty")
    if mode not in {"", "html"}:
        raise bad_request("unsupported parse_mode")
    text, entities = trimmed(*parse_html(text)) if mode else trimmed(text, params.json("entities") or [])
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


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
