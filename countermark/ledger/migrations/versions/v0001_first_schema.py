"""The first schema: the chain, the truth tables, and the triggers that keep signer, checker and decider apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from countermark.ledger.migrations.separation_0001 import create_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, quote: bool | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, quote=quote)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _day(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date, nullable=nullable)


def _seq() -> sa.Column[int]:
    return sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False)


def _create(name: str, *parts: sa.schema.SchemaItem, nonce: bool = True) -> None:
    """A truth table: its own columns, then the entry that vouches for a row."""
    vouched: list[sa.schema.SchemaItem] = [sa.Column("entry_seq", sa.Integer, nullable=False)]
    if nonce:
        vouched.append(sa.Column("nonce", sa.String(32), nullable=False))
    columns = [part for part in parts if isinstance(part, sa.Column)]
    others = [part for part in parts if not isinstance(part, sa.Column)]
    entry = sa.ForeignKeyConstraint(["entry_seq"], ["entries.seq"], name=f"fk_{name}_entry_seq")
    op.create_table(name, *columns, *vouched, entry, *others)
    op.create_index(f"ix_{name}_entry_seq", name, ["entry_seq"])


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=f"uq_{table}_{column}")


def upgrade() -> None:
    """Make everything."""
    op.create_table(
        "entries", _seq(), sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        _text("at"), _text("kind"), _text("by", quote=True), _text("payload"),
        _unique("entries", "prev_hash"), _unique("entries", "hash"),
    )  # fmt: skip
    _deliveries()
    _judgements()
    _publications()
    create_triggers()


def _deliveries() -> None:
    _create(
        "receipts", _seq(), _text("authority"), _text("delivery_id"), _text("file"),
        sa.Column("sha256", sa.String(64), nullable=False), _text("contract"), _day("extracted_on", nullable=True),
        sa.Column("extracted_on_inferred", sa.Boolean, nullable=False), _text("received_at"),
        _whole("rows_in"), _whole("rows_loaded"), _whole("rows_rejected"), _whole("rows_ignored"),
        _text("status"), _text("reason"), sa.Column("file_complete", sa.Boolean, nullable=False),
        sa.CheckConstraint("rows_in = rows_loaded + rows_rejected + rows_ignored", name="rows_add_up"),
        _unique("receipts", "delivery_id"),
    )  # fmt: skip
    op.create_index("ix_receipts_sha256", "receipts", ["sha256"])
    receipt = sa.ForeignKeyConstraint(["delivery_id"], ["receipts.delivery_id"], name="fk_withdrawals_delivery_id")
    _create(
        "withdrawals", sa.Column("delivery_id", sa.Text, primary_key=True),
        _text("reason"), _text("by", quote=True), _text("at"), receipt,
    )  # fmt: skip
    _create("known_authorities", sa.Column("code", sa.Text, primary_key=True), _text("first_known_at"))
    _create(
        "authority_versions", _seq(), _text("authority"), sa.Column("sha256", sa.String(64), nullable=False),
        _text("text"), _text("received_at"),
    )  # fmt: skip


def _judgements() -> None:
    _create(
        "decisions", _text("authority"), _text("break_id"), _whole("version"), _text("indicator_id"),
        _text("decision"), _text("cause"), _text("reason"), _text("by", quote=True), _text("by_key"), _text("at"),
        _day("until", nullable=True), _text("evidence"), _text("bound_to"),
        sa.PrimaryKeyConstraint("authority", "break_id", "version", name="pk_decisions"),
        sa.CheckConstraint("until is not null or decision not in ('manual_right', 'accepted')", name="until_given"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
    )  # fmt: skip
    op.create_index("ix_decisions_by", "decisions", ["authority", "indicator_id", "by_key"])
    figure = ["authority", "indicator_id", "as_at"]
    _create(
        "checks", _seq(), _text("authority"), _text("indicator_id"), _day("as_at"), _text("by", quote=True),
        _text("by_key"), _text("note"), _text("facts_hash"), _text("at"),
    )  # fmt: skip
    op.create_index("ix_checks_figure", "checks", figure)
    _create(
        "signatures", _seq(), _text("authority"), _text("indicator_id"), _day("as_at"), _text("by", quote=True),
        _text("by_key"), _text("facts_hash"), _text("at"), _text("certificate_id"),
        _unique("signatures", "certificate_id"),
    )  # fmt: skip
    op.create_index("ix_signatures_figure", "signatures", figure)
    _create(
        "certificates", sa.Column("id", sa.Text, primary_key=True), _text("authority"), _text("indicator_id"),
        _day("as_at"), _text("facts_hash"), _text("signed_by"), _text("issued_at"),
    )  # fmt: skip
    certificate = sa.ForeignKeyConstraint(
        ["certificate_id"], ["certificates.id"], name="fk_certificate_events_certificate_id"
    )
    _create(
        "certificate_events", _seq(), _text("certificate_id"), _text("kind"), _text("reason"), _text("at"),
        certificate, sa.CheckConstraint("kind in ('lapse', 'reaffirm')", name="kind_known"),
    )  # fmt: skip
    op.create_index("ix_certificate_events_certificate_id", "certificate_events", ["certificate_id"])


def _publications() -> None:
    _create(
        "break_seen", _text("authority"), _text("kind"), _text("break_id"), _day("first_seen"),
        sa.PrimaryKeyConstraint("authority", "kind", "break_id", name="pk_break_seen"), nonce=False,
    )  # fmt: skip
    _create(
        "positions", _text("authority"), _day("as_at"), _text("first_computed_at"),
        sa.PrimaryKeyConstraint("authority", "as_at", name="pk_positions"),
    )  # fmt: skip
    _create(
        "revisions", _seq(), _text("published_at"), _text("snapshot"), _text("content_hash"),
        _text("revision_class"), _text("positions"), _text("summary"),
    )  # fmt: skip
