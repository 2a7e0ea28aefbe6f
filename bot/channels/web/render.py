"""Messages -> frames. Pure. HTML is made here and only of our own Markdown: a subscriber's text stays text."""

from typing import Any

from bot.channels.web.history import ShownMessage
from bot.channels.web.parse import FrameRefused, Reason
from bot.markdown import parse, to_html
from bot.messages import Attachment, Author, button_key

Frame = dict[str, Any]


def message(shown: ShownMessage) -> Frame:
    frame: Frame = {
        "type": "message",
        "id": shown.id,
        "author": shown.author.value,
        "sent_at": shown.sent_at.isoformat(timespec="seconds"),
        "attachments": [attachment(each) for each in shown.attachments],
    }
    if shown.author is Author.SUBSCRIBER:
        return frame | {"text": shown.text, "key": shown.key}
    buttons = [{"key": button_key(shown.id, place), "text": each.text} for place, each in enumerate(shown.buttons)]
    return frame | {"html": to_html(parse(shown.text)), "agent_name": shown.agent_name, "buttons": buttons}


def attachment(file: Attachment) -> Frame:
    """The chat's half of the key stays on the server."""
    ref = file.kept.rpartition("/")[2]
    return {"ref": ref, "kind": file.kind.value, "name": file.name, "mime": file.mime, "size": file.size_bytes}


def welcome(token: str, title: str, max_upload_mb: int) -> Frame:
    return {"type": "welcome", "token": token, "title": title, "max_upload_mb": max_upload_mb}


def ack(key: str) -> Frame:
    return {"type": "ack", "key": key}


def refused(refusal: FrameRefused) -> Frame:
    return {"type": "refused", "reason": refusal.reason.value} | ({"key": refusal.key} if refusal.key else {})


def dismissed(reason: Reason) -> Frame:
    return {"type": "refused", "reason": reason.value}


REPLAYED: Frame = {"type": "replayed"}
TYPING: Frame = {"type": "typing"}
PONG: Frame = {"type": "pong"}
