"""The phone with Viber: plain texts, one keyboard at the bottom, a chat that must be opened."""

from demo.phones.common import LAST, Common, name_of
from demo.screens import Bytes, Json, Key, Refused, Screen, Shown, ShownFile
from standins.faults import Trouble
from standins.viber import StandInViber
from standins.viber.keyboards import label
from standins.viber.screen import seen_of
from standins.viber.world import Message

KINDS = {"picture": "photo", "file": "document"}
VOICE = "voice.ogg"
NOT_READY = "Бот ещё не подключился к Viber: подождите несколько секунд."


class ViberHandset(Common):
    name = "viber"

    def __init__(self, standin: StandInViber) -> None:
        super().__init__(standin, standin.world.pulse)
        self._standin = standin
        self.renew()

    def renew(self) -> None:
        self._count += 1
        self.phone = self._standin.phone(f"demo-{self._count}==", name_of("Золотая Рыбка", self._count))
        self._opened = self._blocked = False

    def screen(self) -> Screen:
        subscriber = self.phone.subscriber
        waiting = {callback.body["message_token"] for callback in self._standin.callbacks.pending} | self.late
        return Screen(
            subscriber=subscriber.name,
            state="blocked" if self._blocked else "open" if self._opened else "new",
            messages=tuple(self._shown(message, waiting) for message in subscriber.messages[-LAST:]),
            keyboard=tuple((Key(label(one), columns=one.get("Columns", 6)),) for one in self._buttons),
            reads=subscriber.reads_at_once,
            trouble=self.now,
            sent=sum(not message.mine for message in subscriber.messages),
        )

    def open_file(self, message: str, place: int) -> Bytes | None:
        found = next((one for one in self.phone.subscriber.messages if str(one.token) == message), None)
        if found is None or place >= len(found.files):
            return None
        file = found.files[place]
        return Bytes(_kind(file.kind, file.name), file.name, file.content)

    async def start(self) -> None:
        self._require_webhook()
        self._opened = True
        await self.phone.open()

    async def write(self, text: str) -> None:
        self._require_webhook()
        self._opened = True
        self._note(await self.phone.write(text))

    async def press(self, message: str, row: int, column: int) -> None:
        """There is only the keyboard at the bottom."""
        self._require_webhook()
        if row >= len(self._buttons):
            raise Refused("Этой кнопки уже нет.")
        await self.phone.press(label(self._buttons[row]))

    async def send(self, file: Bytes) -> None:
        self._require_webhook()
        match file.kind:
            case "photo":
                self._note(await self.phone.send_photo(file.content, name=file.name))
            case "voice":
                self._note(await self.phone.send_voice(file.content, VOICE))
            case _:
                self._note(await self.phone.send_document(file.name, file.content))

    async def send_place(self) -> None:
        self._require_webhook()
        self._note(await self.phone.send_location())

    async def send_contact(self) -> None:
        self._require_webhook()
        self._note(await self.phone.send_contact())

    async def send_sticker(self) -> None:
        self._require_webhook()
        self._note(await self.phone.send_sticker())

    async def block(self) -> None:
        self._require_webhook()
        self._blocked = True
        await self.phone.block()

    async def unblock(self) -> None:
        self._require_webhook()
        self._blocked = False
        await self.phone.unblock()

    def read_at_once(self, on: bool) -> None:
        self.phone.subscriber.reads_at_once = on
        if on:
            self.phone.reads()

    @property
    def _buttons(self) -> list[Json]:
        return list((self.phone.subscriber.keyboard or {}).get("Buttons", ()))

    def _require_webhook(self) -> None:
        if self._standin.callbacks.webhook is None:
            raise Refused(NOT_READY)

    def _note(self, body: Json) -> None:
        if self.now == Trouble.LATE:
            self.late.add(body["message_token"])

    def _shown(self, message: Message, waiting: set[int]) -> Shown:
        seen = seen_of(message)
        return Shown(
            id=str(message.token),
            mine=message.mine,
            at=self.times.of(str(message.token)),
            text=seen.text,
            sender=seen.sender,
            files=tuple(ShownFile(_kind(one.kind, one.name), one.name, len(one.content)) for one in seen.attachments),
            card=_card(message.body),
            mark=("sent" if message.token in waiting else "delivered") if message.mine else "",
        )


def _kind(kind: str, name: str) -> str:
    """Viber knows no voice messages: one comes as a file."""
    return "voice" if name == VOICE else KINDS.get(kind, kind)


def _card(body: Json) -> dict[str, str] | None:
    if place := body.get("location"):
        return {"kind": "place", "text": f"{place['lat']}, {place['lon']}"}
    if contact := body.get("contact"):
        return {"kind": "contact", "text": f"+{contact['phone_number']}", "name": contact["name"]}
    if body.get("sticker_id"):
        return {"kind": "sticker", "text": "👍"}
    return None
