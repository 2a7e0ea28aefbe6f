"""The tables. The message table is inbox and outbox: an unhandled row of a subscriber is work for the dialogue,
a pending row of the bot or an agent is work for the delivery. All times are aware, UTC."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware in Python everywhere; SQLite, which has no time zones, keeps UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored; use an aware UTC datetime")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value


agents = Table(
    "agents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(100), nullable=False),  # as the subscriber sees it
    Column("role", String(16), nullable=False),  # agent | admin
    Column("password_hash", Text, nullable=False),
    Column("must_change_password", Boolean, nullable=False, server_default=false()),
    Column("on_duty", Boolean, nullable=False, server_default=false()),
    Column("failed_logins", Integer, nullable=False, server_default=text("0")),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 of the cookie: a stolen table opens no session
    Column("agent_id", ForeignKey("agents.id", ondelete="CASCADE"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

# One human being, known by linked conversations in several messengers.
persons = Table(
    "persons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("chat_id", String(128), nullable=False),
    Column("subscriber_name", String(200), nullable=False, server_default=""),
    Column("reachable", Boolean, nullable=False, server_default=text("1")),  # false once the subscriber blocked us
    Column("status", String(16), nullable=False),
    Column("version", Integer, nullable=False),  # compare-and-set: every change of status or memory adds one
    Column("changes", Integer, nullable=False),  # the cursor of this conversation's messages, see messages.change
    Column("memory", JSON, nullable=False),  # what the dialogue remembers: misses, last topic, offered topics
    Column("reason", String(32)),  # why it waits for a person or was passed to one
    Column("queued_at", UtcDateTime),
    Column("agent_id", ForeignKey("agents.id")),
    Column("person_id", ForeignKey("persons.id")),  # NULL until it is linked to another conversation
    Column("audience", String(16), nullable=False, server_default="private"),  # bot.messages.Audience
    Column("heard_at", UtcDateTime),  # when the subscriber wrote last
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "account", "chat_id"),
    Index("ix_conversations_queue", "status", "queued_at"),
    Index("ix_conversations_person_id", "person_id"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("author", String(16), nullable=False),  # bot.messages.Author
    Column("kind", String(16), nullable=False),  # bot.messages.IncomingKind for a subscriber's message, else "text"
    Column("text", Text, nullable=False),
    Column("press", String(64), nullable=False, server_default=""),
    Column("attachments", JSON, nullable=False),
    # Bytes of attachments are still to be fetched.
    Column("collecting", Boolean, nullable=False, server_default=false()),
    Column("buttons", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # Stamped from conversations.changes whenever the row changes: "everything after cursor N" loses nothing.
    Column("change", Integer, nullable=False),
    # Accepted from a messenger. The three together are unique, so a repeated update changes nothing.
    Column("channel", String(32), nullable=False),
    Column("account", String(64), nullable=False),
    Column("external_id", String(200)),
    Column("handled_at", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    # To be delivered.
    Column("delivery", String(16)),  # bot.storage.messages.Delivery; NULL for a subscriber's message
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("not_before", UtcDateTime),
    Column("maybe_sent_at", UtcDateTime),  # the first send of it that may have arrived
    Column("sent_as", String(200)),  # the messenger's id of what we sent
    Column("error", Text),
    Column("agent_id", ForeignKey("agents.id")),
    Column("client_key", String(64)),  # the desk's own key of a reply: the same key twice is the same reply
    Column("decision", JSON),  # what the bot decided on this message: kind, topic, confidence
    UniqueConstraint("channel", "account", "external_id"),
    UniqueConstraint("conversation_id", "client_key"),
    Index("ix_messages_conversation_change", "conversation_id", "change"),
    Index("ix_messages_unhandled", "conversation_id", sqlite_where=text("handled_at IS NULL AND delivery IS NULL")),
    Index(
        "ix_messages_undelivered",
        "delivery",
        sqlite_where=text("delivery IN ('pending', 'sending', 'uncertain', 'failed')"),
    ),
    Index("ix_messages_collecting", "conversation_id", sqlite_where=text("collecting")),
    Index("ix_messages_sent_as", "channel", "account", "sent_as", sqlite_where=text("sent_as IS NOT NULL")),
)

# Receipts that came before we knew how the messenger calls the message.
early_reports = Table(
    "early_reports",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("chat_id", String(128), primary_key=True),
    Column("sent_as", String(200), primary_key=True),
    Column("receipt", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("value", String(200), nullable=False),
)

link_codes = Table(
    "link_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
)
