"""The methods of the bot API."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from standins.viber.callbacks import MANDATORY, OPTIONAL, Callbacks, Webhook
from standins.viber.delivery import Delivery
from standins.viber.errors import (
    BAD_REQUEST,
    HOSTNAME,
    INVALID_URL,
    MISSING,
    NO_WEBHOOK,
    OK,
    TOO_MANY,
    VERSION_NOT_SUPPORTED,
    WORDS,
    ApiError,
    Json,
)
from standins.viber.rules import check_message
from standins.viber.world import ACCOUNT, Message, Subscriber, World

Answer = Callable[[Json], Awaitable[Json]]
MAX_BROADCAST = 300
MAX_ONLINE = 100
MAX_DETAILS = 2  # for one user in 12 hours
LOOPBACK = {"127.0.0.1", "localhost"}


@dataclass(slots=True)
class Methods:
    world: World
    callbacks: Callbacks
    delivery: Delivery
    sent: list[Json] = field(default_factory=list)  # what send_message took
    _asked: Counter[str] = field(default_factory=Counter)

    def find(self, name: str) -> Answer | None:
        methods: dict[str, Answer] = {
            "set_webhook": self.set_webhook,
            "get_account_info": self.get_account_info,
            "get_user_details": self.get_user_details,
            "get_online": self.get_online,
            "send_message": self.send_message,
            "broadcast_message": self.broadcast_message,
        }
        return methods.get(name)

    async def set_webhook(self, body: Json) -> Json:
        """The bot is called before it is answered; a webhook that cannot be set leaves the old one in place."""
        if "url" not in body:
            raise ApiError(MISSING, "missingData: url")
        if not body["url"]:
            self.callbacks.webhook = None
            return _ok(event_types=[])
        wanted = _event_types(body.get("event_types"))
        await self._check_url(str(body["url"]))
        self.callbacks.webhook = Webhook(
            str(body["url"]),
            tuple(wanted),
            send_name=body.get("send_name") is True,
            send_photo=body.get("send_photo") is True,
        )
        return _ok(event_types=wanted)

    async def get_account_info(self, _body: Json) -> Json:
        webhook = self.callbacks.webhook
        subscribers = sum(subscriber.subscribed for subscriber in self.world.subscribers.values())
        return _ok(
            id=ACCOUNT,
            name="Test Bot",
            uri="testoperatorbot",
            icon="https://media-direct.viber.com/pg_download?id=0",
            category="Companies, Brands & Products",
            subcategory="Telecom",
            country="RU",
            webhook=webhook.url if webhook else "",
            event_types=list(webhook.event_types) if webhook else [],
            subscribers_count=subscribers,
        )

    async def get_user_details(self, body: Json) -> Json:
        user = self.world.reachable(body.get("id"))
        self._asked[user.id] += 1
        if self._asked[user.id] > MAX_DETAILS:
            raise ApiError(TOO_MANY)
        device = {"primary_device_os": "android 14", "viber_version": "22.1.0", "mcc": 250, "mnc": 0}
        details = {**user.shape, **device, "device_type": "phone"}
        return _ok(message_token=next(self.world.tokens), user=details)

    async def get_online(self, body: Json) -> Json:
        ids = body.get("ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_ONLINE:
            raise ApiError(BAD_REQUEST, f"badData: ids must name 1 to {MAX_ONLINE} users")
        return _ok(users=[self._online(user_id) for user_id in ids])

    async def send_message(self, body: Json) -> Json:
        self._check_webhook()
        check_message(body)
        if "receiver" not in body:
            raise ApiError(MISSING, "missingData: receiver")
        to = self.world.reachable(body["receiver"])
        token = next(self.world.tokens)
        billing = self._send(to, body, token)
        self.sent.append(body)
        return _ok(message_token=token, billing_status=billing)

    async def broadcast_message(self, body: Json) -> Json:
        """One message to many: those who could not get it are listed, the others have it under one token."""
        self._check_webhook()
        check_message(body)
        receivers = body.get("broadcast_list")
        if not isinstance(receivers, list) or not 1 <= len(receivers) <= MAX_BROADCAST:
            raise ApiError(BAD_REQUEST, f"badData: broadcast_list must name 1 to {MAX_BROADCAST} users")
        token, failed = next(self.world.tokens), []
        for receiver in receivers:
            try:
                self._send(self.world.reachable(receiver), body, token)
            except ApiError as error:
                failed.append({"receiver": receiver, "status": error.status, "status_message": error.words})
        return _ok(message_token=token, failed_list=failed)

    def _send(self, to: Subscriber, body: Json, token: int) -> int:
        if body.get("min_api_version", 1) > to.api_version:
            raise ApiError(VERSION_NOT_SUPPORTED)
        billing = self.world.count(to)
        self.delivery.bring(to, Message(token, body))
        return billing

    def _online(self, user_id: object) -> Json:
        try:
            self.world.reachable(user_id)
        except ApiError:
            return {"id": user_id, "online_status": 4, "online_status_message": "unavailable"}
        return {"id": user_id, "online_status": 0, "online_status_message": "online"}

    async def _check_url(self, text: str) -> None:
        url = urlsplit(text)
        if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK):
            raise ApiError(INVALID_URL, "invalidUrl: an https address is needed")
        if not await self.callbacks.answers(text):
            raise ApiError(INVALID_URL, "invalidUrl: the webhook did not answer with 200")

    def _check_webhook(self) -> None:
        if self.callbacks.webhook is None:
            raise ApiError(NO_WEBHOOK)


def _event_types(wanted: Any) -> list[str]:
    """Of the optional ones: all when the bot names none; the mandatory ones come anyway."""
    if wanted is None:
        return list(OPTIONAL)
    known = {*OPTIONAL, *MANDATORY, "webhook", "client_status"}
    if not isinstance(wanted, list) or not set(wanted) <= known:
        raise ApiError(BAD_REQUEST, f"badData: event_types must be of {', '.join(sorted(known))}")
    return wanted


def _ok(**fields: Any) -> Json:
    return {"status": OK, "status_message": WORDS[OK], "chat_hostname": HOSTNAME, **fields}
