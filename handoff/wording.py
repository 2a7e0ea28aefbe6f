"""The desk's Russian words for reasons, deliveries, decisions, attachments and refusals. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.delivery import SESSION_OVER
from bot.dialogue.conversation import Reason, Status
from bot.messages import AttachmentKind
from bot.storage.delivery_states import Delivery

REASONS: dict[Reason, str] = {
    Reason.ASKED: "Просит специалиста",
    Reason.ANGRY: "Сердится",
    Reason.LEAVING: "Грозит уйти",
    Reason.LEGAL: "Грозит судом или жалобой",
    Reason.MISSES: "Бот не нашёл ответа",
    Reason.UNHELPFUL: "Ответы не помогли",
    Reason.TOPIC: "Важная тема",
    Reason.FAILED: "Сбой бота",
}
DELIVERIES: dict[Delivery, str] = {
    Delivery.PENDING: "Ждёт отправки",
    Delivery.SENDING: "Отправляется",
    Delivery.SENT: "Отправлено",
    Delivery.DELIVERED: "Доставлено",
    Delivery.READ: "Прочитано",
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
# Why we have no bytes of a subscriber's attachment, see bot.collector.
NOT_KEPT: dict[str, str] = {
    "too_large": "Файл больше 20 МБ, такие мы не сохраняем",
    "unknown_type": "Файлы такого типа мы не сохраняем",
    "gone": "Мессенджер не отдал файл",
    "no_room": "На сервере не хватило места для файла",
}
BARRED = "Закон не позволяет консультировать этого абонента здесь. Бот уже подсказал ему, где написать."
TAKES_NO_FILES = "Файл сюда не отправить: мессенджер файлы не принимает. Напишите текстом."


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


def delivery(state: str | None, error: str | None, channel: str) -> str:
    """`channel` as people call it."""
    if state == Delivery.FAILED.value and error == SESSION_OVER:
        return session_over(channel)
    return DELIVERIES[Delivery(state)] if state else ""


def session_over(channel: str) -> str:
    return f"Сеанс {channel} истёк: абонент должен написать первым"


def not_kept(why: str) -> str:
    return NOT_KEPT.get(why, "Файл не сохранён") if why else ""


def file_refused(reason: str, largest: int) -> str:
    """Why an agent's file was not sent; `largest`: the most bytes there may be."""
    match reason:
        case "too_large":
            return f"Файл больше {largest // 1024 // 1024} МБ: столько здесь не отправить."
        case "unknown_type":
            return "Файл такого типа не отправить. Подойдут картинки, PDF, документы, таблицы, ZIP, звук и видео."
        case "no_room":
            return "На сервере не хватает места. Сообщите администратору."
        case _:
            return "Файл не дошёл целиком. Попробуйте ещё раз."


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
