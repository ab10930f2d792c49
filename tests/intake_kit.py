"""What the tests of intake share: writing deliveries, a home to take them into, and reading back what became of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from countermark.contracts.catalogue import Catalogue, load
from countermark.home import Home
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.readers.process import Limits
from countermark.warehouse.connect import connect
from countermark.warehouse.intake import IntakeSummary, intake

LIST_7 = "annex_a.list_07"
COUNTS = [
    "indicator_id",
    "team",
    "as_at",
    "unit",
    "numerator",
    "denominator",
    "counted_by",
    "counted_at",
    "method",
    "note",
]
LISTS = [
    "indicator_id", "team", "as_at", "case_id", "in_denominator", "in_numerator", "event_date", "counted_by", "counted_at", "note",
]  # fmt: skip
TEAMS = 'authority = "E1"\nname = "Anytown"\n[[teams]]\nname = "North"\naliases = ["Nrth"]\nowes = ["PP1"]\n[[teams]]\nname = "South"\n'


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped definitions, read once."""
    return load()


def headers(contract: str = LIST_7) -> list[str]:
    """The standard headers of a contract, in order."""
    return [column.header for column in catalogue().contracts[contract].columns.values()]


def row(contract: str = LIST_7, **cells: Any) -> list[Any]:
    """A row of a contract: the named columns filled, the others blank."""
    return [cells.pop(name, None) for name in catalogue().contracts[contract].columns] + [1 / 0 for _ in cells]


def plan(child: Any, start: Any = date(2022, 6, 1), **cells: Any) -> list[Any]:
    """A row of List 7."""
    return row(child_unique_id=child, child_protection_plan_start_date=start, **{"allocated_team": "North", **cells})


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], **options: Any) -> Path:
    """A workbook with these sheets. Dates become date cells, `=…` formulas with the value 0, all else what it is in Python."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy", **options})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, cells in enumerate(rows):
            for j, cell in enumerate(cells):
                _write(sheet, i, j, cell)
    book.close()
    return age(path)


def _write(sheet: Any, i: int, j: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, (date, datetime)):
        sheet.write_datetime(i, j, cell)
    elif isinstance(cell, tuple):  # a formula and its stored value
        sheet.write_formula(i, j, cell[0], None, cell[1])
    elif isinstance(cell, str):
        sheet.write_string(i, j, cell)
    else:
        sheet.write(i, j, cell)


def text_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file as it stands, its line ends kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return age(path)


def csv_file(path: Path, rows: Sequence[Sequence[Any]], separator: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV file; blanks for None, nothing quoted."""
    lines = [separator.join("" if cell is None else str(cell) for cell in cells) for cells in rows]
    return text_file(path, "\r\n".join(lines) + "\r\n", encoding)


def age(path: Path, seconds: float = 60) -> Path:
    """Make a file look as if it had lain there for a while, so that nobody waits for it to settle."""
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


@dataclass
class Desk:
    """A home with its ledger and warehouse, and an inbox before it."""

    home: Home
    inbox: Path
    ledger: Ledger
    con: duckdb.DuckDBPyConnection
    definitions: Catalogue = field(default_factory=catalogue)

    def run(self, authority: str | None = "E1", limits: Limits | None = None) -> IntakeSummary:
        """Take the inbox in."""
        return intake(self.home, self.inbox, authority, self.definitions, self.ledger, self.con, limits=limits)

    def receipts(self) -> dict[tuple[str, str], Receipt]:
        """Receipts by file and contract. Every one of them adds up."""
        found = self.ledger.receipts()
        assert all(r.rows_in == r.rows_loaded + r.rows_rejected + r.rows_ignored for r in found)
        assert len({r.delivery_id for r in found}) == len(found)
        return {(r.file, r.contract): r for r in found}

    def receipt(self, file: str, contract: str = LIST_7) -> Receipt:
        """The receipt of one file and contract."""
        return self.receipts()[file, contract]

    def typed(self, columns: str, contract: str = LIST_7, where: str = "true") -> list[tuple[Any, ...]]:
        """Typed rows in the order of the file."""
        table = catalogue().contracts[contract].table
        query = f'select {columns} from typed."{table}" where {where} order by delivery_seq, row_number, source_row'
        return self.con.execute(query).fetchall()

    def rejects(self) -> list[tuple[str, str, str]]:
        """Rejected rows: place, column, reason."""
        return self.con.execute('select source_row, "column", reason from facts.rejects order by all').fetchall()


@contextmanager
def desk(folder: Path, *contracts: str) -> Iterator[Desk]:
    """An empty desk in a folder of the test's own; where contracts are named it knows of no others, and is quicker."""
    known = {name: catalogue().contracts[name] for name in contracts or catalogue().contracts}
    codes = {column.code_set for contract in known.values() for column in contract.columns.values()}
    measures = {name: one for name, one in catalogue().indicators.items() if set(one.contracts) <= known.keys()}
    home = Home.open(folder / "home")
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    with Ledger.open(home.ledger_url) as ledger:
        con = connect(home.warehouse, catalogue().sql, home.tmp)
        con.execute("set threads = 1")  # so few rows are done sooner by one
        try:
            yield Desk(
                home,
                inbox,
                ledger,
                con,
                replace(
                    catalogue(),
                    contracts=known,
                    indicators=measures,
                    code_sets={name: one for name, one in catalogue().code_sets.items() if name in codes},
                ),
            )
        finally:
            con.close()
