"""Taking in case systems' databases: each table that authority.toml's databases have is a delivery of its own, with a receipt.

First every table is read, into scratch and outside any transaction; then raw, typed and the receipts change together. A table that
cannot be read has a receipt that says why, and the others go on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from countermark.contracts.authority import DatabaseSource
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.readers import database
from countermark.readers.database import DatabaseRefusal, Limits
from countermark.warehouse import raw, reads
from countermark.warehouse.connect import quiet
from countermark.warehouse.directions import authorities_of
from countermark.warehouse.missing import says_columns, says_missing
from countermark.warehouse.receipts import ID_DIGITS, settle_counts
from countermark.warehouse.typed import create_typed

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = "databases"
NO_ADDRESS = "The environment variable that url_env names is not set: put the database's address into it."
NO_FILE = (
    "The database's file is not where url says, seen from the drop folder: put it there, or mend url in authority.toml."
)
STANDS = " What was read of it last stands, and grows old."
BESIDE = "sqlite:///"  # followed by no further slash: a file named from the drop folder, so that both may lie anywhere
EMPTY = "The table has no row: an empty table is not taken as zero."
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What reading one table came to: its rows as an Arrow stream, or why there are none. `table` is its name there."""

    table: str
    contract: Contract | None
    rows: Path | None = None
    refused: str = ""
    remark: str = ""
    lasting: bool = False  # it stays so until somebody changes the database: said once and not with every read
    tells: bool = False  # of the database as such, and nothing is wrong: which tables it never had


def read_databases(
    home: Home,
    catalogue: Catalogue,
    ledger: Ledger,
    con: duckdb.DuckDBPyConnection,
    progress: Progress | None = None,
    inbox: Path | None = None,
) -> tuple[Receipt, ...]:
    """Read every database that an authority names. Returns the new receipts; none where all is as it was read today. A file that an
    address names without its whole path is looked for from `inbox`.

    Ended anywhere, the next run leaves the same as if nothing had happened. Raises EngineError where our own database fails.
    """
    sources = [
        (code, source)
        for code, source in _sources(ledger)
        if _address(source, inbox) or _read_before(ledger, code, source)
    ]
    if not sources:
        return ()
    with quiet("reading the databases"), raw.scratch(home) as folder:
        raw.mend(home, catalogue, ledger, con)
        new: list[Receipt] = []
        for done, (authority, source) in enumerate(sources, start=1):
            if progress:
                progress(done - 1, len(sources))
            own = folder / f"{done}"
            own.mkdir()
            before = _read_before(ledger, authority, source)
            outcomes = list(_read(source, _address(source, inbox), catalogue, own, before))
            new += _take(home, catalogue, ledger, con, authority, source, outcomes)
            if progress:
                progress(done, len(sources))
    return tuple(new)


def _sources(ledger: Ledger) -> list[tuple[str, DatabaseSource]]:
    return [(one.authority, source) for one in authorities_of(ledger) for source in one.databases]


def _address(source: DatabaseSource, inbox: Path | None) -> str:
    """Where a database is; empty where the variable that says so is not set, or no file is where a relative address says."""
    if source.url_env:
        return os.environ.get(source.url_env, "")
    rest = source.url.removeprefix(BESIDE)
    if rest == source.url or not rest or Path(rest).is_absolute():
        return source.url
    path = (inbox / rest).resolve() if inbox else None
    return f"{BESIDE}{path}" if path and path.is_file() else ""


def unread(ledger: Ledger, inbox: Path | None = None) -> list[str]:
    """What to say, at every run, of databases that this computer cannot find. Receipts speak once of one that was there before."""
    lost = [(code, source) for code, source in _sources(ledger) if not _address(source, inbox)]
    return [_not_read(source, bool(_read_before(ledger, code, source))) for code, source in lost]


def _not_read(source: DatabaseSource, before: bool) -> str:
    unset = f"the environment variable {source.url_env} is not set"
    why = unset if source.url_env else "its file is not where url says"
    return f"The database {source.name} is not read: {why}.{STANDS if before else ''}"


