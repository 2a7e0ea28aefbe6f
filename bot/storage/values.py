"""Rows to values and back. Attachments and buttons are JSON in the message table."""

from typing import Any

from bot.dialogue.conversation import Memory
from bot.messages import Attachment, AttachmentKind, Button


def attachments_to_json(attachments: tuple[Attachment, ...]) -> list[dict[str, Any]]:
    return [
        {
            "kind": attachment.kind.value,
            "ref": attachment.ref,
            "name": attachment.name,
            "mime": attachment.mime,
            "size_bytes": attachment.size_bytes,
            "text": attachment.text,
            "kept": attachment.kept,
            "refused": attachment.refused,
        }
        for attachment in attachments
    ]


def attachments_from_json(rows: list[dict[str, Any]]) -> tuple[Attachment, ...]:
    return tuple(Attachment(**{**row, "kind": AttachmentKind(row["kind"])}) for row in rows)


def buttons_to_json(buttons: tuple[Button, ...]) -> list[dict[str, str]]:
    return [{"text": button.text, "action": button.action} for button in buttons]


def buttons_from_json(rows: list[dict[str, str]]) -> tuple[Button, ...]:
    return tuple(Button(**row) for row in rows)


def memory_to_json(memory: Memory) -> dict[str, Any]:
    return {
        "greeted": memory.greeted,
        "language": memory.language,
        "misses": memory.misses,
        "topic": memory.topic,
        "question": memory.question,
        "refused": list(memory.refused),
        "choices": [list(choice) for choice in memory.choices],
        "offered": list(memory.offered),
        "awaits_verdict": memory.awaits_verdict,
        "reassured": memory.reassured,
        "wrong_codes": memory.wrong_codes,
    }


def memory_from_json(row: dict[str, Any]) -> Memory:
    lists = {
        "offered": tuple(row.get("offered", ())),
        "refused": tuple(row.get("refused", ())),
        "choices": tuple((question, topic) for question, topic in row.get("choices", ())),
    }
    return Memory(**{**row, **lists})
