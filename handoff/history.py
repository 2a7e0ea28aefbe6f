"""The messages of a conversation as the desk shows them, and everything that changed after a cursor. Reads only."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from sqlalchemy import ColumnElement, RowMapping, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import markdown
from bot.dialogue.conversation import Conversation
from bot.messages import Attachment, AttachmentKind, Author, IncomingKind
from bot.storage.tables import agents, conversations, messages
from bot.storage.values import attachments_from_json, buttons_from_json
from handoff import wording

PAGE = 100
# Their text says it all; there are no bytes to fetch.
TEXT_ONLY = (AttachmentKind.LOCATION, AttachmentKind.CONTACT)

TopicTitle = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ShownAttachment:
    kind: str
    title: str = field(repr=False)
    text: str = field(repr=False)
    url: str  # empty when there is nothing to fetch
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """`html` is safe; everything else is plain text. `key` is the desk's own key of an agent's reply."""

    id: int
    change: int
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
    """Messages in order of their ids. `cursor`: ask for what changed after it; `more`: there is more the same way."""

    messages: list[ShownMessage]
    cursor: int
    more: bool


async def newest(
    connection: AsyncConnection, conversation: Conversation, title: TopicTitle, *, before: int | None = None
) -> Page:
    """The last messages, or the last before the message with the id `before`."""
    # The cursor is read first: what changes between the two reads comes once more rather than never.
    cursor = await connection.execute(select(conversations.c.changes).where(conversations.c.id == conversation.id))
    earlier = messages.c.id < before if before is not None else messages.c.id > 0
    query = _of(conversation, earlier).order_by(messages.c.id.desc()).limit(PAGE + 1)
    rows = list((await connection.execute(query)).mappings())
    shown = [_shown(row, conversation, title) for row in reversed(rows[:PAGE])]
    return Page(shown, int(cursor.scalar_one()), more=len(rows) > PAGE)


async def changed(connection: AsyncConnection, conversation: Conversation, title: TopicTitle, *, after: int) -> Page:
    """Everything new or different since the cursor `after`. Asked again until `more` is false, it loses nothing."""
    query = _of(conversation, messages.c.change > after).order_by(messages.c.change).limit(PAGE + 1)
    rows = list((await connection.execute(query)).mappings())
    page = rows[:PAGE]
    shown = [_shown(row, conversation, title) for row in sorted(page, key=lambda row: int(row["id"]))]
    return Page(shown, page[-1]["change"] if page else after, more=len(rows) > PAGE)


def _of(conversation: Conversation, which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return (
        select(messages, agents.c.name.label("agent_name"))
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(messages.c.conversation_id == conversation.id, which)
    )


def _shown(row: RowMapping, conversation: Conversation, title: TopicTitle) -> ShownMessage:
    author = Author(row["author"])
    names = {Author.SUBSCRIBER: conversation.sender.name or "Абонент", Author.BOT: "Бот"}
    attachments = attachments_from_json(row["attachments"])
    return ShownMessage(
        id=row["id"],
        change=row["change"],
        author=author.value,
        name=names.get(author) or row["agent_name"] or "Специалист",
        html=_html(author, row["text"]),
        note=_note(row["kind"]),
        buttons=tuple(button.text for button in buttons_from_json(row["buttons"])),
        attachments=tuple(_attachment(row["id"], position, each) for position, each in enumerate(attachments)),
        at=row["created_at"],
        delivery=row["delivery"] or "",
        delivery_text=wording.delivery(row["delivery"]),
        decision=wording.decision(row["decision"], title),
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
    has_bytes = attachment.kind not in TEXT_ONLY and bool(attachment.ref)
    return ShownAttachment(
        kind=attachment.kind.value,
        title=attachment.name or wording.ATTACHMENTS[attachment.kind],
        text=attachment.text,
        url=f"/desk/attachments/{message_id}/{position}" if has_bytes else "",
        size_bytes=attachment.size_bytes,
    )
