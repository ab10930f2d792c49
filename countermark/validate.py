"""`countermark validate`: says what a file is, whether it would load, and every problem with its cell. Loads nothing.

The file goes the way of every delivery, into a home that is thrown away; so what is said here is what intake would do.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.home import Home
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.warehouse.claims import is_claim
from countermark.warehouse.connect import connect
from countermark.warehouse.inbox import AUTHORITY_FILE, age_of
from countermark.warehouse.intake import intake

MOST_PLACES = 20  # places named for one problem; the rest are counted
UNNAMED = "UNNAMED"


def validate_files(paths: Sequence[Path], catalogue: Catalogue) -> list[str]:
    """The report on each file, line by line, in plain words.

    The nearest `authority.toml`, in the file's folder or above it, says which teams there are. Without one nobody can say that a
    team is unknown, so every team that the file names is taken for one and the report says so.
    """
    lines: list[str] = []
    for path in paths:
        if not path.is_file():
            lines.append(f"{path}: there is no such file.")
            continue
        lines.extend(_report(path, catalogue))
    return lines


def _report(path: Path, catalogue: Catalogue) -> list[str]:
    directions = _nearest_directions(path)
    lines, teams = _taken(path, directions, catalogue)
    if teams and directions is None:
        lines, _ = _taken(path, _directions_of(teams), catalogue)
        lines.append(f"  Teams are taken as they are written: no {AUTHORITY_FILE} stands beside the file or above it.")
    return lines or [f"{path.name}: this says who delivers and when; it is no delivery itself."]


def _nearest_directions(path: Path) -> str | None:
    folders = path.resolve().parents
    found = next((folder / AUTHORITY_FILE for folder in folders if (folder / AUTHORITY_FILE).is_file()), None)
    return found.read_text(encoding="utf-8-sig", errors="replace") if found else None


def _directions_of(teams: Sequence[str]) -> str:
    return "\n".join([f'authority = "{UNNAMED}"', *(f"[[teams]]\nname = {json.dumps(team)}" for team in teams)])


def _taken(path: Path, directions: str | None, catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """What intake would make of the file under these directions, and the teams that its claims name."""
    with tempfile.TemporaryDirectory(prefix="countermark-validate-") as folder:
        home, inbox = Home.open(Path(folder) / "home"), Path(folder) / "inbox"
        inbox.mkdir()
        shutil.copyfile(path, inbox / path.name)
        if directions is not None:
            (inbox / AUTHORITY_FILE).write_text(directions, encoding="utf-8")
        age_of(inbox)
        with Ledger.open(home.ledger_url) as ledger:
            con = connect(home.warehouse, catalogue.sql, home.tmp)
            try:
                summary = intake(home, inbox, None if directions is not None else UNNAMED, catalogue, ledger, con)
                lines = [line for receipt in summary.receipts for line in _about(receipt, con, catalogue)]
                return lines, _teams(summary.receipts, con, catalogue)
            finally:
                con.close()


def _teams(receipts: Sequence[Receipt], con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> list[str]:
    """The teams that claims name, one spelling of each."""
    found: dict[str, str] = {}
    for receipt in receipts:
        contract = catalogue.contracts.get(receipt.contract)
        if contract is not None and is_claim(contract):
            query = f'select distinct fold_name(team), squeeze(team) from raw."{contract.table}" where team is not null order by all'
            found |= {fold: name for fold, name in con.execute(query).fetchall() if fold not in ("", "all")}
    return list(found.values())


def _about(receipt: Receipt, con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> list[str]:
    contract = catalogue.contracts.get(receipt.contract)
    if contract is None:
        return [f"{receipt.file}: would not load. {receipt.reason}"]
    would = (
        "would not load"
        if receipt.status == "rejected"
        else f"would load {receipt.rows_loaded} of {receipt.rows_in} rows"
    )
    ignored = f", {receipt.rows_ignored} of them totals or titles that are left out" if receipt.rows_ignored else ""
    lines = [f"{receipt.file}: {contract.title}, {would}{ignored}. {receipt.reason}".rstrip()]
    rejects = 'select "column", reason, source_row from facts.rejects where delivery_id = ?'
    rows = con.execute(rejects, [receipt.delivery_id]).fetchall()
    lines += _grouped(
        [(f"{column or 'row'}: {reason}", place) for column, reason, place in rows if reason != receipt.reason]
    )
    return lines + _grouped(_cells(contract, receipt, con))


def _cells(contract: Contract, receipt: Receipt, con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Optional cells of rows that load, of which nothing can be used."""
    table, found = contract.table, []
    unread = f'select source_row, unnest(unreadable) from raw."{table}" where delivery_id = ? order by sheet_number, row_number'
    unreadable = con.execute(unread, [receipt.delivery_id]).fetchall()
    for place, name in unreadable:
        found.append(
            (f"{contract.columns[name].header}: an error or a formula without a value; type the value in.", place)
        )
    for name, column in contract.columns.items():
        words = UNUSABLE.get(column.type)
        if words:
            lost = f'r."{name}" is not null and t."{name}" is null and t.reject_column is null'
            query = (
                f'select t.source_row from typed."{table}" as t join raw."{table}" as r using (delivery_id, source_row) '
                f"where delivery_id = ? and {lost} order by t.row_number"
            )
            found += [
                (f"{column.header}: {words}", place)
                for (place,) in con.execute(query, [receipt.delivery_id]).fetchall()
            ]
    return found


UNUSABLE = {
    "date": "no date that can be used; give a date cell, 2022-10-31 or 31/10/2022.",
    "code": "a code that is not known; use one of the template's.",
    "flag": "neither yes nor no; give one of them.",
    "integer": "no whole number; give one.",
    "age": "no age; give it in years.",
}


def _grouped(found: Sequence[tuple[str, str]]) -> list[str]:
    """One line for each problem, with its places."""
    places: dict[str, list[str]] = {}
    for problem, place in found:
        places.setdefault(problem, []).append(place)
    lines = []
    for problem, rows in places.items():
        named = ", ".join(rows[:MOST_PLACES]) + (
            f" and {len(rows) - MOST_PLACES} more" if len(rows) > MOST_PLACES else ""
        )
        lines.append(f"  {problem} ({named})")
    return lines
