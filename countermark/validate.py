"""`countermark validate`: says what a file is, whether it would load, and every problem with its cell. Loads nothing.

The file goes the way of every delivery, into a home that is thrown away; so what is said here is what intake would do.
"""

from __future__ import annotations

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
from countermark.warehouse.connect import connect
from countermark.warehouse.inbox import AUTHORITY_FILE, age_of
from countermark.warehouse.intake import intake

MOST_PLACES = 20  # places named for one problem; the rest are counted
UNNAMED = "UNNAMED"


def validate_files(paths: Sequence[Path], catalogue: Catalogue) -> list[str]:
    """The report on each file, line by line, in plain words. An `authority.toml` beside a file says which teams there are."""
    lines: list[str] = []
    for path in paths:
        if not path.is_file():
            lines.append(f"{path}: there is no such file.")
            continue
        with tempfile.TemporaryDirectory(prefix="countermark-validate-") as folder:
            lines.extend(_report(path, Path(folder), catalogue))
    return lines


def _report(path: Path, folder: Path, catalogue: Catalogue) -> list[str]:
    home, inbox = Home.open(folder / "home"), folder / "inbox"
    inbox.mkdir()
    shutil.copyfile(path, inbox / path.name)
    beside = (path.parent / AUTHORITY_FILE).is_file()
    if beside:
        shutil.copyfile(path.parent / AUTHORITY_FILE, inbox / AUTHORITY_FILE)
    age_of(inbox)
    with Ledger.open(home.ledger_url) as ledger:
        con = connect(home.warehouse, catalogue.sql, home.tmp)
        try:
            summary = intake(home, inbox, None if beside else UNNAMED, catalogue, ledger, con)
            lines = [line for receipt in summary.receipts for line in _about(receipt, con, catalogue)]
        finally:
            con.close()
    return lines or [f"{path.name}: this says who delivers and when; it is no delivery itself."]


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
