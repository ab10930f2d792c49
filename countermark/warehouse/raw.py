"""raw.*: what each file said, as text with its place. Appended by delivery, and rebuilt from the kept files where it was lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.readers.headings import Layout, layout_of
from countermark.readers.process import FileAnswer, Limits, Reader, SheetAnswer
from countermark.warehouse import reads
from countermark.warehouse.connect import quiet
from countermark.warehouse.kept import kept_file
from countermark.warehouse.learned import layouts_of

TABLES = """
create schema if not exists raw;
create table if not exists raw.taken (delivery_id varchar primary key, contract varchar, rows_in integer, rows_ignored integer);
create table if not exists raw.refused_rows (delivery_id varchar, row_number integer, source_row varchar, sheet_number integer);
create table if not exists raw.headings (delivery_id varchar, sheet varchar, place integer, heading varchar, column_name varchar);
create table if not exists raw.layouts (contract varchar primary key, digest varchar);
"""
HEADINGS = "insert into raw.headings select ?, ?, unnest(range(?)), unnest(?::varchar[]), unnest(?::varchar[])"
PLACE = {"delivery_id": "varchar", "row_number": "integer", "source_row": "varchar", "sheet_number": "integer"}
READ = 2  # counted up where readers make other rows or headings of the same file: raw is then read again
REFUSED_FIELDS = "row_number, source_row, sheet_number"
_known: dict[str, list[tuple[Contract, str]]] = {}  # the last catalogue's, which is nearly always the only one


def prepare(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make the raw tables that the contracts ask for. A contract whose layout changed loses its rows: `mend` reads them again."""
    con.execute(TABLES + reads.TABLE)
    known = dict(con.execute("select contract, digest from raw.layouts").fetchall())
    for contract, digest in _digests(catalogue):
        if known.get(contract.id) == digest:
            continue
        columns = {**PLACE, "unreadable": "varchar[]", **dict.fromkeys(contract.columns, "varchar")}
        if reads.is_read_from_databases(catalogue, contract):
            reads.create(con, contract, columns)
        else:
            fields = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            con.execute(f'create or replace table raw."{contract.table}" ({fields})')
        if contract.id in known:
            con.execute(
                "delete from raw.refused_rows where delivery_id in (select delivery_id from raw.taken where contract = ?)",
                [contract.id],
            )
            con.execute(
                "delete from raw.headings where delivery_id in (select delivery_id from raw.taken where contract = ?)",
                [contract.id],
            )
            con.execute("delete from raw.taken where contract = ?", [contract.id])
        con.execute("insert or replace into raw.layouts values (?, ?)", [contract.id, digest])


def _digests(catalogue: Catalogue) -> list[tuple[Contract, str]]:
    """Every contract with the hash of its layout, worked out once for a catalogue."""
    key = f"{catalogue.digest} {' '.join(catalogue.contracts)}"
    if key not in _known:
        _known.clear()
        layouts = ((c, json.dumps(_layout(c), sort_keys=True).encode()) for c in catalogue.contracts.values())
        _known[key] = [(contract, sha256(layout).hexdigest()) for contract, layout in layouts]
    return _known[key]


def _layout(contract: Contract) -> dict[str, Any]:
    """A contract's layout as its definition has it; what people taught it since changes no row that was read."""
    return {name: part for name, part in layout_of(contract).plain().items() if name != "learned"} | {"read": READ}


def store(
    con: duckdb.DuckDBPyConnection, contract: Contract | None, delivery_id: str, sheets: Iterable[SheetAnswer]
) -> None:
    """Append the rows of one delivery, those of refused sheets as their places alone. `raw.taken` says that it was done."""
    sheets = list(sheets)
    rows_in, rows_ignored = sum(sheet.rows_in for sheet in sheets), sum(sheet.rows_ignored for sheet in sheets)
    if rows_in == rows_ignored:
        return
    for sheet in sheets:
        if sheet.headings:
            names, columns = zip(*sheet.headings, strict=True)
            con.execute(HEADINGS, [delivery_id, sheet.sheet, len(names), list(names), list(columns)])
        if not sheet.rows:
            continue
        with arrow(con, sheet.rows):
            if sheet.state == "loaded" and contract is not None:
                con.execute(
                    f"insert into {reads.rows_table(con, contract)} by name select ? as delivery_id, * from delivered",
                    [delivery_id],
                )
            else:
                con.execute(
                    f"insert into raw.refused_rows by name select ? as delivery_id, {REFUSED_FIELDS} from delivered",
                    [delivery_id],
                )
    taken = [delivery_id, contract.id if contract else "", rows_in, rows_ignored]
    con.execute("insert into raw.taken values (?, ?, ?, ?)", taken)