def _read_before(ledger: Ledger, authority: str, source: DatabaseSource) -> set[str]:
    """The tables of a database that have been read, by their names in lower case."""
    start = f"{FOLDER}/{source.name}/"
    mine = [
        one for one in ledger.receipts() if one.authority == authority and one.sha256 and one.file.startswith(start)
    ]
    return {one.file.removeprefix(start) for one in mine}


def _read(
    source: DatabaseSource, address: str, catalogue: Catalogue, folder: Path, before: set[str]
) -> Iterator[Outcome]:
    """Every table of a database. Where there is no connection at all, each that was read before says so, else the database as such."""
    wanted = _wanted(source, catalogue)
    known: list[tuple[str, Contract | None]] = [(name, contract) for name, contract in wanted.items() if name in before]
    unread = known or [("", None)]
    if not address:
        says = NO_ADDRESS if source.url_env else NO_FILE
        yield from (Outcome(name, contract, refused=says) for name, contract in unread)
        return
    limits = Limits(source.timeout_seconds, source.batch_rows)
    lost = ""
    try:
        with database.reading(address, limits) as connection:
            there = database.tables_of(connection, source.in_schema)
            never = {name: c for name, c in wanted.items() if name not in {*there, *before} and not source.tables}
            if never:
                yield Outcome("", None, refused=says_missing(catalogue, never), lasting=True, tells=True)
                wanted = {name: contract for name, contract in wanted.items() if name not in never}
            for name, contract in wanted.items():
                if lost:
                    yield Outcome(name, contract, refused=lost)
                    continue
                try:
                    yield _table(connection, name, contract, there, source, folder)
                except DatabaseRefusal as refusal:
                    yield Outcome(name, contract, refused=str(refusal))
                    lost = str(refusal) if refusal.gone else ""
                    if not lost:
                        connection.rollback()
    except DatabaseRefusal as refusal:
        yield from (Outcome(name, contract, refused=str(refusal)) for name, contract in unread)


def _wanted(source: DatabaseSource, catalogue: Catalogue) -> dict[str, Contract]:
    """The tables to read, by their names in lower case."""
    prefixes = {family.id: family.database for family in catalogue.families.values() if family.database}
    known = {
        f"{prefixes[contract.family]}{contract.id.removeprefix(f'{contract.family}.')}": contract
        for contract in catalogue.contracts.values()
        if contract.family in prefixes
    }
    named = {name.lower() for name in source.tables}
    return {name: c for name, c in known.items() if not named or {name, name.removeprefix(prefixes[c.family])} & named}


def _table(
    connection: Connection, name: str, contract: Contract, there: dict[str, str], source: DatabaseSource, folder: Path
) -> Outcome:
    """One table read into a scratch file. A column that is not there is blank, unless no row could be taken without it."""
    import pyarrow as pa

    if name not in there:
        return Outcome(name, contract, refused=f"The database has no table {name}.", lasting=True)
    columns = database.columns_of(connection, there[name], source.in_schema)
    missing = [column for column in contract.columns if column not in columns]
    needed = [column for column in missing if contract.columns[column].must_have]
    if needed:
        says = f"The table lacks the column {', '.join(needed)}: without it no figure can be made of it. Add it to the table."
        return Outcome(name, contract, refused=says, lasting=True)
    taken: dict[str, str] = {column: c.type for column, c in contract.columns.items() if column in columns}
    wanted = database.query(there[name], [columns[column] for column in taken], source.in_schema)
    limits = Limits(source.timeout_seconds, source.batch_rows)
    path, rows = folder / name, 0
    schema = pa.schema([("unreadable", pa.list_(pa.string())), *((column, pa.string()) for column in contract.columns)])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for batch in database.batches(connection, wanted, taken, limits):
            blank = pa.nulls(batch.num_rows, pa.string())
            cells = [batch.column(column) if column in taken else blank for column in contract.columns]
            writer.write_batch(pa.RecordBatch.from_arrays([batch.column("unreadable"), *cells], schema=schema))
            rows += batch.num_rows
    if not rows:
        return Outcome(name, contract, refused=EMPTY, lasting=True)
    return Outcome(
        name, contract, rows=path, remark=says_columns(missing, sorted(columns.keys() - contract.columns.keys()))
    )


