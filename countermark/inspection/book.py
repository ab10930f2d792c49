"""The workbook: Ofsted's lists with their own headings, one a sheet, a front sheet and the comments. Text is written as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from countermark.inspection.rows import Cell

FRONT, COMMENTS = "Front sheet", "Comments"
CELL_CHARACTERS = 32_767  # what one Excel cell holds
WIDTH, WIDE = 16, 60


@dataclass(frozen=True)
class Sheet:
    """One sheet of a table: its name, its headings, its rows."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    wide: int = 0  # so many columns at the end hold sentences


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets with a frozen heading and a filter. No cell can become a formula; dates are dates."""
    import xlsxwriter

    options = {"tmpdir": str(path.parent), "default_date_format": "dd/mm/yyyy"}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"title": "Annex A", "comments": "Made by countermark from a frozen publication."})
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    for table in sheets:
        sheet = book.add_worksheet(table.name)
        last = len(table.headings) - 1
        sheet.set_column(0, last, WIDTH)
        if table.wide:
            sheet.set_column(last - table.wide + 1, last, WIDE)
        for j, text in enumerate(table.headings):
            sheet.write_string(0, j, text, heading)
        for i, row in enumerate(table.rows, start=1):
            for j, cell in enumerate(row):
                _write(sheet, i, j, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(table.rows), 1), last)
    book.close()


def _write(sheet: Any, i: int, j: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, (date, datetime)):
        sheet.write_datetime(i, j, cell)
    elif isinstance(cell, int):
        sheet.write_number(i, j, cell)
    else:
        sheet.write_string(i, j, cell if len(cell) <= CELL_CHARACTERS else cell[: CELL_CHARACTERS - 1] + "…")
