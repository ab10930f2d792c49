"""A scratch warehouse with exactly the rows that a frozen snapshot was made of: those deliveries, with their types given anew.

The home's own warehouse may have moved on, with later extracts and withdrawals; the delivered rows stand in it as they came.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.home import Home
from countermark.inspection.freeze import Freeze, InspectionError, file_of
from countermark.ledger.records import Receipt
from countermark.ledger.secrets import pseudonym_key
from countermark.ledger.store import Ledger
from countermark.warehouse import raw
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import connect, home_lock, quiet, warehouse
from countermark.warehouse.identity import Judgements, ensure
from countermark.warehouse.typed import create_typed, delivered

RECEIPT = (
    "authority", "delivery_id", "file", "sha256", "contract", "extracted_on", "extracted_on_inferred", "received_at", "rows_in",
    "rows_loaded", "rows_rejected", "rows_ignored", "status", "reason", "seq", "file_complete",
)  # fmt: skip

LINKS = "linked_identifiers"  # the conformed table that says which id is another's


@dataclass(frozen=True)
class Bench:
    """The scratch warehouse `con`, with the snapshot attached to it as `frozen`; `folder` lies in the home and goes afterwards."""

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    frozen: Freeze
    folder: Path
    authority_text: str


@contextmanager
def bench(home: Home, catalogue: Catalogue, ledger: Ledger, frozen: Freeze) -> Iterator[Bench]:
    """The rows behind a freeze, typed. Holds the home's lock, whose next holder would clear the scratch folder away."""
    snapshot = file_of(home, frozen)
    with home_lock(home), tempfile.TemporaryDirectory(prefix="inspection-", dir=home.tmp) as scratch:
        folder = Path(scratch)
        _copy_rows(home, catalogue, ledger, folder / "rows.duckdb", snapshot)
        con = connect(folder / "rows.duckdb", catalogue.sql, folder)
        try:
            with quiet("reading the frozen rows"):
                con.execute(f"attach '{_quoted(snapshot)}' as frozen (read_only)")
            text = _authority_text(ledger, frozen)
            _type_rows(con, catalogue, frozen, folder, text)
            _say_who_is_who(con, catalogue, home, ledger, frozen)
            yield Bench(con, catalogue, frozen, folder, text)
        finally:
            con.close()


def _copy_rows(home: Home, catalogue: Catalogue, ledger: Ledger, target: Path, snapshot: Path) -> None:
    """The raw rows of the snapshot's deliveries, out of the home's warehouse."""
    with warehouse(home, catalogue.sql) as con:
        raw.mend(home, catalogue, ledger, con)
        with quiet("copying the frozen rows"):
            con.execute(f"attach '{_quoted(target)}' as bench")
            con.execute(f"attach '{_quoted(snapshot)}' as frozen (read_only)")
            try:
                con.execute("create schema bench.raw")
                con.execute("create table bench.raw.layouts as select * from raw.layouts")
                for table in (*(c.table for c in catalogue.contracts.values()), "taken", "refused_rows", "reads"):
                    con.execute(
                        f'create table bench.raw."{table}" as select r.* from raw."{table}" as r '
                        "where delivery_id in (select d.delivery_id from frozen.facts.deliveries as d)"
                    )
            finally:
                con.execute("detach bench")
                con.execute("detach frozen")


def _authority_text(ledger: Ledger, frozen: Freeze) -> str:
    """authority.toml as it was known when the frozen snapshot was published."""
    return ledger.authority_text(frozen.authority, _published_at(ledger, frozen)) or ""


def _type_rows(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, frozen: Freeze, folder: Path, text: str) -> None:
    query = f"select {', '.join(RECEIPT)} from frozen.facts.deliveries where authority = ? order by seq"
    rows = con.execute(query, [frozen.authority]).fetchall()
    if not rows:
        raise InspectionError("The frozen publication names no delivery: there is nothing to write lists from.")
    said = [dict(zip(RECEIPT, row, strict=True)) for row in rows]
    receipts = [Receipt(**{**one, "received_at": one["received_at"].replace(tzinfo=UTC)}) for one in said]
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}") as empty:
        if text:
            empty.store_authority(frozen.authority, text)
        create_typed(con, catalogue, empty, receipts, settled=True)


def _say_who_is_who(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, home: Home, ledger: Ledger, frozen: Freeze
) -> None:
    """identity.ids: under which id each extract's children went, by crosswalk and by what people had said when it was published."""
    judged = Judgements.of(ledger, pseudonym_key(home.path), _published_at(ledger, frozen))
    said = [c for c in delivered(con, catalogue) if LINKS in c.feeds]
    linked = any(con.execute(f'select count(*) from typed."{c.table}"').fetchall() != [(0,)] for c in said)
    if judged.told or linked:
        conform(con, catalogue, judged)
    else:
        ensure(con)


def _published_at(ledger: Ledger, frozen: Freeze) -> datetime | None:
    return next((one.published_at for one in ledger.revisions() if one.seq == frozen.revision), None)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
