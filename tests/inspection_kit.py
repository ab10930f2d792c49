"""What the tests of inspection share: a written workbook read back with another library, and counted by the plain-Python oracle."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from tests.oracle import figures
from tests.oracle.cells import standard_name
from tests.oracle.figures import Extract
from tests.oracle.population import typed_cell

Figures = dict[str, tuple[int, int]]


def sheets(workbook: Path) -> dict[str, list[dict[str, Any]]]:
    """The Annex A sheets of a workbook: rows by heading, as openpyxl reads them."""
    book = openpyxl.load_workbook(workbook)
    found = {}
    for sheet in book:
        if sheet.title.startswith("List"):
            headings, *rows = sheet.iter_rows(values_only=True)
            found[sheet.title] = [dict(zip(map(str, headings), row, strict=True)) for row in rows]
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)


def oracle_figures(workbook: Path, taken: date, as_at: date) -> Figures:
    """(numerator, denominator) of every indicator that the oracle knows, from the cells of the workbook alone."""
    lists = {}
    for name, rows in sheets(workbook).items():
        own = f"list_{int(name.split()[1]):02d}"
        if own in figures.REQUIRED:
            lists[own] = [
                {column: typed_cell(column, text) for column, text in _row(row).items()} | {"source_row": str(number)}
                for number, row in enumerate(rows, start=2)
            ]
    found = {}
    for indicator in figures.INDICATORS:
        members = figures.members(indicator, as_at, [Extract(taken, lists)]).values()
        found[indicator] = (sum(m.in_numerator for m in members), sum(m.in_denominator for m in members))
    return found


def _row(row: dict[str, Any]) -> dict[str, str]:
    return {standard_name(heading): _text(cell) for heading, cell in row.items()}


def published_figures(snapshot: Path, as_at: date) -> Figures:
    """(numerator, denominator) of every indicator for the authority as a whole, as a snapshot has them; a headcount counts in both."""
    con = duckdb.connect(str(snapshot), read_only=True)
    try:
        rows = con.execute(
            "select indicator_id, system_numerator, coalesce(system_denominator, system_numerator) from main.metrics "
            "where team = 'ALL' and as_at = ?",
            [as_at],
        ).fetchall()
    finally:
        con.close()
    return {indicator: (n, d) for indicator, n, d in rows}
