"""Outgoing -> parameters of messages.send. Pure. Counts in UTF-16 units, which is never less than VK counts."""

import hashlib
import unicodedata
from datetime import timedelta

from vk_api.keyboard import VkKeyboard, VkKeyboardColor

from bot import markdown
from bot.channels.channel import Capabilities, Rate
from bot.messages import Author, Button, Outgoing, button_key

MAX_UNITS = 4096
MAX_SIGNATURE = 100  # characters of the agent's name, at most two units each
MAX_LINES = 6  # of an inline keyboard
Parameters = dict[str, str | int]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


CAPABILITIES = Capabilities(
    max_text=MAX_UNITS - 2 * MAX_SIGNATURE - 56,  # room for the agent's name above the text
    max_buttons=10,
    max_button_text=40,
    idempotent_send=True,
    idempotent_for=timedelta(minutes=55),  # VK looks for a random_id in the last hour of the chat only
    chat_rate=Rate(5, per_s=1),
    total_rate=Rate(400, per_s=1),  # 20 calls a second, each with up to 25 messages; see sender.py
    measure=units,
    max_file_bytes=20_000_000,
)


def render(message: Outgoing, attachment: str = "") -> Parameters:
    """`attachment` is VK's name of the uploaded file. Never above VK's limits."""
    parameters: Parameters = {
        "peer_id": message.chat_id,
        "random_id": random_id(message),
        "message": cut(_text(message), MAX_UNITS),
        "disable_mentions": 1,
        "dont_parse_links": 1,
    }
    if attachment:
        parameters["attachment"] = attachment
    if message.buttons:
        parameters["keyboard"] = _keyboard(message)
    return parameters


def random_id(message: Outgoing) -> int:
    """The same row always gets the same: VK sends what it has sent before only once. An int32, of which 0 stands for
    none: two rows of one chat in one hour, and only those are compared, get different ones."""
    digest = hashlib.sha256(f"otklik:{message.key or message.id}".encode()).digest()
    return int.from_bytes(digest[:4]) >> 1 or 1


def cut(text: str, limit: int) -> str:
    if units(text) <= limit:
        return text
    return text.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


def _text(message: Outgoing) -> str:
    text = markdown.to_plain(markdown.parse(message.text))
    signature = " ".join(message.agent_name.split())[:MAX_SIGNATURE] if message.author is Author.AGENT else ""
    return _sendable("\n".join(part for part in (signature, text) if part))


def _sendable(text: str) -> str:
    """Control characters and halves of surrogate pairs would cost a whole batch."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))


def _keyboard(message: Outgoing) -> str:
    """One button a line while the lines last, else two. vk-api checks the lines, and neither number nor lengths."""
    buttons = message.buttons[: CAPABILITIES.max_buttons]
    width = 1 if len(buttons) <= MAX_LINES else 2
    keyboard = VkKeyboard(inline=True)
    for position, button in enumerate(buttons):
        if position and position % width == 0:
            keyboard.add_line()
        payload = {"button": button_key(message.id, position)}
        keyboard.add_callback_button(_label(button), color=VkKeyboardColor.SECONDARY, payload=payload)
    return str(keyboard.get_keyboard())


def _label(button: Button) -> str:
    limit = CAPABILITIES.max_button_text
    text = _sendable(button.text) or "…"
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
