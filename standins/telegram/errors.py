"""A refusal of the Bot API, with the words Telegram uses."""

from http import HTTPStatus
from typing import Any

from standins.faults import Fault

Json = dict[str, Any]


class ApiError(Exception):
    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    @property
    def body(self) -> Json:
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": {"retry_after": self.retry_after}} if self.retry_after else body


def bad_request(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def error_of(fault: Fault) -> ApiError:
    return ApiError(fault.status, fault.description or _usual_words(fault), fault.retry_after)


def _usual_words(fault: Fault) -> str:
    if fault.retry_after:
        return f"Too Many Requests: retry after {fault.retry_after}"
    words = {401: "Unauthorized", 403: "Forbidden: bot was blocked by the user", 404: "Not Found"}
    return words.get(fault.status) or HTTPStatus(fault.status).phrase
