"""The ledger's tables as SQLAlchemy Core sees them. Rows are inserted, never changed. `migrations/` makes them.

Every truth table has `entry_seq`, the chain entry that vouches for the row. `nonce` keeps the entry's digest from being
guessed once a row had to go; moments are fixed-width UTC text (`records.stamp`), which sorts by time in every database.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0003"  # the newest migration; a test holds it equal to Alembic's

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def _text(name: str, unique: bool | None = None, quote: bool | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, unique=unique, quote=quote)


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _vouched() -> list[Column[int] | Column[str]]:
    entry = Column("entry_seq", Integer, ForeignKey("entries.seq"), nullable=False, index=True)
    return [entry, Column("nonce", String(32), nullable=False)]


entries = Table(
    "entries",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("prev_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    _text("at"),
    _text("kind"),
    _text("by", quote=True),
    _text("payload"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("authority"),
    _text("delivery_id", unique=True),
    _text("file"),
    Column("sha256", String(64), nullable=False, index=True),
    _text("contract"),
    Column("extracted_on", Date),
    Column("extracted_on_inferred", Boolean, nullable=False),
    _text("received_at"),
    *[_whole(name) for name in ("rows_in", "rows_loaded", "rows_rejected", "rows_ignored")],
    _text("status"),
    _text("reason"),
    Column("file_complete", Boolean, nullable=False),
    *_vouched(),
    CheckConstraint("rows_in = rows_loaded + rows_rejected + rows_ignored", name="rows_add_up"),
)

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("delivery_id", Text, ForeignKey("receipts.delivery_id"), primary_key=True),
    _text("reason"),
    _text("by", quote=True),
    _text("at"),
    *_vouched(),
)

known_authorities = Table(
    "known_authorities", metadata, Column("code", Text, primary_key=True), _text("first_known_at"), *_vouched()
)

authority_versions = Table(
    "authority_versions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("authority"),
    Column("sha256", String(64), nullable=False),
    _text("text"),
    _text("received_at"),
    *_vouched(),
)

break_seen = Table(
    "break_seen",
    metadata,
    _text("authority"),
    _text("kind"),
    _text("break_id"),
    Column("first_seen", Date, nullable=False),
    Column("entry_seq", Integer, ForeignKey("entries.seq"), nullable=False, index=True),
    PrimaryKeyConstraint("authority", "kind", "break_id"),
)

decisions = Table(
    "decisions",
    metadata,
    _text("authority"),
    _text("break_id"),
    _whole("version"),
    _text("indicator_id"),
    _text("decision"),
    _text("cause"),
    _text("reason"),
    _text("by", quote=True),
    _text("by_key"),
    _text("at"),
    Column("until", Date),
    _text("evidence"),
    _text("bound_to"),
    *_vouched(),
    PrimaryKeyConstraint("authority", "break_id", "version"),
    CheckConstraint("until is not null or decision not in ('manual_right', 'accepted')", name="until_given"),
    CheckConstraint("reason <> ''", name="reason_given"),
    Index("ix_decisions_by", "authority", "indicator_id", "by_key"),
)

checks = Table(
    "checks",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("authority"),
    _text("indicator_id"),
    Column("as_at", Date, nullable=False),
    _text("by", quote=True),
    _text("by_key"),
    _text("note"),
    _text("facts_hash"),
    _text("at"),
    *_vouched(),
    Index("ix_checks_figure", "authority", "indicator_id", "as_at"),
)

signatures = Table(
    "signatures",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("authority"),
    _text("indicator_id"),
    Column("as_at", Date, nullable=False),
    _text("by", quote=True),
    _text("by_key"),
    _text("facts_hash"),
    _text("at"),
    _text("certificate_id", unique=True),
    *_vouched(),
    Index("ix_signatures_figure", "authority", "indicator_id", "as_at"),
)

certificates = Table(
    "certificates",
    metadata,
    Column("id", Text, primary_key=True),
    _text("authority"),
    _text("indicator_id"),
    Column("as_at", Date, nullable=False),
    _text("facts_hash"),
    _text("signed_by"),
    _text("issued_at"),
    *_vouched(),
)

certificate_events = Table(
    "certificate_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("certificate_id", Text, ForeignKey("certificates.id"), nullable=False, index=True),
    _text("kind"),
    _text("reason"),
    _text("at"),
    *_vouched(),
    CheckConstraint("kind in ('lapse', 'reaffirm')", name="kind_known"),
)

positions = Table(
    "positions",
    metadata,
    _text("authority"),
    Column("as_at", Date, nullable=False),
    _text("first_computed_at"),
    *_vouched(),
    PrimaryKeyConstraint("authority", "as_at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("published_at"),
    _text("snapshot"),
    _text("content_hash"),
    _text("revision_class"),
    _text("positions"),
    _text("summary"),
    *_vouched(),
)

notes = Table(
    "notes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *[_text(name) for name in ("authority", "kind", "subject", "body")],
    _text("by", quote=True),
    _text("at"),
    _whole("version"),
    *_vouched(),
    UniqueConstraint("authority", "kind", "subject", "version"),
    Index("ix_notes_kind", "kind", "subject"),
)

spellings = Table(
    "spellings", metadata, _text("by_key"), _text("may_be"), *_vouched(), PrimaryKeyConstraint("by_key", "may_be")
)

counters = Table(
    "counters",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    *[_text(name) for name in ("authority", "indicator_id")],
    Column("as_at", Date, nullable=False),
    _text("team"),
    _text("by", quote=True),
    _text("by_key"),
    _whole("version"),
    *_vouched(),
    UniqueConstraint("authority", "indicator_id", "as_at", "team", "version"),
)

VOUCHED = [table for table in metadata.sorted_tables if "entry_seq" in table.c]
