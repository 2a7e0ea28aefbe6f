"""Alembic's entry: migrates over the connection that bot.storage.migrate opened; the caller commits."""

from alembic import context

from bot.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
