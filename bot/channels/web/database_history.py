"""The history of a web chat, read from the message table."""

from sqlalchemy import RowMapping, select

from bot.channels.web.history import ShownMessage
from bot.messages import Author, IncomingKind, Sender
from bot.storage.database import Database
from bot.storage.tables import agents, conversations, messages
from bot.storage.values import attachments_from_json, buttons_from_json


class DatabaseHistory:
    """Implements bot.channels.web.history.History."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def after(self, sender: Sender, cursor: int, limit: int) -> list[ShownMessage]:
        query = (
            select(messages, agents.c.name.label("agent_name"))
            .join(conversations, conversations.c.id == messages.c.conversation_id)
            .outerjoin(agents, agents.c.id == messages.c.agent_id)
            .where(
                conversations.c.channel == sender.channel,
                conversations.c.account == sender.account,
                conversations.c.chat_id == sender.chat_id,
                messages.c.id > cursor,
                messages.c.kind != IncomingKind.START.value,
            )
            .order_by(messages.c.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [_shown(row) for row in (await connection.execute(query)).mappings()]


def _shown(row: RowMapping) -> ShownMessage:
    return ShownMessage(
        id=row["id"],
        author=Author(row["author"]),
        sent_at=row["created_at"],
        text=row["text"],
        agent_name=row["agent_name"] or "",
        buttons=buttons_from_json(row["buttons"]),
        attachments=attachments_from_json(row["attachments"]),
        key=(row["external_id"] or "").partition(":")[2],  # see parse.external_id
    )
