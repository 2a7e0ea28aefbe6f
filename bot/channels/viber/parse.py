"""A call of Viber -> event. Pure; raises BadPayload and nothing else. Viber's texts never get into an error."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from pydantic_core import from_json
from viberbot.api.messages import MESSAGE_TYPE_TO_CLASS, TextMessage, URLMessage
from viberbot.api.viber_requests import (
    ViberConversationStartedRequest,
    ViberDeliveredRequest,
    ViberFailedRequest,
    ViberMessageRequest,
    ViberSeenRequest,
    ViberSubscribedRequest,
    ViberUnsubscribedRequest,
    create_request,
)

from bot.channels.viber.attachments import attachment
from bot.channels.viber.errors import harmless
from bot.errors import BadPayload
from bot.messages import (
    Event,
    Ignored,
    Incoming,
    IncomingKind,
    Receipt,
    Report,
    Sender,
    SubscriberLeft,
    SubscriberReturned,
    one_line,
    split_button_key,
)

PRESS = "otklik:"  # what our buttons send, before the key
MAX_NAME = 200
MAX_CHAT_ID = 128
MAX_REFERRAL = 500
EVENTS = frozenset({"message", "conversation_started", "subscribed", "unsubscribed", "delivered", "seen", "failed"})
IGNORED = frozenset({"webhook", "client_status"})
OPTIONAL: Mapping[str, str] = {"type": "open", "desc": ""}  # viberbot fails without them
RECEIPTS = {
    ViberDeliveredRequest: Receipt.DELIVERED,
    ViberSeenRequest: Receipt.READ,
    ViberFailedRequest: Receipt.FAILED,
}


def read(body: bytes) -> Mapping[str, Any]:
    """The JSON of a call."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raw = None
    if isinstance(raw, dict) and isinstance(raw.get("event"), str):
        return raw
    raise BadPayload("viber: the body is not a callback; a JSON object with an event was expected")


def parse(raw: Mapping[str, Any], account: str) -> Event:
    kind = raw["event"]
    if kind in IGNORED:
        return Ignored(kind)
    if kind not in EVENTS:
        return Ignored("unknown")
    if kind == "message" and not _is_known(raw.get("message")):
        return Ignored("unknown_message")
    try:
        request = create_request({**OPTIONAL, **raw})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        place = f"'{error.args[0]}'" if isinstance(error, KeyError) else type(error).__name__
        fault = BadPayload(f"viber: a part of {kind} is missing or of another type: {place}")
    else:
        return _event(request, raw, account)
    raise fault  # outside of the except: the library's error may quote the message


def _is_known(message: object) -> bool:
    """A kind of message newer than the library is let go; a message without any kind is broken."""
    if not isinstance(message, Mapping) or not isinstance(message.get("type"), str):
        _broken("message.type")
    return message["type"] in MESSAGE_TYPE_TO_CLASS


def _event(request: Any, raw: Mapping[str, Any], account: str) -> Event:
    match request:
        case ViberMessageRequest():
            return _message(request, raw["message"], account)
        case ViberConversationStartedRequest():
            return _opened(request, account)
        case ViberSubscribedRequest():
            return SubscriberReturned(_sender(request.user.id, request.user.name, account))
        case ViberUnsubscribedRequest():
            return SubscriberLeft(_sender(request.user_id, "", account), _moment(request.timestamp))
        case _:
            return _report(request, account)


def _message(request: ViberMessageRequest, raw: Mapping[str, Any], account: str) -> Event:
    if request.chat_id:
        return Ignored("not_private")
    text = _text(request.message, raw)
    attached = attachment(request.message, raw)
    if not text and not attached:
        return Ignored("empty_message")
    press = _press(request.message, text)
    return Incoming(
        external_id=_token(request.message_token),
        sender=_sender(request.sender.id, request.sender.name, account),
        kind=IncomingKind.PRESS if press else IncomingKind.TEXT,
        sent_at=_moment(request.timestamp),
        text="" if press else text,
        press=press,
        attachments=(attached,) if attached else (),
    )


def _text(message: Any, raw: Mapping[str, Any]) -> str:
    text = message.media if isinstance(message, URLMessage) else raw.get("text")
    if text is not None and not isinstance(text, str):
        _broken("message.text")
    return text or ""


def _press(message: Any, text: str) -> str:
    """A button sends a text; only one with a key of ours is a press."""
    key = text.removeprefix(PRESS)
    is_key = isinstance(message, TextMessage) and key != text and split_button_key(key) is not None
    return key if is_key else ""


def _opened(request: ViberConversationStartedRequest, account: str) -> Event:
    """Who has not subscribed can be greeted only in the answer to this call; a subscriber may be with a person now."""
    context = request.context or ""
    if not isinstance(context, str):
        _broken("context")
    is_subscribed = request.subscribed is True
    if is_subscribed and not context:
        return Ignored("conversation_started")
    return Incoming(
        external_id=_token(request.message_token),
        sender=_sender(request.user.id, request.user.name, account),
        kind=IncomingKind.START,
        sent_at=_moment(request.timestamp),
        is_greeted=not is_subscribed,
        referral=context if len(context) <= MAX_REFERRAL else "",
    )


def _report(request: Any, account: str) -> Report:
    reason = request.desc if isinstance(request, ViberFailedRequest) else ""
    return Report(
        sender=_sender(request.user_id, "", account),
        sent_as=_token(request.message_token),
        receipt=RECEIPTS[type(request)],
        reason=harmless(reason) if isinstance(reason, str) else "",
    )


def _sender(user_id: object, name: object, account: str) -> Sender:
    if not isinstance(user_id, str) or not 0 < len(user_id) <= MAX_CHAT_ID:
        _broken("the user's id")
    return Sender("viber", account, user_id, one_line(name, MAX_NAME) if isinstance(name, str) else "")


def _token(token: object) -> str:
    """64 bits: beyond what a JSON number holds in some languages, so it is a string from here on."""
    if type(token) is not int or not 0 <= token < 2**64:
        _broken("message_token")
    return str(token)


def _moment(timestamp_ms: object) -> datetime:
    if type(timestamp_ms) is not int or not 0 <= timestamp_ms < 10**14:
        _broken("timestamp")
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def _broken(place: str) -> NoReturn:
    raise BadPayload(f"viber: {place} is missing or not as documented")
