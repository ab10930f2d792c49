"""What intake would make of one file: its lists, how many of their rows would load, and every problem with its cell. Loads nothing.

The file goes the way of every delivery, read by a process with limits, into a home that is thrown away.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from countermark.certify.drift import unread
from countermark.certify.facts import columns_read
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.notes import Note
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.warehouse.claims import is_claim
from countermark.warehouse.connect import connect
from countermark.warehouse.inbox import AUTHORITY_FILE, age_of
from countermark.warehouse.intake import intake

MOST_PLACES = 20  # places named for one problem; the rest are counted
UNNAMED = "UNNAMED"
UNUSABLE = {
    "date": "no date that can be used; give a date cell, 2022-10-31 or 31/10/2022.",
    "code": "a code that is not known; use one that the file layout has.",
    "flag": "neither yes nor no; give one of them.",
    "integer": "no whole number; give one.",
    "number": "no number; give one, such as 0.6.",
    "age": "no age; give it in years.",
}


@dataclass(frozen=True)
class Problem:
    """One problem, in words that quote no cell, and where it stands; `more` places are not named. `rejects` says that its rows
    would not load."""

    says: str
    places: tuple[str, ...]
    more: int
    rejects: bool


@dataclass(frozen=True)
class Looked:
    """One list of the file. `teams` are those that its claims name (as written, then as folded), `as_ats` their dates. `shape` says
    which headings nobody knows, and which known ones are not there though a figure reads them."""

    receipt: Receipt
    title: str
    problems: tuple[Problem, ...]
    teams: tuple[str, ...] = ()
    folded_teams: tuple[str, ...] = ()
    as_ats: tuple[date, ...] = ()
    shape: tuple[str, ...] = ()

    @property
    def loads(self) -> bool:
        """Whether any row of it would load."""
        return self.receipt.status != "rejected"


def look(path: Path, directions: str | None, catalogue: Catalogue, learned: Iterable[Note] = ()) -> list[Looked]:
    """What intake would make of the file under these directions (the text of an authority.toml), with what people taught."""
    with tempfile.TemporaryDirectory(prefix="countermark-validate-") as folder:
        home, inbox = Home.open(Path(folder) / "home"), Path(folder) / "inbox"
        inbox.mkdir()
        shutil.copyfile(path, inbox / path.name)
        if directions is not None:
            (inbox / AUTHORITY_FILE).write_text(directions, encoding="utf-8")
        age_of(inbox)
        with Ledger.open(home.ledger_url) as ledger:
            ledger.note(list(learned))
            con = connect(home.warehouse, catalogue.sql, home.tmp)
            try:
                summary = intake(home, inbox, None if directions is not None else UNNAMED, catalogue, ledger, con)
                return [_looked(receipt, con, catalogue) for receipt in summary.receipts]
            finally:
                con.close()


def _looked(receipt: Receipt, con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Looked:
    contract = catalogue.contracts.get(receipt.contract)
    if contract is None:
        return Looked(receipt, "", ())
    query = 'select "column", reason, source_row from facts.rejects where delivery_id = ?'
    rejected = [
        (f"{column or 'row'}: {reason}", place)
        for column, reason, place in con.execute(query, [receipt.delivery_id]).fetchall()
        if reason != receipt.reason
    ]
    odd = _departures(contract, receipt, con, catalogue) if contract.shape else _cells(contract, receipt, con)
    problems = (*_grouped(rejected, True), *_grouped(odd, False))
    if not is_claim(contract):
        return Looked(receipt, contract.title, problems, shape=_shape(contract, receipt, con, catalogue))
    return Looked(receipt, contract.title, problems, *_claimed(contract, receipt, con))


def _shape(
    contract: Contract, receipt: Receipt, con: duckdb.DuckDBPyConnection, catalogue: Catalogue
) -> tuple[str, ...]:
    query = "select heading, column_name from raw.headings where delivery_id = ? order by sheet, place"
    found = con.execute(query, [receipt.delivery_id]).fetchall()
    there = {column for _, column in found}
    unknown = list(dict.fromkeys(heading for heading, column in found if not column))
    said = list(map(unread, unknown))
    if not there:
        return tuple(said)  # a document or a database has no headings
    read = [(header, indicator) for indicator, of, header in columns_read(catalogue) if of == contract.id]
    for name, column in contract.columns.items():
        moved = [indicator for header, indicator in read if header == column.header]
        if name not in there and moved:
            said.append(f"The heading “{column.header}” is not there: {', '.join(moved)} could be other than with it.")
    return tuple(said)


def _claimed(
    contract: Contract, receipt: Receipt, con: duckdb.DuckDBPyConnection
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[date, ...]]:
    """The teams that claims name, one spelling of each, those teams as authority.toml calls them, and the dates."""
    query = f'select distinct fold_name(team), squeeze(team) from raw."{contract.table}" where team is not null order by all'
    found = {fold: name for fold, name in con.execute(query).fetchall() if fold not in ("", "all")}
    typed = f'from typed."{contract.table}" where delivery_id = ? and reject_column is null'
    teams = con.execute(
        f"select distinct team {typed} and team is not null order by 1", [receipt.delivery_id]
    ).fetchall()
    days = con.execute(
        f"select distinct as_at {typed} and as_at is not null order by 1", [receipt.delivery_id]
    ).fetchall()
    return tuple(found.values()), tuple(row[0] for row in teams), tuple(row[0] for row in days)


def _cells(contract: Contract, receipt: Receipt, con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Optional cells of rows that load, of which nothing can be used."""
    table, found = contract.table, []
    unread = f'select source_row, unnest(unreadable) from raw."{table}" where delivery_id = ? order by sheet_number, row_number'
    for place, name in con.execute(unread, [receipt.delivery_id]).fetchall():
        says = f"{contract.columns[name].header}: an error or a formula without a value, or part of a merged cell; type the value in."
        found.append((says, place))
    for name, column in contract.columns.items():
        words = UNUSABLE.get(column.type)
        if words:
            lost = f'r."{name}" is not null and t."{name}" is null and t.reject_column is null'
            query = (
                f'select t.source_row from typed."{table}" as t join raw."{table}" as r using (delivery_id, source_row) '
                f"where delivery_id = ? and {lost} order by t.row_number"
            )
            places = con.execute(query, [receipt.delivery_id]).fetchall()
            found += [(f"{column.header}: {words}", place) for (place,) in places]
    return found


def _departures(
    contract: Contract, receipt: Receipt, con: duckdb.DuckDBPyConnection, catalogue: Catalogue
) -> list[tuple[str, str]]:
    """Where a document departs from the shape of its year: the element's path, and what is wrong with it."""
    words = {one.code: one.label for one in catalogue.code_sets[contract.columns["problem"].code_set].codes}
    query = f'select path, problem, source_row from typed."{contract.table}" where delivery_id = ? and path is not null order by row_number'
    found = con.execute(query, [receipt.delivery_id]).fetchall()
    return [(f"{path}: {words[problem].lower()}.", place) for path, problem, place in found]


def _grouped(found: Sequence[tuple[str, str]], rejects: bool) -> list[Problem]:
    places: dict[str, list[str]] = {}
    for says, place in found:
        places.setdefault(says, []).append(place)
    return [
        Problem(says, tuple(rows[:MOST_PLACES]), max(0, len(rows) - MOST_PLACES), rejects)
        for says, rows in places.items()
    ]
