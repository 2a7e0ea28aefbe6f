"""A refusal of the bot API: HTTP 200 and a status in the body, with the words Viber uses."""

from typing import Any

from standins.faults import Fault

Json = dict[str, Any]

OK = 0
INVALID_URL = 1
INVALID_TOKEN = 2
BAD_REQUEST = 3
MISSING = 4
NOT_REGISTERED = 5
NOT_SUBSCRIBED = 6
NO_WEBHOOK = 10
TOO_MANY = 12
VERSION_NOT_SUPPORTED = 13
VERSION_TOO_LOW = 14

# https://creators.viber.com/docs/bots-api/errors; any other status is a "general error".
WORDS = {
    OK: "ok",
    INVALID_URL: "invalidUrl",
    INVALID_TOKEN: "invalidAuthToken",
    BAD_REQUEST: "badData",
    MISSING: "missingData",
    NOT_REGISTERED: "receiverNotRegistered",
    NOT_SUBSCRIBED: "receiverNotSubscribed",
    7: "publicAccountBlocked",
    8: "publicAccountNotFound",
    9: "publicAccountSuspended",
    NO_WEBHOOK: "webhookNotSet",
    11: "receiverNoSuitableDevice",
    TOO_MANY: "tooManyRequests",
    VERSION_NOT_SUPPORTED: "apiVersionNotSupported",
    VERSION_TOO_LOW: "incompatibleWithVersion",
    15: "publicAccountNotAuthorized",
    16: "inchatReplyMessageNotAllowed",
    17: "publicAccountIsNotInline",
    18: "noPublicChat",
    19: "cannotSendBroadcast",
    20: "broadcastNotAllowed",
    21: "unsupportedCountry",
    22: "paymentUnsupported",
    23: "freeMessagesExceeded",
    24: "noBalance",
}


class ApiError(Exception):
    def __init__(self, status: int, words: str = "") -> None:
        self.status = status
        self.words = words or WORDS.get(status, "failure")
        super().__init__(f"{status}: {self.words}")

    @property
    def body(self) -> Json:
        return {"status": self.status, "status_message": self.words, "chat_hostname": HOSTNAME}


HOSTNAME = "SN-CHAT-05_"


def error_of(fault: Fault) -> ApiError:
    return ApiError(fault.status, fault.description)
