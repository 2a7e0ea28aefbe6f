"""Stands in for a channel that could not be made: a malformed token, a missing address. It is down, says why, and keeps
nobody else from working; what was to be sent waits until the configuration is mended."""

from typing import NoReturn

from bot.channels.channel import Accept, Capabilities, Standing
from bot.errors import BadPayload, ChannelDown, Unreachable, Untrusted
from bot.messages import Attachment, Event, File, Outgoing, Parsed, WebhookCall


class BrokenChannel:
    """Implements Channel and Hooked by refusing."""

    capabilities = Capabilities(max_text=1000, max_buttons=4, max_button_text=20)

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason

    async def connect(self) -> str:
        self._refuse()

    async def listen(self, accept: Accept) -> None:
        self._refuse()

    def verify(self, call: WebhookCall) -> None:
        raise Untrusted(f"{self.name} is not configured: nobody can be trusted")

    def parse(self, body: bytes) -> Parsed:
        raise BadPayload(f"{self.name} is not configured")

    async def send(self, message: Outgoing) -> str:
        raise Unreachable(self.reason)

    async def acknowledge(self, event: Event) -> None: ...

    async def show_typing(self, chat_id: str) -> None: ...

    async def fetch(self, attachment: Attachment) -> File:
        raise Unreachable(self.reason)

    async def name_of(self, chat_id: str) -> str:
        return ""

    async def inspect(self) -> Standing:
        self._refuse()

    async def set_webhook(self) -> str:
        self._refuse()

    async def delete_webhook(self) -> None:
        self._refuse()

    async def close(self) -> None: ...

    def _refuse(self) -> NoReturn:
        raise ChannelDown(self.reason)
