"""Persons, receipts and kept attachments"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cursors",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_cursors")),
    )
    op.create_table(
        "early_reports",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.String(length=128), nullable=False),
        sa.Column("sent_as", sa.String(length=200), nullable=False),
        sa.Column("receipt", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "chat_id", "sent_as", name=op.f("pk_early_reports")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_link_codes_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_link_codes")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_link_codes_conversation_id")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("audience", sa.String(length=16), server_default="private", nullable=False))
        batch_op.add_column(sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_conversations_person_id", ["person_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_conversations_person_id_persons"), "persons", ["person_id"], ["id"])

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_undelivered")
        batch_op.create_index(
            "ix_messages_undelivered",
            ["delivery"],
            unique=False,
            sqlite_where=sa.text("delivery IN ('pending', 'sending', 'uncertain', 'failed')"),
        )
        batch_op.add_column(sa.Column("collecting", sa.Boolean(), server_default=sa.text("0"), nullable=False))
        batch_op.create_index(
            "ix_messages_collecting", ["conversation_id"], unique=False, sqlite_where=sa.text("collecting")
        )
        batch_op.create_index(
            "ix_messages_sent_as",
            ["channel", "account", "sent_as"],
            unique=False,
            sqlite_where=sa.text("sent_as IS NOT NULL"),
        )


def downgrade() -> None:
    op.execute("UPDATE messages SET delivery = 'sent' WHERE delivery IN ('delivered', 'read')")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_undelivered")
        batch_op.create_index(
            "ix_messages_undelivered",
            ["delivery"],
            unique=False,
            sqlite_where=sa.text("delivery NOT IN ('sent')"),
        )
        batch_op.drop_index("ix_messages_sent_as", sqlite_where=sa.text("sent_as IS NOT NULL"))
        batch_op.drop_index("ix_messages_collecting", sqlite_where=sa.text("collecting"))
        batch_op.drop_column("collecting")

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_conversations_person_id_persons"), type_="foreignkey")
        batch_op.drop_index("ix_conversations_person_id")
        batch_op.drop_column("heard_at")
        batch_op.drop_column("audience")
        batch_op.drop_column("person_id")

    op.drop_table("link_codes")
    op.drop_table("persons")
    op.drop_table("early_reports")
    op.drop_table("cursors")
