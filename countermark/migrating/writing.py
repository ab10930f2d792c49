"""The rows behind a comparison of two case systems, for the officer who has to see to them: a workbook that names children, readable by its
owner alone, in the place that the officer names and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb

from countermark.exports.write import SHEET_ROWS, ExportError, write_cell
from countermark.migrating.telling import Result

PRIVATE_FILE = 0o600
SHEETS = {
    "Blocks": (
        ("Block", "List", "Shape", "Column", "From", "To", "Missing", "Rows in it", "Missing elsewhere", "Rows elsewhere"),
        "select blocks.block, lists.title, shape, column_name, first_value, last_value, missing, row_count, elsewhere_missing, "
        "elsewhere_rows from blocks join lists on blocks.list = lists.list order by missing desc, block",
    ),
    "Lost": (
        ("List", "Child", "File", "Row", "Block"),
        "select lists.title, lost.child, lost.file, lost.source_row, block_of.block from lost join lists on lost.list = lists.list "
        "left join block_of on lost.list = block_of.list and lost.row_id = block_of.row_id order by block_of.block, 1, 2, 4",
    ),
    "Doubled": (
        ("List", "Child", "File", "Row"),
        "select lists.title, child, file, source_row from doubled join lists on doubled.list = lists.list order by all",
    ),
    "Dates": (
        ("List", "Heading", "Child", "Before", "After", "Days", "File before", "Row before", "File after", "Row after"),
        "select lists.title, heading, child, moved.before, moved.after, moved.after - moved.before, file_before, row_before, file_after, "
        "row_after from moved join lists on moved.list = lists.list order by 1, 2, 6, 3",
    ),
    "Codes": (
        ("List", "Heading", "Before", "After", "Rows"),
        "select lists.title, heading, codes.before, codes.after, row_count from codes join lists on codes.list = lists.list order by all",
    ),
    "Crosswalk": (
        ("Old id", "New id", "What is odd"),
        "select old_id, new_id, concat_ws(', ', if(count(*) over (partition by old_id) > 1, 'became two', null), "
        "if(count(*) over (partition by new_id) > 1, 'stands for two', null)) as odd from crosswalk order by odd = '', 1, 2",
    ),
}  # fmt: skip


def write(con: duckdb.DuckDBPyConnection, found: Result, out: Path) -> None:
    """Write the workbook to `out`. ExportError where a sheet is too small for what it would hold."""
    import xlsxwriter

    draft = out.with_name(f".{out.name}.draft")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE))
    try:
        book = xlsxwriter.Workbook(str(draft), {"tmpdir": str(out.parent)})
        styles = {"head": book.add_format({"bold": True}), "date": book.add_format({"num_format": "dd/mm/yyyy"})}
        checks = [(one.outcome, one.name, one.says) for one in found.checks]
        _sheet(book, "Checks", ("Outcome", "Check", "What was found"), checks, styles)
        for name, (headings, query) in SHEETS.items():
            _sheet(book, name, headings, con.execute(query).fetchall(), styles)
        book.close()
        draft.chmod(PRIVATE_FILE)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _sheet(
    book: Any, name: str, headings: tuple[str, ...], rows: list[tuple[Any, ...]], styles: dict[str, Any]
) -> None:
    if len(rows) > SHEET_ROWS:
        raise ExportError(f"The sheet {name} has more rows than Excel holds: compare fewer lists at a time.")
    sheet = book.add_worksheet(name)
    for j, heading in enumerate(headings):
        sheet.set_column(j, j, 60 if heading == "What was found" else 20)
        sheet.write_string(0, j, heading, styles["head"])
    for i, row in enumerate(rows, start=1):
        for j, cell in enumerate(row):
            if cell is not None and cell != "":
                write_cell(sheet, i, j, cell, styles["date"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(headings) - 1)
