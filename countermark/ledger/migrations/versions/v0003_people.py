"""Who counted, and how people write their names: so that the database keeps counter, decider, checker and signer apart as people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from countermark.ledger.migrations.separation_0003 import replace_triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _vouched(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("entry_seq", sa.Integer, nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["entry_seq"], ["entries.seq"], name=f"fk_{table}_entry_seq"),
    ]


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, quote=name == "by" or None)


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "spellings", _text("by_key"), _text("may_be"), *_vouched("spellings"),
        sa.PrimaryKeyConstraint("by_key", "may_be", name="pk_spellings"),
    )  # fmt: skip
    op.create_table(
        "counters", sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        _text("authority"), _text("indicator_id"), sa.Column("as_at", sa.Date, nullable=False), _text("team"),
        _text("by"), _text("by_key"), sa.Column("version", sa.Integer, nullable=False), *_vouched("counters"),
        sa.UniqueConstraint("authority", "indicator_id", "as_at", "team", "version", name="uq_counters_authority"),
    )  # fmt: skip
    for table in ("spellings", "counters"):
        op.create_index(f"ix_{table}_entry_seq", table, ["entry_seq"])
    replace_triggers()
