"""Who opens which chat. The secret token stays with the visitor; the rest of the product sees only its digest,
so that nobody who reads the database can open a chat."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from bot.channels.web.history import History
from bot.messages import Sender

CHANNEL = "web"
ACCOUNT = "site"
REMEMBERED = 10_000

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def chat_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Visitor:
    token: str = field(repr=False)
    sender: Sender
    is_new: bool


class Visitors:
    """Knows a token when its chat has messages, or when it was given out lately and the greeting is on its way."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._given: dict[str, None] = {}

    async def admit(self, token: str, name: str = "") -> Visitor:
        """The visitor of this token; a new one for a token that is malformed or opens nothing."""
        if await self.find(token):
            return Visitor(token, Sender(CHANNEL, ACCOUNT, chat_of(token), name), is_new=False)
        token = secrets.token_urlsafe(24)
        chat_id = chat_of(token)
        self._remember(chat_id)
        return Visitor(token, Sender(CHANNEL, ACCOUNT, chat_id, name), is_new=True)

    async def find(self, token: str) -> Sender | None:
        if not TOKEN.fullmatch(token):
            return None
        sender = Sender(CHANNEL, ACCOUNT, chat_of(token))
        known = sender.chat_id in self._given or await self._history.after(sender, 0, 1)
        return sender if known else None

    def _remember(self, chat_id: str) -> None:
        self._given[chat_id] = None
        if len(self._given) > REMEMBERED:
            del self._given[next(iter(self._given))]
