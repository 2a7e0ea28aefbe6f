"""What went wrong with a call to VK -> our errors, in one place.

vk-api's errors hold the parameters of the call, and these the token: nothing of them but codes gets out.
"""

import re

import requests
from urllib3.exceptions import NewConnectionError
from vk_api.exceptions import ApiError, ApiHttpError

from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable

PARAMETER = re.compile(r": ?([a-z_]{1,40})\b")
WHERE = "community's settings, API usage"
BOT_FEATURES = "vk: buttons need the bot's features (912); switch them on: community's settings, Messages, Bot settings"
CAPTCHA_PAUSE_S = 300


class TokenRefused(Unreachable):
    """The token was revoked or has no right to the call: the channel is down, the message waits."""


class Misconfigured(Unreachable):
    """A switch of the community is off: the channel is down, the message waits."""


class CaptchaWanted(TryLater):
    """VK takes us for a spammer: only waiting and a person help."""

    def __init__(self) -> None:
        super().__init__(CAPTCHA_PAUSE_S)
        self.args = (
            f"vk: a captcha is asked for (14), which a bot cannot solve; waiting {CAPTCHA_PAUSE_S} s. If it does not "
            "go away, check the community for sanctions and write to VK's support",
        )


class TooFast(TryLater):
    """More than 20 calls in a second."""

    def __init__(self) -> None:
        super().__init__(1)


class PhotoRefused(Rejected):
    """Not a picture that VK takes as a photo; as a document it may go."""


TOKEN = frozenset({5, 27, 28, 1116, 1117})
RIGHTS = frozenset({7, 15, 203})
WAITS = {9: 30, 29: 600}
BLOCKED = {
    18: "the subscriber's page was deleted or banned",
    900: "the subscriber is in the community's black list",
    901: "the subscriber has not allowed the community to write",
    902: "the subscriber's privacy settings forbid it",
    917: "the chat cannot be reached any more",
    936: "there is no such contact",
}
REJECTED = {
    8: "the request is invalid",
    100: "a parameter is wrong",
    113: "there is no such user",
    911: "the keyboard is wrong",
    914: "the text is too long",
    950: "it is too late to answer",
}


def translate(error: Exception, method: str) -> SendError:
    """What a failed call means for the message."""
    match error:
        case ApiError():
            return refusal(error.error, method)
        case ApiHttpError():
            return http_failure(error.response.status_code, method)
        case requests.RequestException():
            return _network_failure(error, method)
        case TimeoutError():
            return Uncertain(f"vk: no answer to {method} in time")
        case UnicodeError():
            return Rejected(f"vk: {method} holds characters that cannot be sent")
        case _:
            return Uncertain(f"vk: the answer to {method} cannot be read ({type(error).__name__})")


def refusal(error: object, method: str) -> SendError:
    """`error` is VK's object with an error_code: the answer's, or one of execute_errors."""
    code = error.get("error_code") if isinstance(error, dict) else None
    if not isinstance(code, int):
        return Uncertain(f"vk: the answer to {method} cannot be read (an error without a code)")
    if code in BLOCKED:
        return Blocked(f"vk: {BLOCKED[code]} ({code})")
    if code in REJECTED:
        return Rejected(f"vk refuses {method}: {REJECTED[code]} ({code}){_parameter(error)}")
    return _trouble(code, method)


def _trouble(code: int, method: str) -> SendError:
    """An unknown refusal may be repeated, unless it is of the messages themselves."""
    if code in WAITS:
        return TryLater(WAITS[code])
    if code in TOKEN:
        return TokenRefused(f"vk: the token is refused ({code}); make a new one ({WHERE}): OTKLIK_VK_TOKEN")
    if code in RIGHTS:
        return TokenRefused(
            f"vk: the token has no right to {method} ({code}); make one with the rights messages, photos, documents "
            f"and community management ({WHERE}): OTKLIK_VK_TOKEN"
        )
    if known := _special(code, method):
        return known
    text = f"vk refuses {method} ({code})"
    return Rejected(text) if 900 <= code < 1000 else Unreachable(text)


def _special(code: int, method: str) -> SendError | None:
    match code:
        case 6:
            return TooFast()
        case 14:
            return CaptchaWanted()
        case 10:
            return Uncertain(f"vk: an internal error of {method} (10)")
        case 12 | 13:
            return Rejected(f"vk refuses the code of {method} ({code})")
        case 129:
            return PhotoRefused(f"vk refuses the picture ({code})")
        case 912:
            return Misconfigured(BOT_FEATURES)
        case 2000:
            return Misconfigured("vk: the community has ten callback servers already (2000); delete one of them")
        case _:
            return None


def http_failure(status: int, method: str) -> SendError:
    if status >= 500:
        return Uncertain(f"vk: {method} fails with HTTP {status}")
    if status == 413:
        return Rejected(f"vk refuses {method}: too large (HTTP {status})")
    return Unreachable(f"vk: {method} is answered with HTTP {status}; check channels.vk.api")


def _network_failure(error: requests.RequestException, method: str) -> SendError:
    kind = type(error).__name__
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError):
        return Unreachable(f"vk: cannot connect for {method} ({kind}); check the network and channels.vk.api")
    return Uncertain(f"vk: no answer to {method} ({kind})")


def _parameter(error: object) -> str:
    """VK names the parameter in its text, of which nothing else is told."""
    text = error.get("error_msg") if isinstance(error, dict) else None
    found = PARAMETER.search(text) if isinstance(text, str) else None
    return f": {found[1]}" if found else ""
