"""Notes: what people write at the desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    texts = ("authority", "kind", "subject", "body", "by", "at")
    op.create_table(
        "notes",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *[sa.Column(name, sa.Text, nullable=False, quote=name == "by" or None) for name in texts],
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("entry_seq", sa.Integer, nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["entry_seq"], ["entries.seq"], name="fk_notes_entry_seq"),
        sa.UniqueConstraint("authority", "kind", "subject", "version", name="uq_notes_authority"),
    )
    op.create_index("ix_notes_entry_seq", "notes", ["entry_seq"])
    op.create_index("ix_notes_kind", "notes", ["kind", "subject"])
