"""The messages of a person, from all their linked conversations, as the desk shows them, and everything that changed
after a cursor. Reads only."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from sqlalchemy import ColumnElement, RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import markdown
from bot.messages import Attachment, AttachmentKind, Author, IncomingKind
from bot.storage.tables import agents, messages
from bot.storage.values import attachments_from_json, buttons_from_json
from handoff import wording
from handoff.person import Chat, write_cursor

PAGE = 100
# Their text says it all; there are no bytes to fetch.
TEXT_ONLY = (AttachmentKind.LOCATION, AttachmentKind.CONTACT)

Title = Callable[[str], str]
"""How people call a topic or a channel."""


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    kind: str
    title: str = field(repr=False)
    text: str = field(repr=False)
    url: str  # empty when there is nothing to fetch
    size_bytes: int
    fault: str  # why we do not have the bytes


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """`html` is safe; everything else is plain text. `key` is the desk's own key of an agent's reply.

    `channel`: where it was written, when that is not the open conversation.
    """

    id: int
    change: int
    channel: str
    author: str
    name: str = field(repr=False)
    html: str = field(repr=False)
    note: str
    buttons: tuple[str, ...] = field(repr=False)
    attachments: tuple[ShownAttachment, ...]
    at: datetime
    delivery: str
    delivery_text: str
    decision: str
    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in order of their ids, which is their order in time over all conversations of a person.

    `cursor`: ask for what changed after it; `more`: there is more the same way; `fresh`: forget what was shown before.
    """

    messages: list[ShownMessage]
    cursor: str
    more: bool
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Whose history it is, read from which conversation, in which words.

    `chats` are read before the messages: what changes between the two reads comes once more rather than never.
    """

    conversation_id: int
    chats: Mapping[int, Chat]
    topic_title: Title
    channel_title: Title


async def newest(connection: AsyncConnection, view: View, *, before: int | None = None) -> Page:
    """The last messages, or the last before the message with the id `before`."""
    earlier = messages.c.id < before if before is not None else messages.c.id > 0
    query = _of(view.chats, earlier).order_by(messages.c.id.desc()).limit(PAGE + 1)
    rows = list((await connection.execute(query)).mappings())
    shown = [_shown(row, view) for row in reversed(rows[:PAGE])]
    cursor = write_cursor({chat.id: chat.changes for chat in view.chats.values()})
    return Page(shown, cursor, more=len(rows) > PAGE, fresh=before is None)


async def changed(connection: AsyncConnection, view: View, *, after: Mapping[int, int]) -> Page:
    """Everything new or different since the cursor `after`. Asked again until `more` is false, it loses nothing.

    Conversations linked or parted since then make another history, so it begins anew.
    """
    if after.keys() != view.chats.keys():
        return await newest(connection, view)
    rows: list[RowMapping] = []
    reached = dict(after)
    more = False
    for chat in view.chats.values():
        found = await _changed_in(connection, chat, after[chat.id], limit=PAGE - len(rows) + 1)
        more = len(rows) + len(found) > PAGE
        if more:
            del found[-1]
        rows += found
        reached[chat.id] = max([after[chat.id], 0 if more else chat.changes, *(row["change"] for row in found)])
        if more:
            break
    shown = [_shown(row, view) for row in sorted(rows, key=lambda row: int(row["id"]))]
    return Page(shown, write_cursor(reached), more=more)


async def _changed_in(connection: AsyncConnection, chat: Chat, after: int, *, limit: int) -> list[RowMapping]:
    query = _of([chat.id], messages.c.change > after).order_by(messages.c.change).limit(limit)
    return list((await connection.execute(query)).mappings())


def _of(conversation_ids: Collection[int], which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return (
        select(messages, agents.c.name.label("agent_name"))
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(messages.c.conversation_id.in_(conversation_ids), which)
    )


def _shown(row: RowMapping, view: View) -> ShownMessage:
    author = Author(row["author"])
    chat = view.chats[row["conversation_id"]]
    channel = view.channel_title(chat.channel)
    names = {Author.SUBSCRIBER: chat.name or "Абонент", Author.BOT: "Бот"}
    attachments = attachments_from_json(row["attachments"])
    return ShownMessage(
        id=row["id"],
        change=row["change"],
        channel="" if chat.id == view.conversation_id else channel,
        author=author.value,
        name=names.get(author) or row["agent_name"] or "Специалист",
        html=_html(author, row["text"]),
        note=_note(row["kind"]),
        buttons=tuple(button.text for button in buttons_from_json(row["buttons"])),
        attachments=tuple(_attachment(row["id"], position, each) for position, each in enumerate(attachments)),
        at=row["created_at"],
        delivery=row["delivery"] or "",
        delivery_text=wording.delivery(row["delivery"], row["error"], channel),
        decision=wording.decision(row["decision"], view.topic_title),
        key=(row["client_key"] or "").partition(":")[0],
    )


def _html(author: Author, text: str) -> str:
    """Only our own side writes Markdown; a subscriber's text is shown as typed."""
    if author is Author.SUBSCRIBER:
        return escape(text).replace("\n", "<br>")
    return markdown.to_html(markdown.parse(text))


def _note(kind: str) -> str:
    match IncomingKind(kind):
        case IncomingKind.START:
            return "Абонент открыл чат"
        case IncomingKind.PRESS:
            return "нажата кнопка"
        case IncomingKind.TEXT:
            return ""


def _attachment(message_id: int, position: int, attachment: Attachment) -> ShownAttachment:
    has_bytes = attachment.kind not in TEXT_ONLY and bool(attachment.kept or attachment.ref) and not attachment.refused
    return ShownAttachment(
        kind=attachment.kind.value,
        title=attachment.name or wording.ATTACHMENTS[attachment.kind],
        text=attachment.text,
        url=f"/desk/attachments/{message_id}/{position}" if has_bytes else "",
        size_bytes=attachment.size_bytes,
        fault=wording.not_kept(attachment.refused),
    )
