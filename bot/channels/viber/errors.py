"""What Viber's answers mean for a message -> our errors, in one place. Viber answers HTTP 200 and a status of its own.

Statuses: https://developers.viber.com/docs/api/rest-bot-api/#error-codes (7.3.0).
"""

import re

from aiohttp import ClientConnectorError, ConnectionTimeoutError, InvalidURL

from bot.errors import Blocked, Rejected, SendError, TryLater, Uncertain, Unreachable

NOT_CONNECTED = (ClientConnectorError, ConnectionTimeoutError, InvalidURL)
QUOTED = re.compile(r'"[^"]*"?')
MAX_REASON = 150

WAIT_S = 60.0
"""Viber does not say how long. Its limit of 100 messages without a reply is over within an hour, the others sooner."""

ACCOUNT = {
    7: "the account is blocked: ask Viber's support why",
    8: "the token belongs to no bot: copy the bot's token into OTKLIK_VIBER_TOKEN",
    9: "the account is suspended: ask Viber's support why",
    10: "the account has no webhook: run: otklik webhook set --channel viber",
    15: "the account may not do this: ask Viber's support",
    23: "the month's free messages are used up: see the account's plan at Viber",
    24: "the account's balance is used up: pay it in at Viber",
}
GONE = {
    5: "the subscriber is not registered at Viber",
    6: "the subscriber is not subscribed to the bot",
    11: "the subscriber's Viber cannot show bots",
}
REFUSED = {
    1: "the webhook address is not valid: it must be https, have a certificate that Viber trusts, and answer 200",
    3: "bad data",
    4: "missing data",
    13: "the subscriber's Viber is too old for this message",
    14: "min_api_version is too low for this message",
    21: "the subscriber's country is not served",
}


class TokenRefused(Unreachable):
    """The token was replaced: the channel is down, the message waits."""

    def __init__(self) -> None:
        super().__init__(
            "viber: the token is refused; copy the bot's token from Viber (its settings) into OTKLIK_VIBER_TOKEN"
        )


class AccountRefused(Unreachable):
    """Something is wrong with our account, not with the subscriber: the message waits."""


def of_status(status: int, message: str, method: str) -> SendError:
    """Of an answer whose status is not 0: Viber did nothing, so an unknown refusal may be repeated."""
    if status == 2:
        return TokenRefused()
    if status == 12:
        return TryLater(WAIT_S)
    if status in ACCOUNT:
        return AccountRefused(f"viber refuses {method}: {ACCOUNT[status]} (status {status})")
    if status in GONE:
        return Blocked(f"viber: {GONE[status]} (status {status})")
    if status in REFUSED:
        return Rejected(f"viber refuses {method}: {REFUSED[status]} (status {status}: {harmless(message)})")
    return Unreachable(f"viber fails on {method}: status {status}: {harmless(message)}")


def of_http(status: int, retry_after: str, method: str) -> SendError:
    """Of an HTTP status other than 200: a proxy speaks, the API was not reached."""
    if status == 429:
        return TryLater(float(retry_after) if retry_after.isdecimal() and len(retry_after) < 5 else WAIT_S)
    if status == 413:
        return Rejected(f"viber refuses {method}: too large")
    if status == 504:  # a gateway that got no answer in time: what it passed on may still be done
        return Uncertain(f"viber: no answer to {method} (HTTP 504)")
    return Unreachable(f"viber fails on {method}: HTTP {status}; check channels.viber.api if this goes on")


def of_network(error: Exception, method: str) -> SendError:
    kind = type(error).__name__
    if isinstance(error, NOT_CONNECTED):
        return Unreachable(f"viber: cannot connect for {method} ({kind}); check the network and channels.viber.api")
    return Uncertain(f"viber: no answer to {method} ({kind})")


def harmless(message: str) -> str:
    """Viber's own words, without what they may quote of ours."""
    plain = QUOTED.sub('"..."', message).encode("ascii", "ignore").decode()
    return " ".join(plain.split())[:MAX_REASON]
