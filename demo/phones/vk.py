"""The phone with VK: plain texts, callback buttons in the message or below, reading that the community hears of."""

from dataclasses import replace

from demo import samples
from demo.phones.common import LAST, Common, name_of
from demo.screens import Bytes, Json, Key, Refused, Screen, Shown, ShownFile
from standins.vk import Phone, Seen, StandInVk

FIRST_ID = 501
KINDS = {"doc": "document", "audio_message": "voice"}


class VkHandset(Common):
    name = "vk"

    def __init__(self, standin: StandInVk) -> None:
        super().__init__(standin, standin.world.pulse)
        self._standin = standin
        self._reads = True
        self.renew()

    def renew(self) -> None:
        self._count += 1
        self.phone = self._standin.phone(FIRST_ID + self._count, name_of("Кот Учёный", self._count))
        self._read_up_to = 0

    def screen(self) -> Screen:
        chat, history = self.phone.chat, self.phone.history
        pairs = list(zip(chat.messages, history, strict=True))[-LAST:]
        return Screen(
            subscriber=chat.name,
            state="open" if chat.allowed else "blocked" if chat.messages else "new",
            messages=tuple(self._shown(message, seen) for message, seen in pairs),
            keyboard=_keys(chat.keyboard),
            typing=chat.typing,
            spinning=self.phone.spinning,
            notice=chat.snackbars[-1] if chat.snackbars else "",
            reads=self._reads,
            trouble=self.now,
            sent=sum(not seen.mine for seen in history),
        )

    def open_file(self, message: str, place: int) -> Bytes | None:
        seen = next((seen for seen in self.phone.history if str(seen.message_id) == message), None)
        if seen is None or place >= len(seen.attachments):
            return None
        file = seen.attachments[place]
        return Bytes(KINDS.get(file.kind, file.kind), file.name, file.content)

    async def start(self) -> None:
        await self.phone.start()

    async def write(self, text: str) -> None:
        await self.phone.write(text)

    async def press(self, message: str, row: int, column: int) -> None:
        """Labels repeat from message to message: this one's button is pressed by a phone that sees nothing else."""
        chat = self.phone.chat
        found = next((one for one in chat.messages if str(one["id"]) == message), None)
        keys = _keys(found.get("keyboard") if found else chat.keyboard)
        if row >= len(keys) or column >= len(keys[row]):
            raise Refused("Этой кнопки уже нет.")
        alone = replace(chat, messages=[found]) if found else chat
        await Phone(self._standin.world, self._standin.events, alone).press(keys[row][column].label)

    async def send(self, file: Bytes) -> None:
        match file.kind:
            case "photo":
                await self.phone.send_photo(file.content)
            case "voice":
                await self.phone.send_voice(file.content)
            case _:
                await self.phone.send_document(file.name, file.content)

    async def send_place(self) -> None:
        await self.phone.send_location()

    async def send_contact(self) -> None:
        raise Refused("Во ВКонтакте сообществу нельзя отправить свой номер: напишите его текстом.")

    async def send_sticker(self) -> None:
        await self.phone.send_sticker(samples.smile())

    async def block(self) -> None:
        await self.phone.block()

    async def unblock(self) -> None:
        await self.phone.unblock()

    async def look(self) -> None:
        last = max((message["id"] for message in self.phone.chat.messages if message["out"]), default=0)
        if self._reads and last > self._read_up_to:
            self._read_up_to = last
            await self.phone.read()

    def read_at_once(self, on: bool) -> None:
        self._reads = on

    def _shown(self, message: Json, seen: Seen) -> Shown:
        return Shown(
            id=str(seen.message_id),
            mine=seen.mine,
            at=self.times.of(str(seen.message_id)),
            text=seen.text,
            files=tuple(
                ShownFile(KINDS.get(one.kind, one.kind), one.name, len(one.content)) for one in seen.attachments
            ),
            card=_card(message),
            keys=_keys(message.get("keyboard")),
            mark="delivered" if seen.mine else "",
        )


def _keys(keyboard: Json | None) -> tuple[tuple[Key, ...], ...]:
    rows = (keyboard or {}).get("buttons", [])
    return tuple(
        tuple(Key(button["action"].get("label", ""), button.get("color", "secondary")) for button in row)
        for row in rows
    )


def _card(message: Json) -> dict[str, str] | None:
    if place := message.get("geo"):
        return {"kind": "place", "text": str(place["place"]["title"])}
    return None