@contextmanager
def arrow(con: duckdb.DuckDBPyConnection, path: str) -> Iterator[None]:
    """The rows of one sheet as the view `delivered`."""
    import pyarrow as pa

    with pa.memory_map(path) as source:
        con.register("delivered", pa.ipc.open_file(source).read_all())
        try:
            yield
        finally:
            con.unregister("delivered")


def forget(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, delivery_ids: list[str]) -> None:
    """Take rows out of raw that no receipt vouches for (a run was ended between two commits)."""
    if not delivery_ids:
        return
    for contract in catalogue.contracts.values():
        if reads.is_read_from_databases(catalogue, contract):
            reads.forget(con, contract, delivery_ids)
    tables = [reads.rows_table(con, contract) for contract in catalogue.contracts.values()]
    for table in (*tables, "raw.refused_rows", "raw.headings", "raw.taken"):
        con.execute(f"delete from {table} where delivery_id in (select unnest(?::varchar[]))", [delivery_ids])


def mend(
    home: Home, catalogue: Catalogue, ledger: Ledger, con: duckdb.DuckDBPyConnection, limits: Limits | None = None
) -> int:
    """Bring raw in step with the receipts: rows without a receipt go, files that raw lacks are read again from the home.

    Returns how many deliveries were read again.
    """
    with quiet("bringing the raw rows in step with the receipts"):
        con.execute("begin")  # a hundred tables in one commit
        try:
            prepare(con, catalogue)
            con.execute("commit")
        except BaseException:
            con.execute("rollback")
            raise
        taken = {row[0] for row in con.execute("select delivery_id from raw.taken").fetchall()}
        receipts = ledger.receipts()
        forget(con, catalogue, sorted(taken - {receipt.delivery_id for receipt in receipts}))
        lacking = [r for r in receipts if r.delivery_id not in taken and r.sha256 and r.rows_in != r.rows_ignored]
        if lacking:
            of_databases = {
                r.delivery_id for r in lacking if r.contract in catalogue.contracts and reads.is_read(home, r)
            }
            files = [r for r in lacking if r.delivery_id not in of_databases]
            if files:
                _read_again(home, catalogue, layouts_of(catalogue, ledger), con, files, limits or Limits())
            for receipt in lacking:
                if receipt.delivery_id in of_databases:
                    reads.restore(con, home, catalogue.contracts[receipt.contract], receipt)
    return len(lacking)


def _read_again(
    home: Home,
    catalogue: Catalogue,
    layouts: list[Layout],
    con: duckdb.DuckDBPyConnection,
    lacking: list[Receipt],
    limits: Limits,
) -> None:
    with scratch(home) as folder, Reader(layouts, folder, limits) as reader:
        answers: dict[str, FileAnswer] = {}
        for receipt in lacking:
            if receipt.sha256 not in answers:
                answers = {receipt.sha256: reader.read(kept_file(home, receipt.sha256))}
            sheets = [
                as_receipted(s, receipt) for s in answers[receipt.sha256].sheets if s.contract == receipt.contract
            ]
            store(con, catalogue.contracts.get(receipt.contract), receipt.delivery_id, sheets)


def as_receipted(sheet: SheetAnswer, receipt: Receipt) -> SheetAnswer:
    """A sheet as its receipt took it: rows of a file without an authority were refused, whatever they hold."""
    if receipt.authority:
        return sheet
    return SheetAnswer(
        sheet.sheet, sheet.contract, "refused", receipt.reason, sheet.rows_in + sheet.rows_ignored, 0, sheet.rows
    )


@contextmanager
def scratch(home: Home) -> Iterator[Path]:
    """A folder inside the home for the rows on their way; gone afterwards."""
    import tempfile

    home.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="reading-", dir=home.tmp))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def reload(home: Home, catalogue: Catalogue, ledger: Ledger, con: duckdb.DuckDBPyConnection) -> int:
    """Rebuild raw from the kept files and the receipts, as after the loss of the warehouse. Returns the deliveries read."""
    with quiet("emptying the raw rows"):
        con.execute("drop schema if exists raw cascade")
    return mend(home, catalogue, ledger, con)
