"""The code of `execute`: of VKScript only the form `return [API.messages.send({...}), ...];`."""

import json
import re
from dataclasses import dataclass
from typing import NoReturn

from standins.vk.errors import ApiError
from standins.vk.rules import Params, text_of

MAX_CALLS = 25
START = re.compile(r"\s*return\s*\[\s*")
CALL = re.compile(r"API\.([a-z]+\.[a-zA-Z]+)\(")
END_OF_CALL = re.compile(r"\s*\)\s*(,?)\s*")
END = re.compile(r"\]\s*;?\s*")


@dataclass(frozen=True, slots=True)
class Called:
    method: str
    params: Params


def calls_of(code: str) -> list[Called]:
    """Raises ApiError: 12 for what cannot be read, 13 for too many calls."""
    start = START.match(code)
    if not start:
        _unreadable(0)
    found, place = [], start.end()
    while not END.fullmatch(code, place):
        call, place = _call(code, place)
        found.append(call)
    if len(found) > MAX_CALLS:
        raise ApiError(13, "Runtime error occurred during code invocation: Too many API calls")
    return found


def _call(code: str, place: int) -> tuple[Called, int]:
    """One call, and where the next begins."""
    opened = CALL.match(code, place)
    if not opened:
        _unreadable(place)
    try:
        values, end = json.JSONDecoder().raw_decode(code, opened.end())
    except ValueError:
        _unreadable(opened.end())
    closed = END_OF_CALL.match(code, end)
    if not closed or not isinstance(values, dict):
        _unreadable(end)
    fields = {name: text_of(value) for name, value in values.items() if value is not None}
    return Called(opened[1], Params(fields)), closed.end()


def _unreadable(place: int) -> NoReturn:
    raise ApiError(12, f"Unable to compile code: unexpected symbol at position {place}")
