"""What the stand-in remembers: the bot's account, its subscribers with their messages and keyboards, files."""

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from standins.pulse import Pulse
from standins.viber.errors import NOT_REGISTERED, NOT_SUBSCRIBED, TOO_MANY, ApiError, Json

ACCOUNT = "pa:75346594275468546724"
API_VERSION = 10
UNANSWERED = 100  # messages within an hour, while the subscriber says nothing
HOUR_S = 3600
SESSION_S = 24 * HOUR_S  # how long messages are free after the subscriber's last one
FREE, IN_SESSION, CHARGED = 0, 2, 5  # billing statuses of a bot on commercial terms


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A picture, video or file on the screen, as the app downloaded it."""

    kind: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    token: int
    body: Json  # as in the API
    mine: bool = False  # the subscriber's
    files: tuple[SeenFile, ...] = ()


@dataclass(slots=True)
class Subscriber:
    """A Viber user, subscribed to the bot or not. Ids differ from bot to bot."""

    id: str
    name: str
    subscribed: bool = False
    api_version: int = API_VERSION
    tells_delivered: bool = True  # the bot is told of every delivery
    reads_at_once: bool = True  # and of every reading; otherwise see `Phone.reads`
    messages: list[Message] = field(default_factory=list)  # on the screen, of both sides
    unread: list[int] = field(default_factory=list)  # tokens
    keyboard: Json | None = None  # the last one that came: it stays until the next
    tracking: str = ""  # of the bot's last message; goes back with the subscriber's
    failing: deque[str] = field(default_factory=deque)  # why the app will not show the next messages
    last_wrote_at: float = 0
    sent_at: deque[float] = field(default_factory=deque)  # the bot's messages since then

    @property
    def shape(self) -> Json:
        named = {"name": self.name, "avatar": "https://media-direct.viber.com/download_photo?dlid=0"}
        return {"id": self.id, **named, "language": "ru", "country": "RU", "api_version": self.api_version}


def tokens() -> Iterator[int]:
    """64-bit, beyond what a float can hold, and never again after a restart."""
    return itertools.count(4_000_000_000_000_000_000 + time.time_ns())


@dataclass(slots=True)
class World:
    pulse: Pulse = field(default_factory=Pulse)
    clock: Callable[[], float] = time.time
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)  # what subscribers sent, by path
    tokens: Iterator[int] = field(default_factory=tokens)

    @property
    def now_ms(self) -> int:
        return int(self.clock() * 1000)

    def subscriber(self, user_id: object) -> Subscriber:
        found = self.subscribers.get(user_id) if isinstance(user_id, str) else None
        if found is None:
            raise ApiError(NOT_REGISTERED)
        return found

    def reachable(self, user_id: object) -> Subscriber:
        """The user, if the bot may write to them."""
        found = self.subscriber(user_id)
        if not found.subscribed:
            raise ApiError(NOT_SUBSCRIBED)
        return found

    def count(self, to: Subscriber) -> int:
        """One more message to them: its billing status. Raises ApiError when there were too many."""
        now = self.clock()
        while to.sent_at and to.sent_at[0] <= now - HOUR_S:
            to.sent_at.popleft()
        if len(to.sent_at) >= UNANSWERED:
            raise ApiError(TOO_MANY, "Too many requests")
        to.sent_at.append(now)
        return IN_SESSION if now - to.last_wrote_at < SESSION_S else CHARGED

    def hear(self, subscriber: Subscriber) -> None:
        """They wrote: that subscribes them and opens a session."""
        subscriber.subscribed = True
        subscriber.last_wrote_at = self.clock()
        subscriber.sent_at.clear()

    def store(self, name: str, content: bytes) -> str:
        """The path of a file under the stand-in's media address."""
        path = f"{len(self.files) + 1}/{name}"
        self.files[path] = content
        return path
