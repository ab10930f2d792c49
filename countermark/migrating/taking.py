"""One side of a change of case system: a folder of lists, read as any delivery is, in a home that is thrown away.

Nothing is taken into the product's own home. Rows that could be read lie in Parquet files of the private scratch folder afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from countermark import progress
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.warehouse.claims import is_claim
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import connect, quiet, statements
from countermark.warehouse.inbox import AUTHORITY_FILE, SIDECAR, age_of
from countermark.warehouse.intake import intake
from countermark.warehouse.typed import delivered

CROSSWALK = "identity.crosswalk"
WHOSE = "SIDE"  # the council that a side is read under, whichever it is of
SAID = "said "  # before the name of a code's column: its cell as it stands
SIDES = {"before": "the extract before", "after": "the extract after"}


class MigrationError(RuntimeError):
    """The two cannot be compared. The text says which and why, and quotes no cell."""


@dataclass(frozen=True)
class Side:
    """What one side came to: where its rows lie, rows by list, rows that could not be read by list, open cases by table, and files of no
    use."""

    label: str
    folder: Path
    lists: dict[str, int]
    rejected: dict[str, int]
    open_cases: dict[str, int]
    unread: int

    def rows_of(self, contract: str) -> str:
        """The rows of a list, as SQL."""
        return f"read_parquet('{str(self.folder / contract).replace(chr(39), chr(39) * 2)}.parquet')"


def take(label: str, source: Path, scratch: Path, catalogue: Catalogue, crosswalk: Path | None = None) -> Side:
    """Read one side from a folder, or from one file. MigrationError where nothing there is a list that is known."""
    progress.report(f"Reading {SIDES[label]}")
    home, inbox, out = Home.open(scratch / label / "home"), scratch / label / "inbox", scratch / label / "rows"
    out.mkdir(parents=True)
    _copy(source, inbox, crosswalk)
    with Ledger.open(home.ledger_url) as ledger:
        con = connect(home.warehouse, catalogue.sql, home.tmp)
        try:
            summary = intake(home, inbox, WHOSE, catalogue, ledger, con)
            with quiet("reading the lists"):
                conform(con, catalogue)
                lists = {c.id: _write(con, c, out) for c in delivered(con, catalogue) if not is_claim(c)}
                open_cases = _open_cases(con, catalogue)
        finally:
            con.close()
    if crosswalk is not None and not any(one.contract == CROSSWALK for one in summary.receipts):
        raise MigrationError(
            f"{crosswalk.name} is no crosswalk: in its first row there must be the headings Old ID and New ID, and nothing was compared."
        )
    lists = {name: rows for name, rows in lists.items() if any(one.contract == name for one in summary.receipts)}
    if not lists.keys() - {CROSSWALK}:
        raise MigrationError(
            f"{SIDES[label].capitalize()} holds no list that is known: name its folder or its workbook."
        )
    return Side(
        label, out, lists, _rejected(summary.receipts), open_cases, sum(not one.contract for one in summary.receipts)
    )


def _copy(source: Path, inbox: Path, crosswalk: Path | None) -> None:
    """The files, without what speaks for them: whose they are and when they were taken is not asked here."""
    inbox.mkdir(parents=True)
    files = [path for path in sorted(source.rglob("*")) if path.is_file()] if source.is_dir() else [source]
    for path in files:
        said = path.name == AUTHORITY_FILE or path.name == SIDECAR or path.name.endswith(f".{SIDECAR}")
        if not said and not path.is_symlink():
            place = inbox / (path.relative_to(source) if source.is_dir() else Path(path.name))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    if crosswalk is not None:
        (inbox / "crosswalk").mkdir(exist_ok=True)
        shutil.copyfile(crosswalk, inbox / "crosswalk" / crosswalk.name)
    today = datetime.now(UTC).date()
    (inbox / SIDECAR).write_text(f'authority = "{WHOSE}"\nextracted_on = {today}\n', encoding="utf-8")
    age_of(inbox)


def _write(con: duckdb.DuckDBPyConnection, contract: Contract, out: Path) -> int:
    """Every row of a list that could be read, typed, a code's cell as it stands beside it, with file and row."""
    there = {name for name, *_ in con.execute(f'describe typed."{contract.table}"').fetchall()}
    names = [f't."{name}"' for name in (*contract.columns, "team", "worker") if name in there]
    codes = [f'r."{name}" as "{SAID}{name}"' for name, column in contract.columns.items() if column.type == "code"]
    row = con.execute(
        f"""
        copy (
            select {", ".join([*dict.fromkeys(names), *codes])}, files.file as "file", t.source_row as "source row"
            from typed."{contract.table}" as t
            join raw."{contract.table}" as r
                on t.delivery_id = r.delivery_id and t.source_row = r.source_row and t.row_number = r.row_number
            join typed.deliveries as files on t.delivery_id = files.delivery_id and files.contract = '{contract.id}'
            where t.reject_column is null
        ) to '{str(out / contract.id).replace(chr(39), chr(39) * 2)}.parquet' (format parquet)
        """
    ).fetchone()
    return int(row[0]) if row else 0


def _rejected(receipts: Sequence[Receipt]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in receipts:
        if one.contract and one.rows_rejected:
            found[one.contract] = found.get(one.contract, 0) + one.rows_rejected
    return found


def _open_cases(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> dict[str, int]:
    (query,) = statements(catalogue.shared("migrate/open_cases"))
    return dict(con.execute(query).fetchall())
