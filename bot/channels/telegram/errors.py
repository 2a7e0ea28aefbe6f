"""What went wrong with a call to Telegram -> our errors, in one place.

aiogram's and aiohttp's errors quote the URL, and the URL holds the token: nothing of them but their kind gets out.
"""

import re

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError, InvalidURL

from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable

NOT_CONNECTED = (ClientConnectorError, ConnectionTimeoutError, InvalidURL)
GONE = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid", "bot was blocked")
PHOTO_FAULTS = ("photo_", "image_process_failed", "for a photo")
QUOTED = re.compile(r'"[^"]*"?')


class TokenRefused(Unreachable):
    """The bot was deleted or its token replaced: the channel is down, the message waits."""

    def __init__(self) -> None:
        super().__init__(
            "telegram: the token is refused; get a new one from @BotFather and put it into OTKLIK_TELEGRAM_TOKEN"
        )


class Conflict(Unreachable):
    """Somebody else takes this bot's updates."""


class MarkupRefused(Rejected):
    """Telegram cannot parse the HTML of the text."""


class PhotoRefused(Rejected):
    """Telegram cannot show the picture as a photo: too large a side, a broken file."""


def translate(error: Exception, method: str) -> SendError:
    """What a failed call means for the message."""
    match error:
        case TelegramRetryAfter():
            return TryLater(error.retry_after)
        case TelegramBadRequest():
            return _refusal(error.message, method)
        case TelegramNetworkError():
            return _network_failure(error, method)
        case TelegramAPIError():
            return _failure(error, method)
        case UnicodeEncodeError():
            return Rejected(f"telegram: {method} holds characters that cannot be sent")
        case _:
            return Uncertain(f"telegram: the answer to {method} cannot be read ({type(error).__name__})")


def _failure(error: TelegramAPIError, method: str) -> SendError:
    """An unknown refusal may be repeated: nothing was sent."""
    match error:
        case TelegramForbiddenError():
            return Blocked("telegram: the subscriber blocked the bot, never started it, or deleted the account")
        case TelegramUnauthorizedError() | TelegramNotFound():
            return TokenRefused()
        case TelegramConflictError():
            return Conflict(f"telegram: {_without_quotes(error.message)}")
        case _:
            return Unreachable(f"telegram: {method} failed: {_without_quotes(error.message)}")


def _network_failure(error: TelegramNetworkError, method: str) -> SendError:
    kind = type(error.__cause__).__name__
    if isinstance(error, TelegramEntityTooLarge):
        return Rejected(f"telegram: {method} is refused: too large")
    if isinstance(error.__cause__, NOT_CONNECTED):
        return Unreachable(
            f"telegram: cannot connect for {method} ({kind}); check the network and channels.telegram.api"
        )
    return Uncertain(f"telegram: no answer to {method} ({kind})")


def _refusal(description: str, method: str) -> SendError:
    text = description.lower()
    if "can't parse entities" in text:
        return MarkupRefused(f"telegram: {method} is refused: {_without_quotes(description)}")
    if any(sign in text for sign in PHOTO_FAULTS):
        return PhotoRefused(f"telegram: {method} is refused: {_without_quotes(description)}")
    if any(sign in text for sign in GONE):
        return Blocked(f"telegram: {_without_quotes(description)}")
    return Rejected(f"telegram: {method} is refused: {_without_quotes(description)}")


def _without_quotes(description: str) -> str:
    """Telegram quotes pieces of the message in its refusals."""
    return QUOTED.sub('"…"', description)[:200]
