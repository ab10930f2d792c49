"""Writing one table to one file: CSV and Parquet by the engine, Excel cell by cell, so that no text can become a
formula.

CSV: UTF-8, a header row, ISO dates, moments in UTC with a Z, true and false, empty for null. A text that a
spreadsheet could take for a formula (it begins with = + - @, their wide forms, a tab or a line end) gets an apostrophe before it;
numbers and dates never do. Excel: text is written as text whatever it begins with, dates are dates; a text longer
than a cell holds ends in an ellipsis.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb

from countermark.exports.published import Column, Table

Format = Literal["csv", "xlsx", "parquet"]
FORMULA_STARTS = (
    r"^[=+\-@\t\r\n＝＋－＠]"  # the wide signs too: a spreadsheet set to Chinese or Japanese reads them alike
)
CELL_CHARACTERS = 32_767  # what one Excel cell holds
SHEET_ROWS = 1_048_575  # rows of an Excel sheet below the heading
WIDTHS = {"text": 18, "date": 12, "moment": 20, "integer": 10, "number": 12, "boolean": 9}
DATE_FORMATS = {"date": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm:ss"}
WIDE = 42
LONG_TEXTS = {"title", "status_reason", "message", "reason", "says", "file", "note", "manual_source", "system_source"}


class ExportError(RuntimeError):
    """An export cannot be made as asked. The text says why and what to do."""


def write_csv(con: duckdb.DuckDBPyConnection, query: str, table: Table, path: Path) -> None:
    """Write the rows of `query` (the table's columns, in order) as CSV."""
    cells = ", ".join(_csv_cell(column) for column in table.columns)
    con.execute(
        f"copy (select {cells} from ({query})) to '{_quoted(path)}' (format csv, header true, nullstr '', "
        "dateformat '%Y-%m-%d', timestampformat '%Y-%m-%dT%H:%M:%SZ')"
    )


def _csv_cell(column: Column) -> str:
    name = f'"{column.name}"'
    if column.type != "text":
        return name
    is_formula = f"regexp_matches({name}, '{FORMULA_STARTS}')"
    return f"case when {is_formula} then '''' || {name} else nullif({name}, '') end as {name}"


def write_parquet(con: duckdb.DuckDBPyConnection, query: str, table: Table, path: Path) -> None:
    """Write the rows of `query` as Parquet."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    con.execute(f"copy (select {names} from ({query})) to '{_quoted(path)}' (format parquet, compression zstd)")


def write_xlsx(con: duckdb.DuckDBPyConnection, query: str, table: Table, path: Path) -> None:
    """Write the rows of `query` as one sheet with a frozen heading and a filter. ExportError where they do not fit."""
    import xlsxwriter

    names = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = con.execute(f"select {names} from ({query})").fetchall()
    if len(rows) > SHEET_ROWS:
        raise ExportError(f"{table.name} has more rows than an Excel sheet holds: export it as csv or parquet.")
    book = xlsxwriter.Workbook(str(path), {"tmpdir": str(path.parent)})
    formats = {kind: book.add_format({"num_format": shown}) for kind, shown in DATE_FORMATS.items()}
    heading = book.add_format({"bold": True})
    sheet = book.add_worksheet(table.name)
    for j, column in enumerate(table.columns):
        sheet.set_column(j, j, WIDE if column.name in LONG_TEXTS else WIDTHS[column.type])
        sheet.write_string(0, j, column.name, heading)
    for i, row in enumerate(rows, start=1):
        for j, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            if cell is not None and cell != "":
                write_cell(sheet, i, j, cell, formats.get(column.type))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(table.columns) - 1)
    book.close()


def write_cell(sheet: Any, i: int, j: int, cell: object, style: Any) -> None:
    """Write one cell of a sheet as what it is: text as text, whatever it begins with."""
    if isinstance(cell, bool):
        sheet.write_boolean(i, j, cell)
    elif isinstance(cell, str):
        sheet.write_string(i, j, cell if len(cell) <= CELL_CHARACTERS else cell[: CELL_CHARACTERS - 1] + "…")
    elif isinstance(cell, (date, datetime)):
        sheet.write_datetime(i, j, cell, style)
    else:
        sheet.write_number(i, j, cell)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet}
