"""The keyboard of a message: what the server refuses, what the app refuses, and what the subscriber sees of it."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from standins.viber.errors import BAD_REQUEST, VERSION_TOO_LOW, ApiError, Json

ACTIONS = {"reply", "open-url", "location-picker", "share-phone", "none"}
MAX_COLUMNS = 6
MAX_BUTTON_ROWS = 2
MAX_ROWS = 12  # in portrait: the app checks it, so the bot hears of it by a `failed` callback
MAX_BUTTON_TEXT = 250
# Which API version a part of a keyboard or of a button came with; all the others are there from version 1.
SINCE = {
    "CustomDefaultHeight": 3,
    "HeightScale": 3,
    "InternalBrowser": 3,
    "ButtonsGroupColumns": 4,
    "ButtonsGroupRows": 4,
    "InputFieldState": 4,
    "TextPaddings": 4,
    "FavoritesMetadata": 6,
    "BgMediaScaleType": 6,
    "ImageScaleType": 6,
    "TextShouldFit": 6,
    "Map": 6,
    "Frame": 6,
    "MediaPlayer": 6,
}
ACTIONS_SINCE = {"share-phone": 3, "location-picker": 3}
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def check_keyboard(keyboard: Any, version: int) -> None:
    """What Viber's server finds wrong. Raises ApiError."""
    if not isinstance(keyboard, dict):
        raise _invalid("instance type does not match any allowed primitive type")
    _require(keyboard, "Type", "Buttons")
    if keyboard["Type"] != "keyboard":
        raise _invalid('instance value of "Type" not found in enum')
    buttons = keyboard["Buttons"]
    if not isinstance(buttons, list) or not buttons:
        raise _invalid("array of Buttons is too short: must have at least 1 elements")
    for button in buttons:
        _check_button(button)
    needed = max(_needed(keyboard), *(_needed(button) for button in buttons))
    if needed > version:
        raise ApiError(VERSION_TOO_LOW, f"incompatibleWithVersion: the keyboard needs min_api_version {needed}")


def app_fault(keyboard: Json) -> str:
    """What the app on the phone finds wrong with a keyboard that the server took; empty when it shows it."""
    return "" if _rows(keyboard["Buttons"]) <= MAX_ROWS else "keyboard is not valid: too many rows"


def label(button: Json) -> str:
    """A button's text as the app shows it: Viber takes HTML there."""
    return unescape(TAG.sub("", button.get("Text", "")))


def labels(keyboard: Json | None) -> tuple[str, ...]:
    return tuple(label(button) for button in (keyboard or {}).get("Buttons", ()))


def _check_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise _invalid("instance type of a button does not match any allowed primitive type")
    _require(button, "ActionBody")
    if not isinstance(button["ActionBody"], str) or not button["ActionBody"]:
        raise _invalid("ActionBody is too short")
    _check_number(button, "Columns", MAX_COLUMNS)
    _check_number(button, "Rows", MAX_BUTTON_ROWS)
    if button.get("ActionType", "reply") not in ACTIONS:
        raise _invalid(f'instance value ("{button["ActionType"]}") not found in enum')
    if not any(button.get(part) for part in ("Text", "BgMedia", "Image", "BgColor")):
        raise _invalid("a button has none of Text, BgMedia, Image, BgColor")
    text = button.get("Text", "")
    if not isinstance(text, str) or len(text) > MAX_BUTTON_TEXT:
        raise _invalid(f"Text is too long (length: {len(str(text))}, maximum allowed: {MAX_BUTTON_TEXT})")


def _check_number(button: Json, name: str, most: int) -> None:
    number = button.get(name, 1)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
        raise _invalid(f"numeric instance of {name} is out of range (minimum: 1, maximum: {most}, found: {number})")


def _require(shape: Json, *names: str) -> None:
    if missing := [name for name in names if name not in shape]:
        quoted = ",".join(f'"{name}"' for name in missing)
        raise _invalid(f"object has missing required properties ([{quoted}])")


def _needed(shape: Json) -> int:
    parts = [version for name, version in SINCE.items() if name in shape]
    return max([1, ACTIONS_SINCE.get(shape.get("ActionType", ""), 1), *parts])


def _rows(buttons: list[Json]) -> int:
    """Buttons fill lines of six columns; a line is as high as its highest button."""
    return sum(max(height for _, height in line) for line in _lines(buttons))


def _lines(buttons: list[Json]) -> Iterator[list[tuple[int, int]]]:
    line: list[tuple[int, int]] = []
    for button in buttons:
        size = button.get("Columns", MAX_COLUMNS), button.get("Rows", 1)
        if sum(width for width, _ in line) + size[0] > MAX_COLUMNS:
            yield line
            line = []
        line.append(size)
    yield line


def _invalid(detail: str) -> ApiError:
    return ApiError(BAD_REQUEST, f"keyboard is not valid. [{detail}]")
