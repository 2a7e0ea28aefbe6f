"""The desk's Russian words for reasons, deliveries, decisions, attachments. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.dialogue.conversation import Reason, Status
from bot.messages import AttachmentKind
from bot.storage.outbox import Delivery

REASONS: dict[Reason, str] = {
    Reason.ASKED: "Просит специалиста",
    Reason.ANGRY: "Сердится",
    Reason.MISSES: "Бот не нашёл ответа",
    Reason.UNHELPFUL: "Ответы не помогли",
    Reason.TOPIC: "Важная тема",
    Reason.FAILED: "Сбой бота",
}
DELIVERIES: dict[Delivery, str] = {
    Delivery.PENDING: "Ждёт отправки",
    Delivery.SENDING: "Отправляется",
    Delivery.SENT: "Отправлено",
    Delivery.UNCERTAIN: "Неизвестно, дошло ли",
    Delivery.FAILED: "Не доставлено",
}
ATTACHMENTS: dict[AttachmentKind, str] = {
    AttachmentKind.PHOTO: "Фото",
    AttachmentKind.VIDEO: "Видео",
    AttachmentKind.VOICE: "Голосовое сообщение",
    AttachmentKind.AUDIO: "Аудио",
    AttachmentKind.DOCUMENT: "Файл",
    AttachmentKind.STICKER: "Стикер",
    AttachmentKind.LOCATION: "Место на карте",
    AttachmentKind.CONTACT: "Контакт",
}


def reason(why: str | None) -> str:
    return REASONS[Reason(why)] if why else ""


def status(now: Status, *, holder: str, mine: bool) -> str:
    match now:
        case Status.BOT:
            return "Отвечает бот"
        case Status.QUEUED:
            return "Ждёт специалиста"
        case Status.AGENT:
            return "Ведёте вы" if mine else f"Ведёт {holder}"
        case Status.CLOSED:
            return "Закрыто"


def delivery(state: str | None) -> str:
    return DELIVERIES[Delivery(state)] if state else ""


def decision(verdict: Mapping[str, Any] | None, title: Callable[[str], str]) -> str:
    """What the bot did with a message: "Бот ответил: Как продать гигабайты · 92 %"; empty when it only took note."""
    if not verdict:
        return ""
    percent = f"{round(verdict['confidence'] * 100)} %"
    topic = title(verdict["topic"]) if verdict["topic"] else ""
    match verdict["decision"]:
        case "answer" if topic:
            return f"Бот ответил: {topic} · {percent}"
        case "clarify":
            return f"Бот уточнил вопрос · {percent}"
        case "escalate" if topic:
            return f"Бот позвал специалиста: {topic} · {percent}"
        case "escalate":
            return "Бот позвал специалиста"
        case _:
            return ""
