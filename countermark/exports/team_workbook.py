"""One team's workbook: what an officer sends out so that it comes back filled in.

In people's words: at the newest date the children to see today and the workers without supervision; differences in groups (`grouped`),
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
from countermark.exports.grouped import with_headings
from countermark.exports.sent_out import DIFFERENCES, Field, Sent, Sheet, differences, told
from countermark.exports.team_sheets import Page, write_book
from countermark.exports.write import ExportError
from countermark.warehouse.connect import quiet

QUERIES = SHIPPED / "sql" / "shared" / "export" / "team"
FAILURES = "Failures"  # one that makes a difference has the number that the difference has: one piece of work
SEVERITIES = {"blocking": "error", "warning": "warning", "query": "query"}
STATES = {"met": "as recorded", "not_met": "as recorded", "unusable": "the date cannot be read"}
METHODS = ("case_file", "own_list", "whiteboard", "prefilled", "system_report")
YES_NO = ("yes", "no")


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
PIECES = "select 1 from duckdb_columns() where schema_name = 'desk' and table_name = 'items' and column_name = 'fact'"
EARLIER = "The last publication was made by an earlier version of countermark: run `countermark run` to publish anew."
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
            FAILURES, "failures",
            (Field("Piece of work", "number", width=8), Field("Check"), Field("Kind", "text", SEVERITIES),
             Field("What is wrong and what to do", "long"), Field("Child"), Field("List", "long", layouts), Field("Row"), Field("Cell"),
             Field("Received", "date"), Field("Corrected on", "date", fill_in=True),
             Field("Right as it is, because", "long", fill_in=True)),
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
    layouts = catalogue or load()
    reasons = {code: reason.people_read for code, reason in layouts.reasons.items()}
    with read(snapshot) as con, quiet("reading the team's work"):
        if not con.execute(PIECES).fetchall():
            raise ExportError(EARLIER)
        code = _authority(con, authority, as_at)
        bound = {"authority": code, "team": team, "as_at": as_at}
        sheets = (*_lists_of_today(con, code, as_at), *_sheets(layouts))
        asked = {sheet.name: _rows(con, sheet, bound) for sheet in sheets}
        found = [dict(zip(asked[DIFFERENCES][0], row, strict=True)) for row in asked[DIFFERENCES][1]]
        there = con.execute("select 1 from metrics where team = $team limit 1", {"team": team}).fetchone()
    rows = {name: lines for name, (_, lines) in asked.items()}
    pieces = {row["fact"]: row["piece"] for row in found}
    rows[FAILURES] = [(pieces.get(failure), *row) for failure, *row in rows[FAILURES]]
    rows[DIFFERENCES] = [told(row, code, team, as_at, sent) for row in found]
    if there is None and not any(rows.values()):
        raise ExportError("Nothing has been published for this team.")
    grouped = with_headings(found, rows[DIFFERENCES], reasons)
    write_book(
        out, team, as_at, [Page(sheet, grouped if sheet.name == DIFFERENCES else rows[sheet.name]) for sheet in sheets]
    )
    return {sheet.name: len(rows[sheet.name]) for sheet in sheets}


def _rows(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, bound: dict[str, Any]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    query = (QUERIES / f"{sheet.query}.sql").read_text(encoding="utf-8")
    made = con.execute(query, {name: value for name, value in bound.items() if f"${name}" in query})
    return [column[0] for column in made.description or ()], made.fetchall()


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


def teams_of(snapshot: Path, as_at: date, authority: str | None = None) -> list[str]:
    """The teams with figures at the date, by name. ExportError where nothing is published for it."""
    with read(snapshot) as con, quiet("reading the teams"):
        code = _authority(con, authority, as_at)
        query = "select distinct team from metrics where authority = ? and as_at = ? and team <> 'ALL' order by team"
        return [str(team) for (team,) in con.execute(query, [code, as_at]).fetchall()]
