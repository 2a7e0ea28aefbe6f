"""The Viber channel: joins parsing, rendering and calls. By webhook only: Viber has nothing else."""

import asyncio
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.channels.channel import Accept, Standing
from bot.channels.viber import tickets
from bot.channels.viber.client import MAX_FILE_BYTES, TIMING, Client, Timing
from bot.channels.viber.parse import parse, read
from bot.channels.viber.render import CAPABILITIES, Look, ending, render, render_file, render_welcome
from bot.channels.viber.settings import SIGNATURE_HEADER, ViberSettings, signature
from bot.dialogue.ports import Draft
from bot.errors import BadPayload, ChannelDown, ConfigError, Rejected, SendError, Uncertain, Untrusted
from bot.messages import Attachment, Event, File, Ignored, Incoming, Outgoing, Parsed, WebhookCall
from bot.storage.files import Files

log = structlog.get_logger()
TOKEN = re.compile(r"[!-~]+")
EVENT_TYPES = ("delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started")
NO_ADDRESS = (
    "viber: it works by webhook only, and channels.viber.public_url is empty; "
    "set it to the https address under which Viber reaches us, e.g. https://bot.example.org"
)
HOOK_IT = "run: otklik webhook set --channel viber"


class ViberChannel:
    """One Viber bot."""

    name = "viber"
    capabilities = CAPABILITIES

    def __init__(  # what it needs of the world has this many sides
        self,
        settings: ViberSettings,
        token: str,
        *,
        files: Files,
        welcome: Callable[[], Draft],
        timing: Timing = TIMING,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._token = _checked(token)
        self.account = account_of(self._token)
        self._settings = settings
        self._look = Look(settings.sender_name, settings.avatar)
        self._files = files
        self._welcome = welcome
        self._now = now
        self._tickets = tickets.key_of(self._token)
        self._client = Client(settings.api, self._token, timing)

    async def connect(self) -> str:
        address = self._address()
        account = await self._account()
        if _hooked(account) != (address, True):
            await self.set_webhook()
        return f"{account.get('name', '')}, webhook"

    async def listen(self, accept: Accept) -> None:
        """Viber calls us; there is nothing to ask for."""

    def verify(self, call: WebhookCall) -> None:
        # Bytes: `compare_digest` raises on a str with other than ASCII in it.
        given = call.headers.get(SIGNATURE_HEADER, "").lower().encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, signature(self._token, call.body).encode()):
            raise Untrusted(f"viber: the webhook call does not carry our signature in {SIGNATURE_HEADER}")

    def parse(self, body: bytes) -> Parsed:
        """What Viber signed and we cannot read is let go, with a trace: refused, Viber would repeat it for an hour."""
        raw = read(body)
        try:
            event = parse(raw, self.account)
        except BadPayload as error:
            log.warning("viber_event_unreadable", reason=str(error))
            return Parsed((Ignored("unreadable"),))
        if isinstance(event, Incoming) and event.is_greeted:
            welcome = render_welcome(self._welcome(), self._look)
            return Parsed((event,), json.dumps(welcome, ensure_ascii=False))
        return Parsed((event,))

    async def send(self, message: Outgoing) -> str:
        answer = await self._client.call("send_message", self._content(message))
        sent_as = answer.get("message_token")
        if type(sent_as) is not int:
            raise Uncertain("viber: the answer to send_message has no message_token")
        return str(sent_as)

    async def acknowledge(self, event: Event) -> None:
        """Viber hears nothing but our answer to its call."""

    async def show_typing(self, chat_id: str) -> None:
        """Viber's bots cannot."""

    async def fetch(self, attachment: Attachment) -> File:
        if attachment.size_bytes > MAX_FILE_BYTES:
            raise Rejected(f"viber: a file of {attachment.size_bytes} bytes; we take at most {MAX_FILE_BYTES}")
        if not attachment.ref:
            raise Rejected(f"viber: there are no bytes behind a {attachment.kind}")
        content = await self._client.download(attachment.ref)
        return File(content, attachment.mime or "application/octet-stream", attachment.name)

    async def name_of(self, chat_id: str) -> str:
        return ""  # every message carries it, and Viber tells it by itself only twice a day

    async def inspect(self) -> Standing:
        account = await self._account()
        webhook, is_complete = _hooked(account)
        who = f"{account.get('name', '')}, subscribers: {account.get('subscribers_count', 0)}"
        return Standing(who, webhook, tuple(self._faults(webhook, is_complete)))

    async def set_webhook(self) -> str:
        address = self._address()
        await self._hook(address)
        return address

    async def delete_webhook(self) -> None:
        await self._hook("")

    async def lend(self, ticket: str) -> File:
        kept = tickets.redeem(self._tickets, ticket, self._now())
        file = await asyncio.to_thread(self._files.read, kept)
        if file is None:
            raise Untrusted("viber: the file of this ticket is gone")
        return file

    async def close(self) -> None:
        await self._client.close()

    def _address(self) -> str:
        if not self._settings.public_url:
            raise ChannelDown(NO_ADDRESS)
        return self._settings.webhook

    async def _account(self) -> Mapping[str, Any]:
        try:
            return await self._client.call("get_account_info", {})
        except SendError as error:
            fault = ChannelDown(str(error))
        raise fault

    async def _hook(self, address: str) -> None:
        """Viber calls the address before it answers us: our web server must be up."""
        wanted = {"event_types": EVENT_TYPES, "send_name": True, "send_photo": False} if address else {}
        try:
            await self._client.call("set_webhook", {"url": address, **wanted})
        except SendError as error:
            fault = ChannelDown(str(error))
        else:
            return
        raise fault

    def _faults(self, webhook: str, is_complete: bool) -> list[str]:
        if not self._settings.public_url:
            return [NO_ADDRESS]
        if webhook != self._settings.webhook:
            return [f"viber: it calls {webhook or 'no address'} instead of {self._settings.webhook}; {HOOK_IT}"]
        return [] if is_complete else [f"viber: it does not report every kind of event; {HOOK_IT}"]

    def _content(self, message: Outgoing) -> Mapping[str, Any]:
        if message.attachment is None:
            return render(message, self._look)
        attachment = _sized(message.attachment, message.file)
        if not attachment.kept:
            raise Rejected("viber: a file that is not kept cannot be sent: Viber takes it from us")
        if attachment.size_bytes > CAPABILITIES.max_file_bytes:
            raise Rejected(f"viber: a file of {attachment.size_bytes} bytes; it takes {CAPABILITIES.max_file_bytes}")
        ticket = tickets.issue(self._tickets, attachment.kept, ending(attachment), self._now())
        return render_file(message, attachment, f"{self._settings.webhook}/files/{ticket}", self._look)


def account_of(token: str) -> str:
    """Which bot, without asking anybody: events may come before we are connected."""
    return hmac.digest(token.encode(), b"otklik viber account", "sha256").hex()[:16]


def _checked(token: str) -> str:
    bare = token.strip()
    if not TOKEN.fullmatch(bare):
        raise ConfigError(["OTKLIK_VIBER_TOKEN is not a bot's token (like 445da6az1s345z78-...); copy it from Viber"])
    return bare


def _hooked(account: Mapping[str, Any]) -> tuple[str, bool]:
    """The address that Viber calls, and whether it tells everything we need."""
    webhook, kinds = account.get("webhook"), account.get("event_types")
    told = {kind for kind in kinds if isinstance(kind, str)} if isinstance(kinds, list) else set()
    return (webhook if isinstance(webhook, str) else ""), told.issuperset(EVENT_TYPES)


def _sized(attachment: Attachment, file: File | None) -> Attachment:
    return replace(attachment, size_bytes=len(file.content)) if file else attachment
