"""A refusal of the Bot API, with the words Telegram uses."""

from typing import Any

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
