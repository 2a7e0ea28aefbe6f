"""What Viber refuses in a message of the bot.

https://creators.viber.com/docs/bots-api/data-models/message. Rich media the stand-in does not know: the bot sends none.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from standins.viber.errors import BAD_REQUEST, MISSING, ApiError, Json
from standins.viber.keyboards import check_keyboard

MAX_REQUEST_BYTES = 30 * 1024
MAX_SENDER_NAME = 28
MAX_TEXT = 7000
MAX_CAPTION = 512
MAX_TRACKING = 4000
MAX_URL = 2000
MAX_FILE_NAME = 256
MAX_FILE_BYTES = 52_428_800
MAX_VIDEO_BYTES = 27_262_976
MAX_PICTURE_BYTES = 1_048_576  # of the app on iOS; Android shows three times that
PICTURES = {"jpg", "jpeg", "png", "gif"}
FORBIDDEN = re.compile(
    r"action|apk|app|bat|bin|cmd|com|command|cpl|csh|exe|gadget|inf1|ins|inx|ipa|isu|job|jse|ksh|lnk|msc|msi|msp|mst"
    r"|osx|out|paf|pif|ps1|reg|rgs|run|sct|shb|shs|u3p|vb|vbe|vbs|vbscript|workflow|ws|wsf"
)


def request_of(raw: bytes) -> Json:
    """The body of a call. Raises ApiError."""
    if len(raw) > MAX_REQUEST_BYTES:
        raise ApiError(BAD_REQUEST, f"badData: the request has {len(raw)} bytes, at most {MAX_REQUEST_BYTES}")
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise ApiError(BAD_REQUEST, "badData: the request is not JSON") from None
    if not isinstance(body, dict):
        raise ApiError(BAD_REQUEST, "badData: the request is not an object")
    return body


def check_message(body: Json) -> None:
    """Raises ApiError."""
    sender = body.get("sender")
    _string(sender if isinstance(sender, dict) else {}, "name", MAX_SENDER_NAME)
    _optional_string(body, "tracking_data", MAX_TRACKING)
    version = _version(body)
    if (keyboard := body.get("keyboard")) is not None:
        check_keyboard(keyboard, version)
    if "type" not in body and keyboard is not None:
        return  # a keyboard on its own
    kind = _string(body, "type")
    if kind not in CHECKS:
        raise _bad(f"type {kind!r} is not one of {', '.join(CHECKS)}")
    CHECKS[kind](body)


def extension(url: str) -> str:
    """Of the last part of the path: by it Viber knows what a file is."""
    name = urlsplit(url).path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def _text(body: Json) -> None:
    _string(body, "text", MAX_TEXT)


def _picture(body: Json) -> None:
    if "text" not in body:
        raise _missing("text")
    _optional_string(body, "text", MAX_CAPTION)
    _media(body, PICTURES)


def _video(body: Json) -> None:
    _media(body, {"mp4"})
    _size(body, MAX_VIDEO_BYTES)


def _file(body: Json) -> None:
    url = _media(body, set())
    _size(body, MAX_FILE_BYTES)
    name = _string(body, "file_name", MAX_FILE_NAME)
    if "." not in name:
        raise _bad(f"file_name {name!r} has no extension")
    for end in (extension(url), name.rpartition(".")[2].lower()):
        if FORBIDDEN.fullmatch(end):
            raise _bad(f"files of type {end} are forbidden")


def _contact(body: Json) -> None:
    contact = body.get("contact") or {}
    _string(contact, "name", MAX_SENDER_NAME)
    phone = _string(contact, "phone_number", 18)
    if not re.fullmatch(r"\+?[0-9]+", phone):
        raise _bad("phone_number has more than digits")


def _location(body: Json) -> None:
    location = body.get("location") or {}
    for name, most in (("lat", 90), ("lon", 180)):
        if name not in location:
            raise _missing(f"location.{name}")
        if not isinstance(location[name], int | float) or abs(location[name]) > most:
            raise _bad(f"location.{name} is out of range")


def _url(body: Json) -> None:
    _string(body, "media", MAX_URL)


def _sticker(body: Json) -> None:
    if not body.get("sticker_id"):
        raise _missing("sticker_id")


CHECKS: dict[str, Callable[[Json], None]] = {
    "text": _text,
    "picture": _picture,
    "video": _video,
    "file": _file,
    "contact": _contact,
    "location": _location,
    "url": _url,
    "sticker": _sticker,
}


def _media(body: Json, extensions: set[str]) -> str:
    url = _string(body, "media", MAX_URL)
    if urlsplit(url).scheme not in {"http", "https"}:
        raise _bad("media is not a URL")
    if not extension(url) or (extensions and extension(url) not in extensions):
        wanted = ", ".join(sorted(extensions)) or "that of the file"
        raise _bad(f"the path of media must end with an extension: {wanted}")
    return url


def _size(body: Json, most: int) -> None:
    size = body.get("size")
    if size is None:
        raise _missing("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= most:
        raise _bad(f"size {size!r} is not from 1 to {most}")


def _version(body: Json) -> int:
    version = body.get("min_api_version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _bad("min_api_version is not a number")
    return version


def _string(body: Any, name: str, most: int = 1000) -> str:
    text = body.get(name) if isinstance(body, dict) else None
    if text is None or text == "":
        raise _missing(name)
    if not isinstance(text, str):
        raise _bad(f"{name} is not a string")
    if len(text) > most:
        raise _bad(f"{name} is too long (length: {len(text)}, maximum allowed: {most})")
    return text


def _optional_string(body: Json, name: str, most: int) -> None:
    if body.get(name):
        _string(body, name, most)


def _bad(detail: str) -> ApiError:
    return ApiError(BAD_REQUEST, f"badData: {detail}")


def _missing(name: str) -> ApiError:
    return ApiError(MISSING, f"missingData: {name}")
