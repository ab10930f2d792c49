"""A small case system's database for tests: tables of the Standard Safeguarding Dataset, written by SQLAlchemy to any database. Not a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Table, Text, create_engine, make_url
from sqlalchemy.types import TypeEngine

from countermark.contracts.catalogue import Catalogue
from countermark.ledger.records import Receipt
from countermark.warehouse.databases import read_databases
from tests.intake_kit import Desk, catalogue, desk

MORNING = datetime(2022, 11, 2, 9, tzinfo=UTC)
PREFIX = "ssd_"
Rows = Sequence[Mapping[str, Any]]


def columns(table: str) -> dict[str, TypeEngine[Any]]:
    """The columns of a table as a case system types them: moments for dates, text for all else."""
    own = catalogue().contracts[f"ssd.{table}"].columns
    return {name: DateTime() if column.type == "date" else Text() for name, column in own.items()}


def write(url: str, tables: Mapping[str, Rows], *, without: Sequence[str] = (), replace: bool = False) -> None:
    """Make tables and fill them. `without`: columns that are left out; `replace`: drop a table that is there."""
    address = make_url(url)
    engine = create_engine(
        address.set(drivername="postgresql+psycopg") if address.drivername == "postgresql" else address
    )
    try:
        for name, rows in tables.items():
            fields = [Column(column, kind) for column, kind in columns(name).items() if column not in without]
            table = Table(f"{PREFIX}{name}", MetaData(), *fields)
            with engine.begin() as connection:
                if replace:
                    table.drop(connection, checkfirst=True)
                table.create(connection)
                if rows:
                    blank = dict.fromkeys(column.name for column in fields)
                    connection.execute(table.insert(), [{**blank, **row} for row in rows])
    finally:
        engine.dispose()


def day(text: str | None) -> datetime | None:
    """A day as a case system keeps it: midnight."""
    return datetime.fromisoformat(text) if text else None


def rows(text: str, prefix: str) -> list[dict[str, Any]]:
    """Rows of a table written with `|`, the first line naming the columns without the table's prefix. ISO days are moments."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    names = [f"{prefix}_{name}" for name in lines[0]]
    return [{name: _value(name, cell) for name, cell in zip(names, line, strict=True)} for line in lines[1:]]


def _value(name: str, cell: str) -> Any:
    if not cell:
        return None
    return day(cell) if len(cell) == 10 and cell[4] == cell[7] == "-" else cell


def few(contracts: Sequence[str]) -> Catalogue:
    """The catalogue with a few contracts alone: what a test does not need need not be typed."""
    kept = {name: contract for name, contract in catalogue().contracts.items() if name in contracts}
    return replace(catalogue(), contracts=kept)


class Clinic:
    """A desk with a database behind it, and a clock that a test can put forward."""

    def __init__(self, at: Desk, url: str, more: str = "", contracts: Sequence[str] = ()) -> None:
        self.desk, self.now, self.catalogue = at, MORNING, few(contracts) if contracts else catalogue()
        at.ledger.clock = lambda: self.now
        at.ledger.store_authority("E1", f'authority = "E1"\n[[databases]]\nname = "cms"\n{url}\n{more}')

    def later(self, days: int = 1) -> date:
        """Let days pass; the day that it is then."""
        self.now += timedelta(days=days)
        return self.now.date()

    def read(self) -> dict[str, Receipt]:
        """Read the database; the new receipts by table."""
        new = read_databases(self.desk.home, self.catalogue, self.desk.ledger, self.desk.con)
        assert all(one.rows_in == one.rows_loaded + one.rows_rejected + one.rows_ignored for one in new)
        return {one.file.removeprefix("databases/cms").lstrip("/").removeprefix(PREFIX): one for one in new}

    def raw(self, table: str, chosen: str = "*") -> list[tuple[Any, ...]]:
        """Raw rows of every read."""
        return self.desk.con.execute(f'select {chosen} from raw."ssd_{table}" order by all').fetchall()


@contextmanager
def clinic(folder: Path, url: str, more: str = "", contracts: Sequence[str] = ()) -> Iterator[Clinic]:
    """A clinic in a folder of the test's own. `url` is the line of authority.toml that says where the database is; `contracts`: no others."""
    with desk(folder) as at:
        yield Clinic(at, url, more, contracts)
