"""Alembic's entry: runs the steps on the connection that the ledger hands over, in the transaction that is already open."""

from __future__ import annotations

from alembic import context

from countermark.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
