"""The parameters of a call, and what VK refuses in a message, in its own words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standins.vk.errors import Json, invalid, refused

MAX_TEXT = 9000
MAX_LABEL = 40
MAX_PAYLOAD = 255
MAX_IN_ROW = 5
INT64 = 2**63
COLORS = {"primary", "secondary", "negative", "positive", "default"}
WIDE = {"location", "vkpay", "open_app"}  # alone in their row
ACTIONS = {"text", "open_link", "callback", *WIDE}


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of a call as they came: strings, nested objects as JSON in strings."""

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.fields.get(name, "")

    def required(self, name: str) -> str:
        if not self.text(name):
            raise invalid(f"{name} is a required parameter")
        return self.text(name)

    def integer(self, name: str, default: int | None = None) -> int:
        """Required when there is no default."""
        given = self.required(name) if default is None else self.text(name) or str(default)
        try:
            number = int(given)
        except ValueError:
            raise invalid(f"{name} not integer") from None
        if not -INT64 <= number < INT64:
            raise invalid(f"{name} is out of range")
        return number

    def integers(self, name: str) -> list[int]:
        try:
            return [int(part) for part in self.text(name).split(",") if part]
        except ValueError:
            raise invalid(f"{name} not integer") from None

    def flag(self, name: str) -> bool | None:
        """None when it is not given."""
        return self.text(name).lower() in {"1", "true"} if self.text(name) else None


def text_of(value: Any) -> str:
    """A value of JSON, as a form would carry it."""
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def message_text(params: Params) -> str:
    text = params.text("message").strip()
    if not text and not params.text("attachment"):
        raise invalid("message is empty or invalid")
    if len(text) > MAX_TEXT:
        raise refused(914)
    return text


def keyboard_of(params: Params) -> Json | None:
    """The checked keyboard of a message."""
    if not params.text("keyboard"):
        return None
    try:
        keyboard = json.loads(params.text("keyboard"))
    except ValueError:
        raise invalid("keyboard contains incorrect JSON") from None
    rows = keyboard.get("buttons") if isinstance(keyboard, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise refused(911, "buttons must be an array of arrays")
    _check_size(rows, inline=bool(keyboard.get("inline")), one_time=bool(keyboard.get("one_time")))
    for place, row in enumerate(rows):
        for column, button in enumerate(row):
            _check_button(f"button [{place}][{column}]", button, len(row))
    return {"one_time": False, "inline": False, **keyboard}


def _check_size(rows: list[list[Any]], *, inline: bool, one_time: bool) -> None:
    if inline and one_time:
        raise refused(911, "inline keyboard cannot be one_time")
    if len(rows) > (6 if inline else 10):
        raise refused(911, "keyboard contains too much rows")
    if sum(map(len, rows)) > (10 if inline else 40):
        raise refused(911, "keyboard contains too much buttons")
    for place, row in enumerate(rows):
        if len(row) > MAX_IN_ROW:
            raise refused(911, f"row {place} contains too much columns")
        if not row:
            raise refused(911, f"row {place} is empty")


def _check_button(name: str, button: Any, width: int) -> None:
    action = button.get("action") if isinstance(button, dict) else None
    if not isinstance(action, dict) or action.get("type") not in ACTIONS:
        raise refused(911, f"{name} has unknown action type")
    kind = action["type"]
    if kind in WIDE and width > 1:
        raise refused(911, f"{name} must be alone in its row")
    if "color" in button and (button["color"] not in COLORS or kind not in {"text", "callback"}):
        raise refused(911, f"{name} has invalid color")
    if kind == "open_link" and not str(action.get("link", "")).startswith(("http://", "https://")):
        raise refused(911, f"{name} has invalid link")
    if kind not in {"location", "vkpay"}:
        _check_label(name, action.get("label"))
    if "payload" in action:
        action["payload"] = _payload(name, action["payload"])


def _check_label(name: str, label: Any) -> None:
    if not isinstance(label, str) or not label:
        raise refused(911, f"{name} label should be at least 1 letters length")
    if len(label) > MAX_LABEL:
        raise refused(911, f"{name} label should be not greater than {MAX_LABEL} letters length")


def _payload(name: str, payload: Any) -> str:
    """As VK keeps it: an object may come as such or as JSON in a string."""
    kept = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if len(kept) > MAX_PAYLOAD:
        raise refused(911, f"{name} payload should be not greater than {MAX_PAYLOAD} letters length")
    try:
        json.loads(kept or "{}")
    except ValueError:
        raise refused(911, f"{name} payload contains incorrect JSON") from None
    return kept
