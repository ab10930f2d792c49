"""Alembic's entry: runs the steps on the ledger's connection, in the transaction that is open already."""

from __future__ import annotations

from alembic import context

from countermark.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
