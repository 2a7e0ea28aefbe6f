"""The methods messages.* and users.*."""

import json
import time
from dataclasses import dataclass, field

from standins.vk.errors import ApiError, Json, invalid
from standins.vk.events import Events
from standins.vk.rules import Params, keyboard_of, message_text
from standins.vk.world import Chat, World

ACTIVITIES = {"typing", "audiomessage", "file", "photo", "video", "videomessage"}
NO_RECIPIENT = "you should specify peer_id, user_id, domain, chat_id or user_ids param"
MAX_PEERS = 100
MAX_SNACKBAR = 90
INT32 = 2**31
KNOWN_FOR_S = 3600
KNOWN_MESSAGES = 100


@dataclass(slots=True)
class Messages:
    world: World
    events: Events
    sent: list[Json] = field(default_factory=list)  # what messages.send made
    _by_random: dict[int, dict[int, Json]] = field(default_factory=dict)  # random_id -> peer -> message

    async def send(self, params: Params) -> int | list[Json]:
        """A random_id of the chat's last hour, among its last hundred messages, gives the old message and sends
        nothing; 0 stands for none."""
        random_id = params.integer("random_id")
        if not -INT32 <= random_id < INT32:
            raise invalid("random_id is out of range")
        peers = params.integers("peer_ids") or params.integers("user_ids")
        if len(peers) > MAX_PEERS:
            raise invalid("peer_ids should be not greater than 100")
        if peers:
            return [self._send_to_one_of(peer, random_id, params) for peer in peers]
        return int(self._send(_recipient(params), random_id, params)["id"])

    async def set_activity(self, params: Params) -> int:
        chat = self.world.reachable(_recipient(params))
        if params.required("type") not in ACTIVITIES:
            raise invalid("type is invalid")
        chat.typing += 1
        self.world.pulse.beat()
        return 1

    async def mark_as_read(self, params: Params) -> int:
        self.world.reachable(params.integer("peer_id")).is_read = True
        self.world.pulse.beat()
        return 1

    async def answer_press(self, params: Params) -> int:
        """messages.sendMessageEventAnswer: once for each press."""
        chat = self.world.chats.get(params.integer("user_id"))
        press = params.required("event_id")
        if chat is None or chat.id != params.integer("peer_id") or press not in chat.unanswered:
            raise invalid("invalid event_id")
        snackbar = _snackbar(params.text("event_data"))
        chat.unanswered.remove(press)
        chat.snackbars.extend([snackbar] if snackbar else [])
        self.world.pulse.beat()
        return 1

    async def get_users(self, params: Params) -> list[Json]:
        """users.get: those nobody knows are left out."""
        known = (self.world.chats.get(user) for user in params.integers("user_ids"))
        return [chat.user for chat in known if chat]

    def _send_to_one_of(self, peer: int, random_id: int, params: Params) -> Json:
        try:
            message = self._send(peer, random_id, params)
        except ApiError as error:
            told = {"code": error.code, "description": error.description}
            return {"peer_id": peer, "message_id": 0, "conversation_message_id": 0, "error": told}
        number = message["conversation_message_id"]
        return {"peer_id": peer, "message_id": message["id"], "conversation_message_id": number}

    def _send(self, peer: int, random_id: int, params: Params) -> Json:
        chat = self.world.reachable(peer)
        known = self._by_random.get(random_id, {}).get(peer)
        if known in chat.messages[-KNOWN_MESSAGES:] and time.time() - known["date"] < KNOWN_FOR_S:
            return known
        message = self._message(chat, random_id, params)
        if random_id:
            self._by_random.setdefault(random_id, {})[peer] = message
        return message

    def _message(self, chat: Chat, random_id: int, params: Params) -> Json:
        text, keyboard = message_text(params), keyboard_of(params)
        attachments = [self._attachment(name) for name in params.text("attachment").split(",") if name]
        under = keyboard if keyboard and keyboard["inline"] else None
        message = self.world.message(
            chat, out=True, text=text, attachments=attachments, keyboard=under, random_id=random_id
        )
        if keyboard and not keyboard["inline"]:
            chat.keyboard = keyboard
        self.sent.append(message)
        self.events.put("message_reply", message)
        return message

    def _attachment(self, name: str) -> Json:
        """ "doc-1_2" or, with an access key, "doc-1_2_3ab"."""
        key = "_".join(name.strip().split("_")[:2])
        file = self.world.files.get(key)
        if file is None:
            raise invalid(f"attachment {key} not found")
        return {"type": file.kind, file.kind: file.shape}


def _recipient(params: Params) -> int:
    if not params.text("peer_id") and not params.text("user_id"):
        raise invalid(NO_RECIPIENT)
    return params.integer("peer_id") if params.text("peer_id") else params.integer("user_id")


def _snackbar(event_data: str) -> str:
    """The text an answer shows; empty for the other answers."""
    if not event_data:
        return ""
    try:
        shown = json.loads(event_data)
    except ValueError:
        raise invalid("event_data contains incorrect JSON") from None
    kind = shown.get("type") if isinstance(shown, dict) else None
    if kind not in {"show_snackbar", "open_link", "open_app"}:
        raise invalid("event_data has unknown type")
    text = str(shown.get("text", ""))
    if kind == "show_snackbar" and not 1 <= len(text) <= MAX_SNACKBAR:
        raise invalid("event_data text should be 1 to 90 letters length")
    return text if kind == "show_snackbar" else ""
