"""A subscriber with a phone: writes, sends, presses, allows and denies messages, and sees what VK shows."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from standins.vk import files
from standins.vk.errors import Json
from standins.vk.events import Events
from standins.vk.seen import Seen, labels, seen
from standins.vk.world import FIRST_GROUP_CHAT, Chat, World

PIXEL = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
CLIENT = {
    "button_actions": ["text", "vkpay", "open_app", "location", "open_link", "open_photo", "callback"],
    "keyboard": True,
    "inline_keyboard": True,
    "carousel": True,
    "lang_id": 0,
}


class Phone:
    def __init__(self, world: World, events: Events, chat: Chat) -> None:
        self.chat = chat
        self._world = world
        self._events = events
        self._heard = 0

    @property
    def history(self) -> list[Seen]:
        """Both sides."""
        return [seen(self._world, message) for message in self.chat.messages]

    @property
    def messages(self) -> list[Seen]:
        """What the bot or an agent wrote."""
        return [one for one in self.history if not one.mine]

    @property
    def keyboard(self) -> tuple[str, ...]:
        """The buttons below the input field."""
        return labels(self.chat.keyboard)

    @property
    def spinning(self) -> bool:
        """Whether a pressed button still waits for an answer."""
        return bool(self.chat.unanswered)

    async def hears(self, wanted: str | Callable[[Seen], bool] = "", timeout_s: float = 5) -> Seen:
        """The next message not heard yet that is wanted: a text in it, or what the function says; any by default."""
        is_wanted = wanted if callable(wanted) else lambda one: wanted in one.text

        def find() -> tuple[int, Seen] | None:
            new = enumerate(self.messages[self._heard :], self._heard + 1)
            return next(((count, one) for count, one in new if is_wanted(one)), None)

        try:
            self._heard, found = await self._world.pulse.until(find, timeout_s)
        except TimeoutError:
            unheard = [one.text for one in self.messages[self._heard :]]
            raise AssertionError(f"not heard in {timeout_s:g} s: {wanted!r}; heard instead: {unheard}") from None
        return found

    async def sees(self, condition: Callable[["Phone"], bool], timeout_s: float = 5) -> None:
        """Waits until something about this phone is true. Raises TimeoutError."""
        await self._world.pulse.until(lambda: condition(self), timeout_s)

    async def start(self, ref: str = "") -> Json:
        """The button «Начать» of a new chat; `ref` is what the link vk.me/club?ref=... carried."""
        payload = json.dumps({"command": "start"}, separators=(",", ":"))
        return self._say(text="Начать", payload=payload, ref=ref or None, ref_source="" if ref else None)

    async def write(self, text: str, *, ref: str = "") -> Json:
        return self._say(text=text, ref=ref or None, ref_source="" if ref else None)

    async def write_in_group_chat(self, text: str) -> Json:
        """In a chat of many where the community is a member."""
        return self._say(text=text, peer_id=FIRST_GROUP_CHAT + 1)

    async def send_photo(self, content: bytes = PIXEL, caption: str = "") -> Json:
        return self._say(text=caption, attachments=[files.photo(self._world, self.chat.id, content)])

    async def send_document(self, name: str = "bill.pdf", content: bytes = b"%PDF-1.4", caption: str = "") -> Json:
        return self._say(text=caption, attachments=[files.document(self._world, self.chat.id, name, content)])

    async def send_voice(self, content: bytes = b"OggS a voice", seconds: int = 3) -> Json:
        return self._say(attachments=[files.voice(self._world, self.chat.id, content, seconds)])

    async def send_sticker(self, content: bytes = b"\x89PNG\r\n\x1a\n a sticker") -> Json:
        return self._say(attachments=[files.sticker(self._world, content)])

    async def send_video(self, title: str = "Кошка") -> Json:
        """VK gives no bytes of a video to a community."""
        shape = {"id": next(self._world.file_ids), "owner_id": self.chat.id, "title": title, "duration": 7}
        return self._say(attachments=[{"type": "video", "video": {**shape, "access_key": "a1b2c3"}}])

    async def send_location(self, latitude: float = 55.75, longitude: float = 37.61) -> Json:
        place = {"city": "Москва", "country": "Россия", "title": "Москва, Россия"}
        coordinates = {"latitude": latitude, "longitude": longitude}
        return self._say(geo={"type": "point", "coordinates": coordinates, "place": place})

    async def edit(self, message: Json, text: str) -> None:
        message.update(text=text, update_time=message["date"] + 1)
        self._events.put("message_edit", message)

    async def type(self) -> None:
        body = {"state": "typing", "from_id": self.chat.id, "to_id": -self._world.group_id}
        self._events.put("message_typing_state", body)

    async def read(self) -> None:
        """Opens the chat: everything the community wrote is read."""
        last = next(message for message in reversed(self.chat.messages) if message["out"])
        numbers = {"read_message_id": last["id"], "conversation_message_id": last["conversation_message_id"]}
        self._events.put("message_read", {"from_id": self.chat.id, "peer_id": self.chat.id, **numbers})

    async def press(self, label: str) -> str:
        """The latest button with this label; the id of the press, or of the message that a text button writes."""
        for message in reversed(self.chat.messages):
            for button in _buttons(message.get("keyboard")):
                if button["label"] == label:
                    return self._press(button, message["conversation_message_id"])
        for button in _buttons(self.chat.keyboard):
            if button["label"] == label:
                return self._press(button, 0)
        raise AssertionError(f"{self.chat.id} sees no button {label!r}")

    async def allow(self, key: str = "") -> None:
        self.chat.allowed = True
        self._events.put("message_allow", {"user_id": self.chat.id, "key": key})

    async def deny(self) -> None:
        self.chat.allowed = False
        self._events.put("message_deny", {"user_id": self.chat.id})

    block = deny
    unblock = allow

    def _say(self, **content: Any) -> Json:
        """Whoever writes allows messages by that."""
        self.chat.allowed = True
        self.chat.is_read = False
        message = self._world.message(self.chat, out=False, **content)
        self._events.put("message_new", {"message": message, "client_info": CLIENT})
        return message

    def _press(self, action: Json, number: int) -> str:
        if action["type"] != "callback":
            return str(self._say(text=action["label"], payload=action.get("payload"))["id"])
        press = secrets.token_hex(6)
        self.chat.unanswered.add(press)
        body = {"user_id": self.chat.id, "peer_id": self.chat.id, "event_id": press}
        body |= {"payload": json.loads(action.get("payload") or "{}")}
        self._events.put("message_event", body | ({"conversation_message_id": number} if number else {}))
        return press


def _buttons(keyboard: Json | None) -> list[Json]:
    """What can be pressed."""
    rows = (keyboard or {}).get("buttons", [])
    return [button["action"] for row in rows for button in row if button["action"]["type"] in {"text", "callback"}]
