"""The ledger's schema, step by step, for Alembic. A step that has been released is never edited: add the next one."""
