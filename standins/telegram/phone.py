"""A subscriber with a phone: writes, sends, presses, blocks, and sees what Telegram shows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from standins.telegram.errors import Json
from standins.telegram.updates import Updates
from standins.telegram.world import Chat, World

PIXEL = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


KINDS = ("photo", "document", "voice", "sticker")


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file on the screen, opened."""

    kind: str
    name: str  # photos have none
    content: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it stands on the screen."""

    message_id: int
    text: str
    buttons: tuple[str, ...]
    entities: tuple[Json, ...]
    mine: bool
    attachments: tuple[SeenFile, ...] = ()

    @property
    def bold(self) -> list[str]:
        return [self.part(entity) for entity in self.entities if entity["type"] == "bold"]

    def part(self, entity: Json) -> str:
        start, length = 2 * entity["offset"], 2 * entity["length"]
        return self.text.encode("utf-16-le")[start : start + length].decode("utf-16-le")


class Phone:
    def __init__(self, world: World, updates: Updates, chat: Chat) -> None:
        self.chat = chat
        self._world = world
        self._updates = updates
        self._heard = 0

    @property
    def history(self) -> list[Seen]:
        """Both sides."""
        return [_seen(message, self._world) for message in self.chat.messages]

    @property
    def messages(self) -> list[Seen]:
        """What the bot or an agent wrote."""
        return [seen for seen in self.history if not seen.mine]

    @property
    def spinning(self) -> bool:
        """Whether a pressed button still waits for an answer."""
        return bool(self.chat.unanswered)

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

    async def start(self, payload: str = "") -> Json:
        return await self.write(f"/start {payload}".strip())

    async def write(self, text: str) -> Json:
        if not text.startswith("/"):
            return self._say(text=text)
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
        return self._say(text=text, entities=[command])

    async def send_photo(self, content: bytes = PIXEL, caption: str = "") -> Json:
        sizes = [
            {**self._world.store("photos", "p.jpg", content), "width": side, "height": side} for side in (90, 320, 800)
        ]
        return self._say(photo=sizes, **_caption(caption))

    async def send_voice(self, content: bytes = b"OggS a voice", seconds: int = 3) -> Json:
        file = self._world.store("voice", "v.oga", content)
        return self._say(voice={**file, "duration": seconds, "mime_type": "audio/ogg"})

    async def send_document(self, name: str = "bill.pdf", content: bytes = b"%PDF-1.4", caption: str = "") -> Json:
        file = self._world.store("documents", name, content)
        return self._say(document={**file, "file_name": name, "mime_type": "application/pdf"}, **_caption(caption))

    async def send_sticker(self, emoji: str = "👍") -> Json:
        flags = {"is_animated": False, "is_video": False, "type": "regular"}
        file = self._world.store("stickers", "s.webp", b"RIFF a sticker")
        return self._say(sticker={**file, **flags, "width": 512, "height": 512, "emoji": emoji})

    async def send_location(self, latitude: float = 55.75, longitude: float = 37.61) -> Json:
        return self._say(location={"latitude": latitude, "longitude": longitude})

    async def send_contact(self, phone: str = "+79000000000", *, own: bool = True) -> Json:
        """The subscriber's own number, shared by Telegram, or a card of somebody else."""
        user = {"user_id": self.chat.id, "first_name": self.chat.name} if own else {"first_name": "Somebody"}
        return self._say(contact={"phone_number": phone.removeprefix("+"), **user})

    async def edit(self, message: Json, text: str) -> None:
        edited = {**message, "text": text, "edit_date": message["date"] + 1}
        message["text"] = text
        self._updates.put("edited_message", edited)

    async def press(self, button: str, *, is_old: bool = False) -> str:
        """Presses the latest button with this label; the id of the query. Of an old message Telegram tells little."""
        for message in reversed(self.chat.messages):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for one in row:
                    if one["text"] == button:
                        return self._press(one["callback_data"], message, is_old)
        raise AssertionError(f"{self.chat.id} sees no button {button!r}")

    async def block(self) -> None:
        self.chat.blocked = True
        self._change_membership("member", "kicked")

    async def unblock(self) -> None:
        self.chat.blocked = False
        self._change_membership("kicked", "member")

    def _say(self, **content: Any) -> Json:
        self.chat.started = True
        message = self._world.message(self.chat, self.chat.user, **content)
        self._updates.put("message", message)
        return message

    def _press(self, key: str, message: Json, is_old: bool) -> str:
        query = str(next(self._world.query_ids))
        self.chat.unanswered.add(query)
        shown = {"chat": message["chat"], "message_id": message["message_id"], "date": 0} if is_old else message
        body = {"id": query, "from": self.chat.user, "message": shown, "chat_instance": "-100", "data": key}
        self._updates.put("callback_query", body)
        return query

    def _change_membership(self, old: str, new: str) -> None:
        body = {
            "chat": self.chat.shape,
            "from": self.chat.user,
            "date": self.chat.messages[-1]["date"] if self.chat.messages else 1_760_000_000,
            "old_chat_member": self._membership(old),
            "new_chat_member": self._membership(new),
        }
        self._updates.put("my_chat_member", body)

    def _membership(self, status: str) -> Json:
        return {"status": status, "user": self._world.bot, **({"until_date": 0} if status == "kicked" else {})}


def _caption(caption: str) -> Json:
    return {"caption": caption} if caption else {}


def _seen(message: Json, world: World) -> Seen:
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    return Seen(
        message["message_id"],
        message.get("text") or message.get("caption") or "",
        tuple(button["text"] for row in keyboard for button in row),
        tuple(message.get("entities") or message.get("caption_entities") or ()),
        not message["from"]["is_bot"],
        tuple(_files(message, world)),
    )


def _files(message: Json, world: World) -> Iterator[SeenFile]:
    for kind in KINDS:
        if shape := message.get(kind):
            file = shape[-1] if kind == "photo" else shape  # the largest size
            yield SeenFile(kind, file.get("file_name", ""), world.files[file["file_id"]].content)
