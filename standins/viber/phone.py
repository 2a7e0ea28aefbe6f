"""A subscriber with a phone: opens the chat, writes, sends, presses, unsubscribes, and sees what Viber shows."""

import json
from collections.abc import Callable
from typing import Any

from standins.viber.callbacks import Callbacks
from standins.viber.delivery import Delivery
from standins.viber.errors import ApiError, Json
from standins.viber.keyboards import label, labels
from standins.viber.rules import check_message
from standins.viber.screen import Seen, seen_of
from standins.viber.world import Message, SeenFile, Subscriber, World

PIXEL = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


class Phone:
    """`media` is the address under which the subscriber's files can be had."""

    def __init__(self, subscriber: Subscriber, delivery: Delivery, media: str) -> None:
        self.subscriber = subscriber
        self._delivery = delivery
        self._world: World = delivery.world
        self._callbacks: Callbacks = delivery.callbacks
        self._media = media
        self._heard = 0

    @property
    def history(self) -> list[Seen]:
        """Both sides."""
        return [seen_of(message) for message in self.subscriber.messages]

    @property
    def messages(self) -> list[Seen]:
        """What the bot or an agent wrote."""
        return [seen for seen in self.history if not seen.mine]

    @property
    def buttons(self) -> tuple[str, ...]:
        """Of the keyboard at the bottom of the screen."""
        return labels(self.subscriber.keyboard)

    async def hears(self, wanted: str | Callable[[Seen], bool] = "", timeout_s: float = 5) -> Seen:
        """The next message not heard yet that is wanted: a text in it, or what the function says; any by default."""
        is_wanted = wanted if callable(wanted) else lambda seen: wanted in seen.text

        def find() -> tuple[int, Seen] | None:
            new = enumerate(self.messages[self._heard :], self._heard + 1)
            return next(((count, seen) for count, seen in new if is_wanted(seen)), None)

        try:
            self._heard, seen = await self._world.pulse.until(find, timeout_s)
        except TimeoutError:
            unheard = [seen.text for seen in self.messages[self._heard :]]
            raise AssertionError(f"not heard in {timeout_s:g} s: {wanted!r}; heard instead: {unheard}") from None
        return seen

    async def sees(self, condition: Callable[["Phone"], bool], timeout_s: float = 5) -> None:
        """Waits until something about this phone is true. Raises TimeoutError."""
        await self._world.pulse.until(lambda: condition(self), timeout_s)

    async def open(self, context: str = "") -> Json:
        """Opens the chat, by a link with a context perhaps. The bot may answer with a message of welcome."""
        token = next(self._world.tokens)

        def welcome(answer: bytes) -> None:
            if body := _welcome(answer):
                self._delivery.bring(self.subscriber, Message(token, body))

        user = self._callbacks.profile(self.subscriber)
        fields = {"type": "open", "context": context, "user": user, "subscribed": self.subscriber.subscribed}
        return self._tell("conversation_started", on_answer=welcome, message_token=token, **fields)

    async def subscribe(self) -> Json:
        self.subscriber.subscribed = True
        self.subscriber.tracking = ""
        return self._tell("subscribed", user=self._callbacks.profile(self.subscriber))

    async def unsubscribe(self) -> Json:
        self.subscriber.subscribed = False
        return self._tell("unsubscribed", user_id=self.subscriber.id)

    block = unsubscribe  # other messengers' words for the same
    unblock = subscribe

    async def write(self, text: str) -> Json:
        return self._say({"type": "text", "text": text})

    async def press(self, button: str) -> Json | None:
        """Presses a button of the keyboard on the screen: what the bot is told of it, if it is told at all."""
        buttons = (self.subscriber.keyboard or {}).get("Buttons", ())
        for one in buttons:
            if label(one) == button:
                return self._press(one)
        raise AssertionError(f"{self.subscriber.id} sees no button {button!r}, but {self.buttons}")

    async def send_photo(self, content: bytes = PIXEL, caption: str = "", name: str = "image.jpg") -> Json:
        file = self._file(name, content)
        return self._say({"type": "picture", "text": caption, **file, "thumbnail": file["media"]})

    async def send_document(self, name: str = "bill.pdf", content: bytes = b"%PDF-1.4") -> Json:
        return self._say({"type": "file", **self._file(name, content)})

    async def send_voice(self, content: bytes = b"ID3 a voice", name: str = "voice.m4a") -> Json:
        """Viber has no voice messages to bots: it comes as a file."""
        return await self.send_document(name, content)

    async def send_video(self, content: bytes = b"ftypmp42 a video", seconds: int = 3, name: str = "video.mp4") -> Json:
        file = self._file(name, content)
        return self._say({"type": "video", **file, "thumbnail": file["media"], "duration": seconds})

    async def send_sticker(self, sticker_id: int = 40100) -> Json:
        return self._say({"type": "sticker", "sticker_id": sticker_id})

    async def send_url(self, url: str = "https://example.org/") -> Json:
        return self._say({"type": "url", "media": url, "text": url})

    async def send_location(self, latitude: float = 55.75, longitude: float = 37.61) -> Json:
        return self._say({"type": "location", "location": {"lat": latitude, "lon": longitude}})

    async def send_contact(self, phone: str = "+79000000000", *, own: bool = True) -> Json:
        """The subscriber's own number, or a card of somebody else: Viber does not tell the bot which."""
        name = self.subscriber.name if own else "Somebody"
        return self._say({"type": "contact", "contact": {"name": name, "phone_number": phone.removeprefix("+")}})

    def reads(self) -> None:
        """Looks at everything that came; for a subscriber whose `reads_at_once` was switched off."""
        self._delivery.read(self.subscriber)

    def fails_next(self, reason: str = "message validation failed", times: int = 1) -> None:
        """Viber takes the next messages, but the app cannot show them: the bot gets a `failed` callback."""
        self.subscriber.failing.extend([reason] * times)

    def _press(self, button: Json) -> Json | None:
        action, said, silent = button.get("ActionType", "reply"), button["ActionBody"], button.get("Silent") is True
        match action:
            case "none":
                return None
            case "share-phone":
                contact = {"name": self.subscriber.name, "phone_number": "79000000000"}
                return self._say({"type": "contact", "contact": contact, "text": said}, silent=silent)
            case "location-picker":
                location = {"lat": 55.75, "lon": 37.61}
                return self._say({"type": "location", "location": location, "text": said}, silent=silent)
        return self._say({"type": "text", "text": said}, silent=silent)

    def _say(self, message: Json, *, silent: bool = False) -> Json:
        tracked = {"tracking_data": self.subscriber.tracking} if self.subscriber.tracking else {}
        message = {**message, **tracked}
        sender = self._callbacks.profile(self.subscriber)
        body = self._tell("message", sender=sender, message=message, silent=silent)
        self._world.hear(self.subscriber)
        if not silent:
            files = (self._sent_file(message),) if "media" in message and "file_name" in message else ()
            self.subscriber.messages.append(Message(body["message_token"], message, mine=True, files=files))
        self._world.pulse.beat()
        return body

    def _tell(self, event: str, **fields: Any) -> Json:
        if self._callbacks.webhook is None:
            raise AssertionError("the bot has set no webhook: in Viber nobody can open a chat with it")
        return self._callbacks.put(self.subscriber, event, **fields)

    def _file(self, name: str, content: bytes) -> Json:
        path = self._world.store(name, content)
        return {"media": f"{self._media}/{path}", "file_name": name, "size": len(content)}

    def _sent_file(self, message: Json) -> SeenFile:
        content = self._world.files[message["media"].removeprefix(f"{self._media}/")]
        return SeenFile(message["type"], message["file_name"], content)


def _welcome(answer: bytes) -> Json | None:
    """The message in the answer to conversation_started; what is none, or breaks a rule, Viber drops."""
    try:
        body = json.loads(answer)
        check_message(body)
    except (ValueError, AttributeError, TypeError, ApiError):
        return None
    return body if isinstance(body, dict) else None
