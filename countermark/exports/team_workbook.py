"""One team's workbook: what an officer sends out so that it comes back filled in.

One table a sheet, in people's words: at the newest date the children to see today and the workers without supervision; differences,
failures, children not seen or overdue, and the counts that the team owes. The differences and the counts can be handed in as they come
back (`manual_decisions`, `manual_counts`). Columns to fill in are marked and have drop-downs where the answers
are known. No text of the data becomes a formula; ids are text and dates are dates.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from countermark.certify.snapshot import read
from countermark.contracts.catalogue import SHIPPED, Catalogue, load
from countermark.exports.sent_out import (
    DIFFERENCES,
    Field,
    Sent,
    Sheet,
    add_blank_rows,
    differences,
    told,
)
from countermark.exports.write import SHEET_ROWS, ExportError, write_cell
from countermark.warehouse.connect import quiet

QUERIES = SHIPPED / "sql" / "shared" / "export" / "team"
SEVERITIES = {"blocking": "error", "warning": "warning", "query": "query"}
STATES = {"met": "as recorded", "not_met": "as recorded", "unusable": "the date cannot be read"}
METHODS = ("case_file", "own_list", "whiteboard", "prefilled", "system_report")
YES_NO = ("yes", "no")
WIDTHS = {"text": 20, "long": 48, "date": 12, "number": 11}


TODAY = (
    Sheet(
        "To see today", "to_see",
        (Field("Place", "number"), Field("Child"), Field("Why", "long"), Field("Worker"), Field("Overdue since", "date"),
         Field("Working days overdue", "number"), Field("Child seen", fill_in=True, choices=YES_NO), Field("On", "date", fill_in=True),
         Field("By whom", fill_in=True), Field("Next date", "date", fill_in=True)),
    ),
    Sheet(
        "Workers without supervision", "to_supervise",
        (Field("Worker"), Field("Why", "long"), Field("Was due by", "date"), Field("Last held", "date"),
         Field("Working days overdue", "number"), Field("Held on", "date", fill_in=True), Field("By whom", fill_in=True),
         Field("Next date", "date", fill_in=True)),
    ),
)  # fmt: skip
NEWEST = "select max(as_at) from metrics where authority = $authority"
LISTS = "select count(*) from duckdb_tables() where table_name in ('to_see', 'to_supervise')"


def _lists_of_today(con: duckdb.DuckDBPyConnection, authority: str, as_at: date) -> tuple[Sheet, ...]:
    """The lists are of the newest date alone; an earlier version published none."""
    newest = con.execute(NEWEST, {"authority": authority}).fetchall()[0][0]
    made = con.execute(LISTS).fetchall()[0][0] == len(TODAY)
    return TODAY if made and newest == as_at else ()


def _sheets(catalogue: Catalogue) -> tuple[Sheet, ...]:
    reasons = {code: reason.people_read for code, reason in catalogue.reasons.items()}
    layouts = {contract.id: contract.title for contract in catalogue.contracts.values()}
    return (
        differences(catalogue, reasons),
        Sheet(
            "Failures", "failures",
            (Field("Check"), Field("Kind", "text", SEVERITIES), Field("What is wrong and what to do", "long"), Field("Child"),
             Field("List", "long", layouts), Field("Row"), Field("Cell"), Field("Received", "date"),
             Field("Corrected on", "date", fill_in=True), Field("Right as it is, because", "long", fill_in=True)),
        ),
        Sheet(
            "Not seen or overdue", "overdue",
            (Field("Measure", "long"), Field("Case"), Field("Child"), Field("Worker"), Field("Was due by", "date"),
             Field("Last done", "date"), Field("On the record", "text", STATES),
             Field("Child seen", fill_in=True, choices=YES_NO), Field("On", "date", fill_in=True), Field("By whom", fill_in=True),
             Field("Next date", "date", fill_in=True), Field("Note", "long", fill_in=True)),
        ),
        Sheet(
            "Counts owed", "counts",
            (Field("indicator_id"), Field("team"), Field("as_at", "date"), Field("unit"),
             Field("numerator", "number", fill_in=True), Field("denominator", "number", fill_in=True),
             Field("counted_by", fill_in=True), Field("counted_at", "date", fill_in=True),
             Field("method", fill_in=True, choices=METHODS), Field("note", "long", fill_in=True)),
        ),
    )  # fmt: skip


def write(
    snapshot: Path, team: str, as_at: date, out: Path, authority: str | None = None, catalogue: Catalogue | None = None,
    sent: Sent | None = None,
) -> dict[str, int]:  # fmt: skip
    """Write the workbook of one team at one date to `out`; how many rows each sheet has.

    `sent` ties the rows of differences to what they are of, so that they can be handed in again; without it they are for reading.
    `authority` may be left out where the snapshot has one only. ExportError, a plain sentence, where nothing is published for the date or
    for the team, or where a sheet is too small for what it would hold.
    """
    with read(snapshot) as con, quiet("reading the team's work"):
        bound = {"authority": _authority(con, authority, as_at), "team": team, "as_at": as_at}
        sheets = (*_lists_of_today(con, str(bound["authority"]), as_at), *_sheets(catalogue or load()))
        rows = {sheet.name: _rows(con, sheet, bound) for sheet in sheets}
        rows[DIFFERENCES] = told(rows[DIFFERENCES], str(bound["authority"]), team, as_at, sent)
        there = con.execute("select 1 from metrics where team = $team limit 1", {"team": team}).fetchone()
    if there is None and not any(rows.values()):
        raise ExportError("Nothing has been published for this team.")
    _write_book(out, sheets, rows)
    return {name: len(found) for name, found in rows.items()}


def _rows(con: duckdb.DuckDBPyConnection, sheet: Sheet, bound: dict[str, Any]) -> list[tuple[Any, ...]]:
    query = (QUERIES / f"{sheet.query}.sql").read_text(encoding="utf-8")
    return con.execute(query, {name: value for name, value in bound.items() if f"${name}" in query}).fetchall()


def _authority(con: duckdb.DuckDBPyConnection, authority: str | None, as_at: date) -> str:
    """The authority asked for, or the only one with figures at the date."""
    found = [
        code for (code,) in con.execute("select distinct authority from metrics where as_at = ?", [as_at]).fetchall()
    ]
    if authority in found:
        return str(authority)
    if authority is None and len(found) == 1:
        return str(found[0])
    raise ExportError(f"Nothing has been published for {as_at}." if not found else "Say for which council.")


def _write_book(out: Path, sheets: tuple[Sheet, ...], rows: dict[str, list[tuple[Any, ...]]]) -> None:
    import xlsxwriter

    if any(len(found) > SHEET_ROWS for found in rows.values()):
        raise ExportError("This team has more rows than a sheet of Excel holds.")
    book = xlsxwriter.Workbook(str(out), {"tmpdir": str(out.parent)})
    styles = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "fill": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#FFF7BF"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "text": book.add_format({"num_format": "@"}),
    }
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        _write_sheet(page, sheet, rows[sheet.name], styles)
        if sheet.name == DIFFERENCES:
            add_blank_rows(page, sheet, len(rows[sheet.name]))
    book.close()


def _write_sheet(page: Any, sheet: Sheet, rows: list[tuple[Any, ...]], styles: dict[str, Any]) -> None:
    for j, field in enumerate(sheet.fields):
        page.set_column(
            j,
            j,
            WIDTHS[field.kind],
            styles["date" if field.kind == "date" else "text"] if field.kind != "number" else None,
        )
        page.write_string(0, j, field.heading, styles["fill" if field.fill_in else "head"])
        if field.hidden:
            page.set_column(j, j, 5, styles["text"], {"hidden": True})
        if field.choices and rows:
            page.data_validation(1, j, len(rows), j, {"validate": "list", "source": _short(field.choices)})
    for i, row in enumerate(rows, start=1):
        for j, (field, cell) in enumerate(zip(sheet.fields, row, strict=False)):
            shown = (field.words or {}).get(cell, cell)
            if shown is not None and shown != "":
                write_cell(page, i, j, shown, styles["date"] if field.kind == "date" else None)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(1, len(rows)), len(sheet.fields) - 1)


def _short(choices: tuple[str, ...]) -> list[str]:
    """A drop-down holds 255 characters; what does not fit is left to be typed."""
    kept: list[str] = []
    for choice in choices:
        if len(",".join([*kept, choice])) <= 255:
            kept.append(choice)
    return kept


def teams_of(snapshot: Path, as_at: date, authority: str | None = None) -> list[str]:
    """The teams with figures at the date, by name. ExportError where nothing is published for it."""
    with read(snapshot) as con, quiet("reading the teams"):
        code = _authority(con, authority, as_at)
        query = "select distinct team from metrics where authority = ? and as_at = ? and team <> 'ALL' order by team"
        return [str(team) for (team,) in con.execute(query, [code, as_at]).fetchall()]
