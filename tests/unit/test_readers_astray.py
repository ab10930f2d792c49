"""Holds reading to account for sheets that were edited so that rows can no longer be told: merged cells, headings sorted in among the rows,
two tables in one sheet, ids that a spreadsheet took for dates or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from countermark.readers.cells import text_column
from countermark.readers.headings import Layout, fold
from countermark.readers.sheets import Sheet
from countermark.readers.tables import Reading, read_table
from countermark.readers.workbook import read_workbook

KINDS = {"child_id": "id", "visit_date": "date", "due_date": "date", "form": "text", "team": "text"}
VISITS = Layout(
    id="visits",
    title="Visits",
    sheet_hint="visits",
    key=("child_id", "visit_date"),
    must_have=("child_id", "visit_date"),
    kinds=KINDS,
    headers={name: name.replace("_", " ").capitalize() for name in KINDS},
    headings={fold(name.replace("_", " ")): name for name in KINDS} | {"child": "child_id"},
)
HEAD = ["Child ID", "Visit date", "Due date", "Form", "Team"]
DAY, LATER = date(2022, 10, 3), date(2022, 10, 20)
FIRST = ["C1", DAY, LATER, "CP visit", "North"]
SECOND = ["C2", LATER, DAY, "CIN visit", "South"]


def read(*rows: Sequence[Any], broken: dict[int, frozenset[int]] | None = None) -> Reading:
    return read_table(Sheet("Sheet1", rows, range(1, len(rows) + 1), broken=broken or {}), [VISITS])


def cells(reading: Reading, column: str) -> list[Any]:
    assert reading.table is not None
    return list(reading.table.column(column).to_pylist())


def merged(
    path: Path, *ranges: tuple[int, int, int, int, Any], rows: Sequence[Sequence[Any]] = (HEAD, FIRST, SECOND)
) -> Reading:
    """The rows as a workbook in which these cells are merged, each range with the value that it shows."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet, plain = book.add_worksheet("Sheet1"), book.add_format()
        covered = {
            (row, place)
            for top, left, bottom, right, _ in ranges
            for row in range(top, bottom + 1)
            for place in range(left, right + 1)
        }
        for row, line in enumerate(rows):
            for place, cell in enumerate(line):
                if (row, place) not in covered:
                    sheet.write(row, place, cell)
        for top, left, bottom, right, shown in ranges:
            sheet.merge_range(top, left, bottom, right, shown, plain)
    (found,) = read_workbook(path)
    assert isinstance(found, Sheet)
    return read_table(found, [VISITS])


def test_cells_that_were_merged_are_unreadable_and_not_blank(tmp_path: Path) -> None:
    found = merged(tmp_path / "m.xlsx", (1, 0, 2, 0, "C1"))
    assert (found.state, cells(found, "child_id")) == ("loaded", [None, None])
    assert cells(found, "unreadable") == [["child_id"], ["child_id"]]
    assert cells(found, "form") == ["CP visit", "CIN visit"]


def test_merged_blank_cells_and_titles_do_no_harm(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Our visits"], HEAD, FIRST, [], SECOND]
    found = merged(tmp_path / "m.xlsx", (0, 0, 0, 4, "Our visits"), (3, 0, 3, 4, ""), rows=rows)
    assert (found.state, found.rows_in, cells(found, "child_id")) == ("loaded", 2, ["C1", "C2"])
    assert cells(found, "unreadable") == [None, None]


def test_a_heading_over_two_columns_of_entries_is_refused_and_over_an_empty_one_is_not(tmp_path: Path) -> None:
    refused = merged(tmp_path / "m.xlsx", (0, 2, 0, 3, "Due date"))
    assert refused.state == "refused" and "Sheet1!C1" in refused.reason and "undo the merge" in refused.reason
    bare: list[list[Any]] = [HEAD[:4], FIRST[:3], SECOND[:3]]
    assert merged(tmp_path / "n.xlsx", (0, 2, 0, 3, "Due date"), rows=bare).state == "loaded"


@pytest.mark.parametrize(
    "above",
    [FIRST, ["C1", "Monday", LATER, "CP visit", None], [None, DAY, None, "CP visit", "North"]],
    ids=["a whole row", "a day in words", "a row without its id"],
)
def test_headings_that_were_sorted_in_among_the_rows_are_refused(above: list[Any]) -> None:
    found = read(["Our list"], above, HEAD, SECOND)
    assert found.state == "refused" and "move the headings to the top" in found.reason and "row 2" in found.reason
    assert found.rows_in == 2


@pytest.mark.parametrize(
    "above",
    [
        ["Our visits", None, None],
        ["As at", LATER],
        ["Team", "North"],
        ["About the child", "About the visit", "", "About the record"],
    ],
)
def test_titles_above_the_headings_are_none_of_its_rows(above: list[Any]) -> None:
    found = read(above, [], HEAD, FIRST)
    assert (found.state, found.rows_in) == ("loaded", 1), found.reason


def test_a_second_table_in_another_order_is_refused_wherever_the_better_headings_stand() -> None:
    other = [HEAD[0], HEAD[2], HEAD[1], *HEAD[3:]]
    below = read(HEAD, FIRST, [], other, ["C2", DAY, LATER, "CIN visit", "South"])
    assert below.state == "refused" and "row 1" in below.reason and "row 4" in below.reason
    above = read(HEAD[:4], FIRST[:4], [], other, SECOND)
    assert above.state == "refused" and "a sheet of its own" in above.reason
    assert (below.rows_in, above.rows_in) == (3, 2), "a repeated heading row is a row of what was refused below it"


def test_a_second_table_in_the_same_order_is_read_on() -> None:
    found = read(HEAD, FIRST, [], ["CHILD", *HEAD[1:]], SECOND)
    assert (found.state, found.rows_in, found.rows_ignored) == ("loaded", 3, 1)
    assert cells(found, "child_id") == ["C1", "C2"]


def test_an_id_that_a_spreadsheet_shows_as_a_date_or_rounds_is_unreadable() -> None:
    given = ["C1", 10045.0, date(1927, 7, 2), datetime(1927, 7, 2), True, 1234567890123456789.0, " #value! ", None, 7]
    assert text_column(given, "id") == (["C1", "10045", None, None, None, None, None, None, "7"], [6, 2, 3, 4, 5])
    assert text_column(given[:3], "text") == (["C1", "10045", "1927-07-02"], [])
