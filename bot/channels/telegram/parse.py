"""Telegram's updates -> events. Pure: no network, no clock, no secret. One update makes exactly one event."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update, User
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError
from pydantic_core import from_json

from bot.channels.telegram.attachments import ATTACHED, attachment
from bot.errors import BadPayload
from bot.messages import Event, Ignored, Incoming, IncomingKind, Sender, SubscriberLeft, SubscriberReturned

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
CALLBACK = "cb:"  # external ids of presses; a message's is "<chat>:<message>"
START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<referral>\S{1,64}))?(?:\s|$)")
MAX_NAME = 200
ESSENTIAL = frozenset({"message_id", "date", "chat", "from", "text", "caption", *ATTACHED})


@dataclass(frozen=True, slots=True)
class Receipt:
    """By which bot and when an update was received: a press carries no time of its own."""

    account: str
    at: datetime


def read(body: bytes) -> Mapping[str, Any]:
    """The JSON of an update. Raises BadPayload and nothing else."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raw = None
    if isinstance(raw, dict) and update_id(raw) is not None:
        return raw
    raise BadPayload("telegram: the body is not an update; a JSON object with an update_id was expected")


def update_id(raw: object) -> int | None:
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    return number if type(number) is int else None


def parse(raw: Mapping[str, Any], receipt: Receipt) -> Event:
    """Raises BadPayload and nothing else."""
    try:
        return _event(_update(raw), receipt)
    except (ValueError, OverflowError, RecursionError) as error:
        fault = BadPayload(f"telegram: the update is not as documented: {_place(error)}")
    raise fault  # outside of the except: pydantic's error quotes the message


def _update(raw: Mapping[str, Any]) -> Update:
    """A part newer than our library (a kind of forward, a reaction) must not cost us the message it is in."""
    try:
        return Update.model_validate(raw)
    except ValidationError:
        return Update.model_validate({key: _essential(value) for key, value in raw.items()})


def _essential(value: Any) -> Any:
    if isinstance(value, Mapping) and "message_id" in value:
        return {key: part for key, part in value.items() if key in ESSENTIAL}
    if isinstance(value, Mapping) and "message" in value:
        return {**value, "message": _essential(value["message"])}
    return value


def _place(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return type(error).__name__
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])} ({first['type']})"


def _event(update: Update, receipt: Receipt) -> Event:
    if update.message:
        return _message(update.message, receipt)
    if update.callback_query:
        return _press(update.callback_query, receipt)
    if update.my_chat_member:
        return _membership(update.my_chat_member, receipt)
    try:
        kind = update.event_type
    except UpdateTypeLookupError:
        return Ignored("unknown")
    return Ignored("not_private" if kind.endswith("channel_post") else kind)


def _message(message: Message, receipt: Receipt) -> Event:
    if message.chat.type != "private":
        return Ignored("not_private")
    if message.from_user is None or message.from_user.is_bot:
        return Ignored("from_bot")
    text = message.text or message.caption or ""
    attached = attachment(message)
    if not text and not attached:
        return Ignored(ContentType(message.content_type).value)
    start = None if attached else START.match(text)
    return Incoming(
        external_id=f"{message.chat.id}:{message.message_id}",
        sender=_sender(message.chat.id, message.from_user, receipt),
        kind=IncomingKind.START if start else IncomingKind.TEXT,
        sent_at=_utc(message.date),
        text="" if start else text,
        attachments=(attached,) if attached else (),
        referral=(start["referral"] or "") if start else "",
    )


def _press(query: CallbackQuery, receipt: Receipt) -> Event:
    chat = query.message.chat if query.message else None
    if chat and chat.type != "private":
        return Ignored("not_private")
    if not query.data:
        return Ignored("callback_query")
    return Incoming(
        external_id=f"{CALLBACK}{query.id}",
        sender=_sender(chat.id if chat else query.from_user.id, query.from_user, receipt),
        kind=IncomingKind.PRESS,
        sent_at=_utc(receipt.at),
        press=query.data,
    )


def _membership(change: ChatMemberUpdated, receipt: Receipt) -> Event:
    if change.chat.type != "private":
        return Ignored("not_private")
    sender = _sender(change.chat.id, change.from_user, receipt)
    if change.new_chat_member.status in ("kicked", "left"):
        return SubscriberLeft(sender, _utc(change.date))
    return SubscriberReturned(sender)


def _sender(chat_id: int, user: User, receipt: Receipt) -> Sender:
    return Sender("telegram", receipt.account, str(chat_id), user.full_name.strip()[:MAX_NAME])


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
