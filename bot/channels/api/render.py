"""Outgoing -> what is posted to the app. Pure."""

from base64 import b64encode
from typing import Any

from bot import markdown
from bot.channels.channel import Capabilities
from bot.messages import Outgoing, button_key, one_line

# The app takes a message with the same id once.
CAPABILITIES = Capabilities(4000, max_buttons=8, max_button_text=40, idempotent_send=True, max_file_bytes=10_000_000)


def render(message: Outgoing) -> dict[str, Any]:
    document = markdown.parse(message.text)
    file = message.file
    labels = [one_line(button.text, CAPABILITIES.max_button_text) for button in message.buttons]
    return {
        "id": message.key or str(message.id),
        "chat": message.chat_id,
        "author": message.author,
        "agent": one_line(message.agent_name, 100),
        "text": markdown.to_plain(document),
        "html": markdown.to_html(document),
        "buttons": [{"text": label, "press": button_key(message.id, place)} for place, label in enumerate(labels)],
        "file": file and {"name": file.name, "mime": file.mime, "base64": b64encode(file.content).decode()},
    }
