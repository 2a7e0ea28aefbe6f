"""A refusal of the VK API: HTTP 200, a code, and the words VK uses."""

from collections.abc import Mapping
from typing import Any

from standins.faults import Fault

Json = dict[str, Any]
WORDS = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error",
    14: "Captcha needed",
    15: "Access denied",
    17: "Validation required",
    27: "Group authorization failed: method is unavailable with group auth.",
    29: "Rate limit reached",
    100: "One of the parameters specified was missing or invalid",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    911: "Keyboard format is invalid",
    914: "Message is too long",
    950: "Message reply timed out",
    2000: "Servers number limit is reached",
}
CAPTCHA = {"captcha_sid": "107356103107", "captcha_img": "https://api.vk.ru/captcha.php?sid=107356103107"}


class ApiError(Exception):
    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description

    @property
    def short(self) -> Json:
        """As `execute` tells it."""
        return {"error_code": self.code, "error_msg": self.description}

    def body(self, method: str, fields: Mapping[str, str]) -> Json:
        """VK repeats the parameters of the call, except the token."""
        given = {"method": method, "oauth": "1", **fields}
        told = [{"key": key, "value": value} for key, value in given.items() if key != "access_token"]
        return {"error": {**self.short, **(CAPTCHA if self.code == 14 else {}), "request_params": told}}


def refused(code: int, detail: str = "") -> ApiError:
    words = WORDS.get(code, f"Error {code}")
    return ApiError(code, f"{words}: {detail}" if detail else words)


def invalid(detail: str) -> ApiError:
    """What is wrong with the parameters."""
    return refused(100, detail)


def error_of(fault: Fault) -> ApiError:
    return ApiError(fault.status, fault.description) if fault.description else refused(fault.status)
