"""One sheet of a list to tick: what is recorded (locked), what to answer (drop-downs and date cells), blank rows to add children.

Every row says in hidden columns which list it is of, and how many rows were sent: so it may be sorted, cut or put together with others.
Text is written as text, whatever it begins with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.exports.write import SHEET_ROWS, ExportError, write_cell

CONTRACT, VERSION = "manual_prefilled", "1"
BLANK_ROWS = 20
HEAD_ROW = 2  # below a title and what to do
FILL_IN = ("initials", "your_answer", "another_date", "note", "filled_in_by", "filled_in_on")
HIDDEN = ("indicator_id", "team", "as_at", "list_version", "sent_in_all", "sent_met")
WIDTHS = {"case_id": 22, "worker": 20, "your_answer": 22, "note": 40, "filled_in_by": 20}
PROTECTED = {
    "sort": True, "autofilter": True, "format_columns": True, "format_rows": True, "select_locked_cells": True,
}  # fmt: skip
TO_DO = (
    "One answer a row: Right, or what is right instead, with the date where it is another one. When all other rows are right, say so "
    "once in the row ALL OTHERS and enter your name and the date there. Children who are missing go into the blank rows at the end."
)


@dataclass(frozen=True)
class Listed:
    """One team's list of one figure: its rows are case, initials, worker, what is recorded, the date recorded, due date."""

    indicator_id: str
    title: str
    question: str
    is_headcount: bool
    rows: tuple[tuple[Any, ...], ...]
    snapshot: str


def write_book(path: Path, team: str, as_at: date, lists: list[Listed], catalogue: Catalogue) -> None:
    """Write one team's workbook. ExportError where a sheet is too small for its list."""
    import xlsxwriter

    if any(len(one.rows) > SHEET_ROWS - BLANK_ROWS - HEAD_ROW - 1 for one in lists):
        raise ExportError("This team has more cases than a sheet of Excel holds.")
    contract = catalogue.contracts[CONTRACT]
    book = xlsxwriter.Workbook(str(path), {"tmpdir": str(path.parent)})
    said = ", ".join(one.indicator_id for one in lists)
    book.set_properties(
        {"title": contract.title, "comments": f"{CONTRACT} version {VERSION}: {said} at {as_at.isoformat()}"}
    )
    styles = _styles(book)
    for one in lists:
        _sheet(book.add_worksheet(one.indicator_id), contract, catalogue, team, as_at, one, styles)
    book.close()


def _styles(book: Any) -> dict[str, Any]:
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "says": book.add_format({"text_wrap": False, "italic": True}),
        "head": book.add_format(head),
        "head to fill": book.add_format({**head, "bg_color": "#FFF7BF"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "text to fill": book.add_format({"num_format": "@", "locked": False}),
        "date to fill": book.add_format({"num_format": "dd/mm/yyyy", "locked": False}),
    }


def _sheet(
    page: Any, contract: Contract, catalogue: Catalogue, team: str, as_at: date, one: Listed, styles: dict[str, Any]
) -> None:
    names = list(contract.columns)
    page.write_string(0, 0, f"{one.title}: {team}, position at {as_at:%d/%m/%Y}", styles["title"])
    page.write_string(1, 0, f"{one.question} {TO_DO}", styles["says"])
    for place, (name, column) in enumerate(contract.columns.items()):
        style = styles["date" if column.type == "date" else "text"]
        page.set_column(place, place, WIDTHS.get(name, 13), style, {"hidden": name in HIDDEN})
        page.write_string(HEAD_ROW, place, column.header, styles["head to fill" if name in FILL_IN else "head"])
        page.write_comment(HEAD_ROW, place, column.meaning, {"x_scale": 2})
    words = {c.code: c.label for c in catalogue.code_sets["prefilled_record"].codes}
    always = _always(one, team, as_at)
    first = HEAD_ROW + 1
    _row(page, first, names, contract, {**always, "as_recorded": words["all_others"]}, styles, adds=False)
    for number, row in enumerate(one.rows, start=first + 1):
        told = dict(zip(("case_id", "initials", "worker", "as_recorded", "last_recorded", "due_by"), row, strict=True))
        told["as_recorded"] = words[told["as_recorded"]]
        _row(page, number, names, contract, {**always, **told}, styles, adds=False)
    last = first + len(one.rows) + BLANK_ROWS
    for number in range(first + len(one.rows) + 1, last + 1):
        _row(page, number, names, contract, always, styles, adds=True)
    _answers(page, names, catalogue, one, first, last)
    page.protect("", PROTECTED)
    page.freeze_panes(first, 1)
    page.autofilter(HEAD_ROW, 0, last, len(names) - 1)


def _always(one: Listed, team: str, as_at: date) -> dict[str, Any]:
    """What every row says of the list it is of."""
    counted = [row for row in one.rows if row[3] != "not_known"]
    return {
        "indicator_id": one.indicator_id, "team": team, "as_at": as_at, "list_version": f"{VERSION}/{one.snapshot}",
        "sent_in_all": len(counted), "sent_met": sum(row[3] == "met" for row in counted),
    }  # fmt: skip


def _row(
    page: Any, number: int, names: list[str], contract: Contract, cells: dict[str, Any], styles: dict[str, Any],
    *, adds: bool,
) -> None:  # fmt: skip
    """One row. What is recorded stays locked; in a row to add a child the case can be filled in, too."""
    for place, name in enumerate(names):
        kind = "date" if contract.columns[name].type == "date" else "text"
        to_fill = name in FILL_IN or (adds and name == "case_id")
        style = styles[f"{kind} to fill" if to_fill else kind]
        cell = cells.get(name)
        if cell is None or cell == "":
            page.write_blank(number, place, None, style)
        elif isinstance(cell, str):
            page.write_string(number, place, cell, style)
        else:
            write_cell(page, number, place, cell, style)


def _answers(page: Any, names: list[str], catalogue: Catalogue, one: Listed, first: int, last: int) -> None:
    """Drop-downs and date cells. A headcount has no case that is there and not met."""
    labels = {c.code: c.label for c in catalogue.code_sets["prefilled_answer"].codes}
    choices = ("right", "not_ours") if one.is_headcount else tuple(labels)
    place = names.index("your_answer")
    said = {"validate": "list", "error_title": "Your answer", "error_message": "Choose an entry of the list."}
    page.data_validation(first, place, first, place, {**said, "source": [labels["right"]]})
    page.data_validation(first + 1, place, last, place, {**said, "source": [labels[code] for code in choices]})
    days = {
        "validate": "date", "criteria": "between", "minimum": date(1990, 1, 1), "maximum": date(2040, 12, 31),
        "error_message": "Give a date as day/month/year.",
    }  # fmt: skip
    for name in ("another_date", "filled_in_on"):
        page.data_validation(first, names.index(name), last, names.index(name), days)
