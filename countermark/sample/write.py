"""Files: workbooks, CSV, TOML and JSON of the sample, the same bytes for the same seed.

What belongs here is the writing alone. Workbooks carry a fixed date of creation.
"""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from countermark.sample.histories import Unreadable
from countermark.sample.mess import Formula, Sheet

_CREATED = datetime(2022, 1, 1)
_MANY_ROWS = 40_000
_ERRORS = {"#N/A": "=NA()"}


def write_workbook(path: Path, sheets: list[Sheet]) -> None:
    """One workbook with a sheet a list; large ones are streamed row by row."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    streamed = sum(len(sheet.rows) for sheet in sheets) > _MANY_ROWS
    with xlsxwriter.Workbook(str(path), {"constant_memory": streamed, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _CREATED})
        formats = (book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"bold": True}))
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            _fill(page, sheet, *formats)
            if sheet.unseen:
                page.hide()


def _fill(page: Any, sheet: Sheet, as_date: Any, bold: Any) -> None:
    top = 0
    if sheet.title:
        page.write_string(0, 0, sheet.title, bold)
        top = 1
    for column, header in enumerate(sheet.headers):
        page.write_string(top, column, header, bold)
    for line, cells in enumerate(sheet.rows, start=top + 1):
        if line - top - 1 in sheet.hidden:
            page.set_row(line, None, None, {"hidden": True})
        _write_row(page, line, cells, as_date)
    if sheet.total:
        _write_row(page, top + 1 + len(sheet.rows), sheet.total, as_date)


def _write_row(page: Any, line: int, cells: list[Any], as_date: Any) -> None:
    for column, value in enumerate(cells):
        if value is None:
            continue
        if isinstance(value, str):
            page.write_string(line, column, value)
        elif isinstance(value, date):
            page.write_datetime(line, column, value, as_date)
        elif isinstance(value, Unreadable):
            _write_unreadable(page, line, column, value.shown)
        elif isinstance(value, Formula):
            serial = (value.value - date(1899, 12, 30)).days
            page.write_formula(line, column, value.text, as_date, serial)
        else:
            page.write_number(line, column, value)


def _write_unreadable(page: Any, line: int, column: int, shown: str) -> None:
    if shown in _ERRORS:
        page.write_formula(line, column, _ERRORS[shown], None, shown)
    else:
        page.write_string(line, column, shown)


def write_table(path: Path, headers: tuple[str, ...], rows: list[dict[str, Any]], sheet: str = "Sheet1") -> None:
    """Rows as CSV, or as a workbook of one sheet, by the suffix of the path; true and false in words."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [[_spoken(row.get(header)) for header in headers] for row in rows]
    if path.suffix == ".xlsx":
        write_workbook(path, [Sheet(0, sheet, None, list(headers), cells)])
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(headers)
        out.writerows([value.isoformat() if isinstance(value, date) else value for value in line] for line in cells)


def _spoken(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def write_text(path: Path, text: str) -> None:
    """A text file with the lines as they are, on every platform."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, content: dict[str, Any]) -> None:
    """JSON with ISO dates."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n")
