"""The terminal as a channel: `otklik chat`. What the bot sends is kept until somebody takes it."""

from datetime import UTC, datetime

from bot.channels.channel import Accept, Capabilities
from bot.errors import BadPayload, Rejected, Untrusted
from bot.messages import (
    Attachment,
    Event,
    File,
    Incoming,
    IncomingKind,
    Outgoing,
    Parsed,
    Sender,
    WebhookCall,
    button_key,
)

SENDER = Sender(channel="terminal", account="terminal", chat_id="me")


class Terminal:
    """One person at a keyboard."""

    name = SENDER.channel
    capabilities = Capabilities(max_text=100_000, max_buttons=12, max_button_text=80, idempotent_send=True)

    def __init__(self) -> None:
        self._said: list[Outgoing] = []
        self._lines = 0
        self._keys: dict[str, str] = {}

    def read(self, line: str) -> Incoming:
        """A line is a message; a button's number or its label presses it."""
        self._lines += 1
        key = self._keys.get(line.strip().casefold(), "")
        kind = IncomingKind.PRESS if key else IncomingKind.TEXT
        return Incoming(str(self._lines), SENDER, kind, datetime.now(UTC), text="" if key else line, press=key)

    def take(self) -> list[Outgoing]:
        """What was said since the last time; its buttons are those that the next line may press."""
        said, self._said = self._said, []
        buttons = [(message.id, place, button) for message in said for place, button in enumerate(message.buttons)]
        if said:
            self._keys = {button.text.casefold(): button_key(row, place) for row, place, button in buttons}
            self._keys |= {str(number): button_key(row, place) for number, (row, place, _) in enumerate(buttons, 1)}
        return said

    async def connect(self) -> str:
        return "this terminal"

    async def listen(self, accept: Accept) -> None:
        """Lines are read by the command, one after the answer to the last."""

    def verify(self, call: WebhookCall) -> None:
        raise Untrusted("terminal: this channel has no webhook")

    def parse(self, body: bytes) -> Parsed:
        raise BadPayload("terminal: this channel has no webhook")

    async def send(self, message: Outgoing) -> str:
        self._said.append(message)
        return str(message.id)

    async def acknowledge(self, event: Event) -> None: ...

    async def show_typing(self, chat_id: str) -> None: ...

    async def fetch(self, attachment: Attachment) -> File:
        raise Rejected("terminal: there are no attachments here")

    async def name_of(self, chat_id: str) -> str:
        return ""

    async def close(self) -> None: ...
