"""The VK channel: joins parsing, rendering and calls. By Bots Long Poll or by the Callback API."""

import asyncio
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import structlog

from bot.channels.channel import Accept, Standing
from bot.channels.vk.arrivals import Arrivals
from bot.channels.vk.client import TIMING, Client, Timing
from bot.channels.vk.community import Community
from bot.channels.vk.errors import TokenRefused
from bot.channels.vk.files import Files
from bot.channels.vk.parse import CALLBACK, Arrival, parse, read
from bot.channels.vk.polling import Polling, begin
from bot.channels.vk.render import CAPABILITIES, render
from bot.channels.vk.sender import Sender
from bot.channels.vk.settings import VkSettings, secret_for
from bot.channels.vk.standing import standing
from bot.errors import BadPayload, ChannelDown, ConfigError, SendError, Untrusted
from bot.messages import (
    Attachment,
    Event,
    File,
    Ignored,
    Incoming,
    IncomingKind,
    Outgoing,
    Parsed,
    WebhookCall,
    one_line,
)
from bot.storage.cursors import Cursors

log = structlog.get_logger()
TOKEN = re.compile(r"[\w.-]{20,1000}", re.ASCII)
TAKEN = "ok"  # VK repeats an event until it reads these two letters
CONFIRMATION = "confirmation"
SPARE_CALLS = 10  # typing is only shown while so many calls are left for messages
MAX_NAME = 200


class VkChannel:
    """One VK community, in chats with one person only."""

    name = "vk"
    capabilities = CAPABILITIES

    def __init__(
        self,
        settings: VkSettings,
        token: str,
        webhook_secret: str,
        cursors: Cursors,
        *,
        timing: Timing = TIMING,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        token = token.strip()
        if not TOKEN.fullmatch(token):
            raise ConfigError(
                ["OTKLIK_VK_TOKEN is not a token (vk1.a.…); make one in the community's settings, API usage"]
            )
        self._settings = settings
        self._secret = secret_for(token, webhook_secret)
        self._cursors = cursors
        self._arrivals = Arrivals(now)
        self._client = Client(settings.api, token, timing)
        self._community = Community(self._client)
        self._sender = Sender(self._client)
        self._files = Files(self._client, settings.api)
        self._confirmation = ""
        self._acknowledging: set[asyncio.Task[None]] = set()

    @property
    def account(self) -> str:
        return self._community.id

    async def connect(self) -> str:
        with _down():
            group = await self._community.identify()
            if self._settings.mode == "polling":
                await self._open_long_poll()
        if self._settings.mode == "webhook":
            await self.set_webhook()
        return f"{group.title}, {self._settings.mode}"

    async def listen(self, accept: Accept) -> None:
        async def take(raw: object) -> None:
            event = self._event(raw)
            await accept(event)
            self._acknowledge_soon(event)

        if self._settings.mode == "polling":
            await Polling(self._client, self.account, self._cursors, take).run()

    def verify(self, call: WebhookCall) -> None:
        """VK signs nothing: the secret is in the body."""
        try:
            raw = read(call.body)
        except BadPayload:
            raise Untrusted("vk: the webhook call is not an event of VK") from None
        # Whether VK puts the secret into a confirmation is not documented; the answer serves nobody but VK.
        is_open = raw["type"] == CONFIRMATION and "secret" not in raw
        if not is_open and not self._is_secret(raw.get("secret")):
            raise Untrusted("vk: the webhook call does not carry our secret")
        if str(raw["group_id"]) != self.account:
            raise Untrusted("vk: the webhook call is not of our community, or we are not connected yet")

    def parse(self, body: bytes) -> Parsed:
        raw = read(body)
        if raw["type"] != CONFIRMATION:
            return Parsed((self._event(raw),), TAKEN)
        if not self._confirmation:
            raise BadPayload("vk: asked for the confirmation of our address before we know it; VK must ask again")
        return Parsed((), self._confirmation)

    async def acknowledge(self, event: Event) -> None:
        """Stops the spinner on a pressed button. For a webhook's events: `listen` does it itself."""
        if not isinstance(event, Incoming) or event.kind is not IncomingKind.PRESS:
            return
        if not event.external_id.startswith(CALLBACK):  # a button with a text: there is no spinner
            return
        chat_id, press = event.sender.chat_id, event.external_id.removeprefix(CALLBACK)
        try:
            await self._client.call("messages.sendMessageEventAnswer", event_id=press, user_id=chat_id, peer_id=chat_id)
        except SendError as error:
            log.debug("vk_press_not_answered", reason=str(error))

    async def send(self, message: Outgoing) -> str:
        attachment = await self._files.put(message.file, message.chat_id) if message.file else ""
        return await self._sender.send(render(message, attachment))

    async def show_typing(self, chat_id: str) -> None:
        if self._client.pace.free > SPARE_CALLS:
            with suppress(SendError):
                await self._client.call("messages.setActivity", peer_id=chat_id, type="typing")

    async def fetch(self, attachment: Attachment) -> File:
        return await self._files.fetch(attachment)

    async def name_of(self, chat_id: str) -> str:
        found = await self._client.call("users.get", user_ids=chat_id)
        user = found[0] if isinstance(found, list) and found else None
        if not isinstance(user, Mapping) or user.get("deactivated"):
            return ""
        return one_line(f"{user.get('first_name', '')} {user.get('last_name', '')}", MAX_NAME)

    async def inspect(self) -> Standing:
        with _down():
            group = await self._community.identify()
            return await standing(self._community, group, mode=self._settings.mode, address=self._address)

    async def set_webhook(self) -> str:
        if not self._settings.public_url:
            raise ChannelDown("vk: channels.vk.public_url is empty; set it, e.g. https://bot.example.org")
        with _down():
            await self._community.identify()
            self._confirmation = await self._community.confirmation()
            await self._community.set_server(self._address, self._secret)
            await self._community.await_confirmation()
        return self._address

    async def delete_webhook(self) -> None:
        with _down():
            await self._community.identify()
            await self._community.delete_server()

    async def close(self) -> None:
        if self._acknowledging:
            _, late = await asyncio.wait(self._acknowledging, timeout=1)
            for acknowledging in late:
                acknowledging.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._sender.close()
        await self._client.close()

    def _is_secret(self, given: object) -> bool:
        # Bytes: `compare_digest` raises on a str with other than ASCII in it.
        secret = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else b""
        return hmac.compare_digest(secret, self._secret.encode())

    @property
    def _address(self) -> str:
        return f"{self._settings.public_url.rstrip('/')}/webhooks/vk"

    async def _open_long_poll(self) -> None:
        """A token that may not look at the settings can do without, as long as they are right."""
        try:
            await self._community.open_long_poll()
            await begin(self._client, self.account, self._cursors)
        except TokenRefused as error:
            log.warning("vk_long_poll_not_checked", reason=str(error))

    def _event(self, raw: object) -> Event:
        """An event we cannot read is let go, with a trace: refused, VK would repeat it and hold up its chat."""
        try:
            return parse(raw, Arrival(self.account, self._arrivals.first(raw)))
        except BadPayload as error:
            log.warning("vk_event_unreadable", reason=str(error))
            return Ignored("unreadable")

    def _acknowledge_soon(self, event: Event) -> None:
        acknowledging = asyncio.create_task(self.acknowledge(event))
        self._acknowledging.add(acknowledging)
        acknowledging.add_done_callback(self._acknowledging.discard)


@contextmanager
def _down() -> Iterator[None]:
    try:
        yield
    except SendError as error:
        raise ChannelDown(str(error)) from error
