"""The channel of the operator's own app: joins parsing, rendering and calls. By webhook only."""

import hmac
import json

from bot.channels.api.client import Client
from bot.channels.api.parse import parse
from bot.channels.api.render import CAPABILITIES, render
from bot.channels.api.settings import SIGNATURE_HEADER, ApiSettings, signature
from bot.channels.channel import Accept
from bot.errors import ChannelDown, ConfigError, Rejected, Untrusted
from bot.messages import Attachment, Event, File, Outgoing, Parsed, WebhookCall

NO_ADDRESS = "api: channels.api.callback_url is empty; set it to where the app takes our messages"


class ApiChannel:
    """One app of the operator."""

    name = "api"
    capabilities = CAPABILITIES

    def __init__(self, settings: ApiSettings, secret: str, *, timeout_s: float = 20) -> None:
        if len(secret.strip()) < 16:
            raise ConfigError(["OTKLIK_API_SECRET is shorter than 16 characters; make one: openssl rand -hex 32"])
        self._secret = secret
        self._client = Client(settings.callback_url, timeout_s)

    async def connect(self) -> str:
        if not self._client.url:
            raise ChannelDown(NO_ADDRESS)
        return "webhook"

    async def listen(self, accept: Accept) -> None:
        """The app calls us; there is nothing to ask for."""

    def verify(self, call: WebhookCall) -> None:
        # Bytes: `compare_digest` raises on a str with other than ASCII in it.
        given = call.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, signature(self._secret, call.body).encode()):
            raise Untrusted(f"api: the call does not carry our signature in {SIGNATURE_HEADER}")

    def parse(self, body: bytes) -> Parsed:
        return Parsed((parse(body),))

    async def send(self, message: Outgoing) -> str:
        """The app knows the message by the id that we give it."""
        content = render(message)
        body = json.dumps(content).encode()
        signed = {SIGNATURE_HEADER: signature(self._secret, body), "Content-Type": "application/json"}
        await self._client.post(body, signed)
        return str(content["id"])

    async def acknowledge(self, event: Event) -> None:
        """The app hears nothing but our answer to its call."""

    async def show_typing(self, chat_id: str) -> None:
        """The app is called with messages only."""

    async def fetch(self, attachment: Attachment) -> File:
        raise Rejected("api: the app sends no files")

    async def name_of(self, chat_id: str) -> str:
        return ""  # the app's own calls carry it

    async def close(self) -> None:
        await self._client.close()
