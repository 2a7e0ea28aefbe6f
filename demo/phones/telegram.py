"""The phone with Telegram: inline buttons under messages, entities in texts."""

from dataclasses import replace

from demo.phones.common import LAST, Common, name_of
from demo.screens import Bytes, Json, Key, Refused, Screen, Shown, ShownFile
from standins.faults import Trouble
from standins.telegram import Phone, Seen, StandInTelegram

FIRST_ID = 1001


class TelegramHandset(Common):
    name = "telegram"

    def __init__(self, standin: StandInTelegram) -> None:
        super().__init__(standin, standin.world.pulse)
        self._standin = standin
        self.renew()

    def renew(self) -> None:
        self._count += 1
        self.phone = self._standin.phone(FIRST_ID + self._count, name_of("Колобок", self._count))

    def screen(self) -> Screen:
        chat, history = self.phone.chat, self.phone.history
        waiting = {update.get("message", {}).get("message_id") for update in self._standin.updates.pending} | self.late
        pairs = list(zip(chat.messages, history, strict=True))[-LAST:]
        return Screen(
            subscriber=chat.name,
            state="blocked" if chat.blocked else "open" if chat.started else "new",
            messages=tuple(self._shown(message, seen, waiting) for message, seen in pairs),
            typing=chat.typing,
            spinning=self.phone.spinning,
            trouble=self.now,
            sent=sum(not seen.mine for seen in history),
        )

    def open_file(self, message: str, place: int) -> Bytes | None:
        seen = next((seen for seen in self.phone.history if str(seen.message_id) == message), None)
        if seen is None or place >= len(seen.attachments):
            return None
        file = seen.attachments[place]
        return Bytes(file.kind, file.name, file.content)

    async def start(self) -> None:
        self._note(await self.phone.start())

    async def write(self, text: str) -> None:
        self._note(await self.phone.write(text))

    async def press(self, message: str, row: int, column: int) -> None:
        """Labels repeat from message to message: this one's button is pressed by a phone that sees nothing else."""
        found = next((one for one in self.phone.chat.messages if str(one["message_id"]) == message), None)
        keys = _keys(found) if found else ()
        if found is None or row >= len(keys) or column >= len(keys[row]):
            raise Refused("Этой кнопки уже нет.")
        alone = replace(self.phone.chat, messages=[found])
        await Phone(self._standin.world, self._standin.updates, alone).press(keys[row][column].label)

    async def send(self, file: Bytes) -> None:
        match file.kind:
            case "photo":
                self._note(await self.phone.send_photo(file.content))
            case "voice":
                self._note(await self.phone.send_voice(file.content))
            case _:
                self._note(await self.phone.send_document(file.name, file.content))

    async def send_place(self) -> None:
        self._note(await self.phone.send_location())

    async def send_contact(self) -> None:
        self._note(await self.phone.send_contact())

    async def send_sticker(self) -> None:
        self._note(await self.phone.send_sticker())

    async def block(self) -> None:
        await self.phone.block()

    async def unblock(self) -> None:
        await self.phone.unblock()

    def _note(self, message: Json) -> None:
        if self.now == Trouble.LATE:
            self.late.add(message["message_id"])

    def _shown(self, message: Json, seen: Seen, waiting: set[int]) -> Shown:
        mark = ("sent" if seen.message_id in waiting else "read") if seen.mine else ""
        return Shown(
            id=str(seen.message_id),
            mine=seen.mine,
            at=self.times.of(f"{self.phone.chat.id}/{seen.message_id}"),
            text=seen.text,
            entities=seen.entities,
            files=() if "sticker" in message else _files(seen),
            card=_card(message),
            keys=_keys(message),
            mark=mark,
        )


def _keys(message: Json) -> tuple[tuple[Key, ...], ...]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return tuple(tuple(Key(button["text"]) for button in row) for row in rows)


def _files(seen: Seen) -> tuple[ShownFile, ...]:
    return tuple(ShownFile(file.kind, file.name, len(file.content)) for file in seen.attachments)


def _card(message: Json) -> dict[str, str] | None:
    if place := message.get("location"):
        return {"kind": "place", "text": f"{place['latitude']}, {place['longitude']}"}
    if contact := message.get("contact"):
        return {"kind": "contact", "text": f"+{contact['phone_number']}", "name": contact["first_name"]}
    if sticker := message.get("sticker"):
        return {"kind": "sticker", "text": sticker["emoji"]}
    return None
