"""Taking out of the ledger what the law says must go. The chain stays whole: the purge's own entry says of every touched set of rows
what it was and what is left, and from then on vouches for the rest.

Not here: which child, and what of the rest of the home has to go (`countermark.purge`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, select, text, update

from countermark.ledger.append import PURGE, Chained
from countermark.ledger.chain import canonical, rows_digest
from countermark.ledger.engine import writing
from countermark.ledger.notes import Note, note_row
from countermark.ledger.records import Receipt
from countermark.ledger.tables import VOUCHED, break_seen, decisions, notes

TOMBSTONE = PURGE  # notes: the tombstone of a child, by its pseudonym
ROWS = "purged_rows"  # notes: how many rows of a delivery went, by its id
FREE_TEXTS = {  # columns that people fill as they like
    "receipts": ("file", "reason"),
    "withdrawals": ("reason",),
    "authority_versions": ("text",),
    "decisions": ("reason", "evidence"),
    "checks": ("note",),
    "certificate_events": ("reason",),
}
Redact = Callable[[str], str]
Row = Mapping[str, Any]


class Purging(Chained):
    """The part of the ledger that lets go of rows."""

    def purge_rows(self, authority: str, gone: set[str], redact: Redact, tombstones: Sequence[Note], by: str) -> int:
        """Of the authority: delete decisions, first sightings and notes about the pseudonyms in `gone`, and `redact` every free text, in
        one transaction with the tombstones. Returns how many rows were deleted or changed. The entry holds counts and digests alone."""

        def left(table: Table, row: Row) -> Row | None:
            is_anothers = row.get("authority", authority) not in (authority, "")
            return row if is_anothers else _without(table, row, gone, redact)

        touched = 0
        with writing(self.engine) as connection:
            standing: list[list[Any]] = []
            for table in VOUCHED:
                for seq, before in sorted(_by_entry(connection, table).items()):
                    after = [kept for row in before if (kept := left(table, row)) is not None]
                    if after != before:
                        touched += _apply(connection, table, before, left)
                        standing.append([seq, table.name, rows_digest(before), rows_digest(after) if after else None])
            stored = self._numbered(connection, tombstones)
            if stored or standing:
                self._append(connection, PURGE, {notes: [note_row(one) for one in stored]}, by=by, standing=standing)
        self._forget_pages()  # also where nothing was left to do: a purge may have been ended just before
        return touched

    def _numbered(self, connection: Connection, new: Sequence[Note]) -> list[Note]:
        first, at = self._next(connection, notes), self.clock()
        newest: dict[tuple[str, str, str], int] = {}
        for row in connection.execute(select(notes.c.authority, notes.c.kind, notes.c.subject, notes.c.version)):
            key = (row.authority, row.kind, row.subject)
            newest[key] = max(newest.get(key, 0), row.version)
        stored = []
        for index, one in enumerate(new):
            key = (one.authority, one.kind, one.subject)
            newest[key] = newest.get(key, 0) + 1
            stored.append(replace(one, seq=first + index, at=at, version=newest[key]))
        return stored

    def _forget_pages(self) -> None:
        """Give the pages of deleted rows back, so that their bytes are gone; a server does so by its own vacuum too."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            tables = [table.name for table in VOUCHED]
            if self.engine.dialect.name == "sqlite":
                connection.connection.driver_connection.execute("vacuum")  # type: ignore[union-attr]
            else:
                for name in tables:
                    connection.execute(text(f"vacuum full {name}"))


def _by_entry(connection: Connection, table: Table) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in connection.execute(select(table)).mappings():
        found[row["entry_seq"]].append(dict(row))
    return found


def _without(table: Table, row: Row, gone: set[str], redact: Redact) -> Row | None:
    """A row as it is left: None where it goes."""
    if table.name in (decisions.name, break_seen.name) and row["break_id"] in gone:
        return None
    if table.name == notes.name:
        if row["kind"] in (TOMBSTONE, ROWS):
            return row
        body = json.loads(row["body"])
        if row["subject"] in gone or gone & _texts(body):
            return None
        return {**row, "body": canonical(_redacted(body, redact)), "subject": redact(row["subject"])}
    changed = {name: redact(row[name]) for name in FREE_TEXTS.get(table.name, ())}
    return {**row, **changed}


def _texts(body: Any) -> set[str]:
    if isinstance(body, str):
        return {body}
    inside = body.values() if isinstance(body, Mapping) else body if isinstance(body, list) else ()
    return set().union(*map(_texts, inside))


def _redacted(body: Any, redact: Redact) -> Any:
    if isinstance(body, str):
        return redact(body)
    if isinstance(body, Mapping):
        return {name: _redacted(value, redact) for name, value in body.items()}
    return [_redacted(one, redact) for one in body] if isinstance(body, list) else body


def _apply(
    connection: Connection, table: Table, before: Sequence[Row], left: Callable[[Table, Row], Row | None]
) -> int:
    """Delete or change the rows of one entry that do not stay as they are; how many."""
    touched = 0
    for row in before:
        kept = left(table, row)
        if kept == row:
            continue
        this = and_(*[column == row[column.name] for column in table.primary_key.columns])
        touched += 1
        if kept is None:
            connection.execute(delete(table).where(this))
        else:
            changed = {name: kept[name] for name in kept if kept[name] != row[name]}
            connection.execute(update(table).where(this).values(changed))
    return touched


def less_purged(receipt: Receipt, purged: int) -> Receipt:
    """The receipt with `purged` of its rows counted as ignored, so that it still adds up."""
    if not purged:
        return receipt
    gone = min(purged, receipt.rows_loaded + receipt.rows_rejected)
    loaded = min(gone, receipt.rows_loaded)
    return replace(
        receipt, rows_loaded=receipt.rows_loaded - loaded, rows_rejected=receipt.rows_rejected - (gone - loaded),
        rows_ignored=receipt.rows_ignored + gone,
    )  # fmt: skip


def purged_rows(connection: Connection) -> dict[str, int]:
    """By delivery id: how many of its rows have been purged."""
    found: dict[str, int] = {}
    wanted = select(notes.c.subject, notes.c.body).where(notes.c.kind == ROWS).order_by(notes.c.seq)
    for row in connection.execute(wanted):
        body = json.loads(row.body)
        found[row.subject] = found.get(row.subject, 0) + int(body["rows"])
    return found