def _take(
    home: Home,
    catalogue: Catalogue,
    ledger: Ledger,
    con: duckdb.DuckDBPyConnection,
    authority: str,
    source: DatabaseSource,
    outcomes: list[Outcome],
) -> list[Receipt]:
    """Raw rows and receipts of one database's tables, in one transaction."""
    now, stored = ledger.clock(), ledger.receipts()
    con.execute("begin")
    try:
        drafts = []
        for outcome in outcomes:
            file = f"{FOLDER}/{source.name}" + (f"/{outcome.table}" if outcome.table else "")
            before = [one for one in stored if (one.authority, one.file) == (authority, file)]
            draft = _draft(home, con, authority, file, outcome, before, now)
            drafts += [draft] if draft else []
        first = max((receipt.seq for receipt in stored), default=0) + 1
        pending = [replace(receipt, seq=first + index) for index, receipt in enumerate(drafts)]
        if pending:
            create_typed(con, catalogue, ledger, pending)
        new = ledger.add_receipts(settle_counts(con, pending)) if pending else []
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return new


def _draft(
    home: Home,
    con: duckdb.DuckDBPyConnection,
    authority: str,
    file: str,
    outcome: Outcome,
    before: list[Receipt],
    now: datetime,
) -> Receipt | None:
    """The receipt of one table; None where it says nothing new."""
    last = before[-1] if before else None
    if outcome.refused or outcome.rows is None or outcome.contract is None:
        same = last is not None and last.reason == outcome.refused
        if same and last is not None and (outcome.lasting or last.received_at.date() == now.date()):
            return None
        identity = _id(authority, file, f"{now.isoformat()} {outcome.refused}", outcome.contract)
        return _receipt(authority, file, identity, outcome, now, "", 0)
    contract, chain = outcome.contract, reads.chain_of(authority, file)
    with raw.arrow(con, str(outcome.rows)):
        added, lost = reads.differences(con, contract, chain)
    follows = next((one for one in reversed(before) if one.sha256), None)
    standing = follows is not None and follows.status != "withdrawn" and follows.extracted_on == now.date()
    if standing and not added and not lost:
        return None
    said = {reads.FILE: file, reads.DAY: now.date().isoformat(), reads.FOLLOWS: follows.delivery_id if follows else ""}
    digest = reads.keep(con, home, contract, said)
    identity = _id(authority, file, digest, contract)
    rows = reads.append(con, contract, chain, identity)
    con.execute("insert into raw.taken values (?, ?, ?, ?)", [identity, contract.id, rows, 0])
    return _receipt(authority, file, identity, outcome, now, digest, rows)


def _id(authority: str, file: str, of: str, contract: Contract | None) -> str:
    digest = sha256(f"{authority}{file}{of}".encode()).hexdigest()[:ID_DIGITS]
    return f"{digest}-{contract.id}" if contract else digest


def _receipt(
    authority: str, file: str, identity: str, outcome: Outcome, now: datetime, digest: str, rows: int
) -> Receipt:
    return Receipt(
        authority=authority,
        delivery_id=identity,
        file=file,
        sha256=digest,
        contract=outcome.contract.id if outcome.contract else "",
        extracted_on=now.date(),
        extracted_on_inferred=False,
        received_at=now,
        rows_in=rows,
        rows_loaded=0,
        rows_rejected=rows,
        rows_ignored=0,
        status="loaded" if rows or outcome.tells else "rejected",
        reason=outcome.refused or outcome.remark,
        file_complete=outcome.tells or not outcome.refused,
    )
