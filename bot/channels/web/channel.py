"""Web chat: our own widget and page over a WebSocket. A message is delivered when a tab reads it from the history;
`send` only wakes the tabs. Knows nothing of who answers."""

import re

from pydantic import Field, field_validator

from bot.channels.channel import Accept, Capabilities
from bot.channels.settings import ChannelSettings
from bot.channels.web.history import History
from bot.channels.web.parse import MAX_TEXT
from bot.channels.web.render import TYPING
from bot.channels.web.tabs import Tabs
from bot.channels.web.visitors import ACCOUNT, CHANNEL, Visitors
from bot.errors import BadPayload, Rejected, Untrusted
from bot.messages import Attachment, Event, File, Outgoing, Parsed, WebhookCall
from bot.storage.files import Files

ORIGIN = re.compile(r"https?://[^/\s?#@*]+")


class WebSettings(ChannelSettings):
    """The chat on the page at / and the widget for other sites."""

    title: str = Field(default="Чат поддержки", min_length=1, max_length=60, description="The name above the chat.")
    allowed_origins: tuple[str, ...] = Field(
        default=("*",),
        description='Sites that may embed the widget, like https://www.example.org; "*" is any site. '
        "The server's own pages always may.",
    )
    max_upload_mb: int = Field(default=10, ge=1, le=50, description="The largest file a visitor may send, in MB.")

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if origin != "*" and not ORIGIN.fullmatch(origin):
                raise ValueError(f'{origin!r} is not an origin; write "*" or one like https://www.example.org')
        return tuple(origin.lower() for origin in origins)


class WebChannel:
    """The chat of our site. A visitor's chat lives as long as the token in their browser."""

    name = CHANNEL
    account = ACCOUNT
    capabilities = Capabilities(
        max_text=MAX_TEXT, max_buttons=8, max_button_text=60, idempotent_send=True, max_file_bytes=20 * 1024 * 1024
    )

    def __init__(self, settings: WebSettings, history: History, files: Files) -> None:
        self.settings = settings
        self.history = history
        self.files = files
        self.max_upload_bytes = settings.max_upload_mb * 1024 * 1024
        self.tabs = Tabs()
        self.visitors = Visitors(history)

    async def connect(self) -> str:
        return "http chat at /"

    async def listen(self, accept: Accept) -> None:
        """The tabs come by themselves, through the routes."""

    def verify(self, call: WebhookCall) -> None:
        raise Untrusted("web: this channel has no webhook; visitors come through the page at / and the widget")

    def parse(self, body: bytes) -> Parsed:
        raise BadPayload("web: this channel has no webhook; frames are read by bot.channels.web.parse")

    async def send(self, message: Outgoing) -> str:
        """The row is already in the history; a tab that is not open reads it when it comes back."""
        self.wake(message.chat_id)
        return str(message.id)

    def wake(self, chat_id: str) -> None:
        """Let the tabs of the chat look for news. For those who learn of them in another process."""
        self.tabs.wake(chat_id)

    async def acknowledge(self, event: Event) -> None:
        """The tab was told by its session."""

    async def show_typing(self, chat_id: str) -> None:
        self.tabs.push(chat_id, TYPING)

    async def fetch(self, attachment: Attachment) -> File:
        raise Rejected("web: what a visitor sends is kept at once; there is nothing to fetch")

    async def name_of(self, chat_id: str) -> str:
        return ""

    async def close(self) -> None:
        self.tabs.dismiss_all()
