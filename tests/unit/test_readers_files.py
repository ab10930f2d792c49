"""Holds the readers to account, file by file: encodings, separators, line numbers, cells without a value, 1904, hidden rows."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from countermark.readers.delimited import read_delimited
from countermark.readers.headings import Layout
from countermark.readers.kinds import kind_of
from countermark.readers.sheets import Refusal, Sheet, letters
from countermark.readers.tables import read_table
from countermark.readers.workbook import read_workbook

LAYOUT = Layout(
    "plans", "Plans", "list 7", ("child_id",), ("child_id", "start"),
    {"child_id": "id", "start": "date", "team": "text"},
    {"child_id": "Child ID", "start": "Start", "team": "Team"},
    {"child id": "child_id", "start": "start", "team": "team"},
)  # fmt: skip
HEADER = ["Child ID", "Start", "Team"]


def read(sheet: Sheet) -> dict[str, list[object]]:
    reading = read_table(sheet, [LAYOUT])
    assert reading.state == "loaded", reading.reason
    return reading.table.to_pydict()


def text(tmp_path: Path, data: bytes) -> dict[str, list[object]]:
    path = tmp_path / "x"
    path.write_bytes(data)
    assert kind_of(path) == "text"
    return read(read_delimited(path, [LAYOUT]))


def sheets(path: Path) -> dict[str, Sheet]:
    assert kind_of(path) == "workbook"
    return {sheet.name: sheet for sheet in read_workbook(path) if isinstance(sheet, Sheet)}


def patch(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Change the bytes of one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_every_encoding_and_separator_gives_the_same_rows(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [separator.join(cells) for cells in (HEADER, ["007", "2022-06-01", "Café – Nörd"])]
    rows = text(tmp_path, "\r\n".join(lines).encode(encoding))
    assert (rows["child_id"], rows["start"], rows["team"]) == (["007"], ["2022-06-01"], ["Café – Nörd"])
    assert rows["source_row"] == ["2"]


def test_utf_16_the_other_way_round(tmp_path: Path) -> None:
    assert text(tmp_path, b"\xfe\xff" + "Child ID,Start\n1,x".encode("utf-16-be"))["child_id"] == ["1"]


def test_lines_are_counted_as_an_editor_shows_them(tmp_path: Path) -> None:
    data = 'List of plans\n\nChild ID,Start,Team\n1,x,"two\nlines"\n\n2,y,z\n'
    assert text(tmp_path, data.encode())["row_number"] == [4, 7]


def test_an_open_quotation_mark_swallows_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"^Line 3: a quotation mark"):
        text(tmp_path, b'Child ID,Start,Team\n1,x,a\n2,x,"b\n3,x,c\n')


def test_a_short_row_and_a_long_row_are_read(tmp_path: Path) -> None:
    rows = text(tmp_path, b"Child ID,Start,Team\n1\n2,x,a,more,and more\n")
    assert (rows["child_id"], rows["team"]) == (["1", "2"], [None, "a"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"%PDF-1.7 ...", "neither a workbook"),
        (b"abc\0\1\2", "neither a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)
def test_what_is_no_list_is_said_in_words(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "List 7.xlsx"
    path.write_bytes(data)
    with pytest.raises(Refusal, match=words):
        kind_of(path)


def test_the_name_never_decides(tmp_path: Path) -> None:
    path = tmp_path / "plans.xml.pdf"
    path.write_text("Child ID,Start\n1,x\n")
    assert kind_of(path) == "text"


def test_errors_and_formulas_without_a_value_are_unreadable_and_not_blank(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "List 7"
    sheet["B3"], sheet["C3"], sheet["D3"] = HEADER
    sheet["B4"], sheet["C4"], sheet["D4"] = 1, date(2022, 6, 1), "#N/A"  # openpyxl stores this as an error cell
    sheet["B5"], sheet["C5"], sheet["D5"] = 2, "=C4+5", "North"  # and never stores a formula's value
    sheet["B6"], sheet["C6"], sheet["D6"] = 3, date(2022, 6, 1), None
    sheet["D7"] = "=1/0"
    book.save(tmp_path / "x.xlsx")
    found = sheets(tmp_path / "x.xlsx")["List 7"]
    assert found.broken == {4: {2}, 5: {1}, 7: {2}}
    rows = read(found)
    assert rows["child_id"] == ["1", "2", "3"]
    assert rows["unreadable"] == [["team"], ["start"], None]
    assert (rows["start"], rows["team"]) == (["2022-06-01", None, "2022-06-01"], [None, "North", None])


def test_a_stored_value_counts_and_a_stored_empty_text_is_blank(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "x.xlsx")
    sheet = book.add_worksheet("List 7")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [1, "x"])
    sheet.write_formula(1, 2, '=IF(A2=1,"","y")', None, "EMPTY")
    sheet.write_row(2, 0, [2, "x"])
    sheet.write_formula(2, 2, "=A1", None, "North")
    sheet.set_row(1, None, None, {"hidden": True})
    book.close()
    patch(tmp_path / "x.xlsx", "xl/worksheets/sheet1.xml", b"<v>EMPTY</v>", b"<v></v>")  # as Excel stores an empty text
    rows = read(sheets(tmp_path / "x.xlsx")["List 7"])
    assert (rows["unreadable"], rows["team"]) == ([None, None], [None, "North"])


def test_dates_of_a_1904_workbook_are_right_and_leading_zeros_stay(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "x.xlsx", {"date_1904": True, "default_date_format": "dd/mm/yyyy hh:mm"})
    sheet = book.add_worksheet("List 7")
    sheet.write_row(0, 0, HEADER)
    sheet.write_string(1, 0, "007")
    sheet.write_datetime(1, 1, datetime(2022, 10, 31, 23, 59))
    book.close()
    rows = read(sheets(tmp_path / "x.xlsx")["List 7"])
    assert (rows["child_id"], rows["start"]) == (["007"], ["2022-10-31"])


def test_hidden_rows_hidden_sheets_and_sheets_that_begin_elsewhere_are_data(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "x.xlsx")
    book.add_worksheet("Notes").write(0, 0, "hello")
    sheet = book.add_worksheet("List 7")
    sheet.write_row(9, 4, HEADER)
    sheet.write_row(10, 4, ["A1", "x", "North"])
    sheet.set_row(10, None, None, {"hidden": True})
    sheet.hide()
    book.close()
    rows = read(sheets(tmp_path / "x.xlsx")["List 7"])
    assert rows["source_row"] == ["List 7!11"]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_doctype_inside_a_workbook_is_refused(tmp_path: Path, part: str) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    book.add_worksheet().write(0, 0, "x")
    book.close()
    patch(tmp_path / "a.xlsx", part, b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>')
    with pytest.raises(Refusal, match="DOCTYPE"):
        list(read_workbook(tmp_path / "a.xlsx"))


def test_titles_totals_repeated_headers_and_sums_are_ignored_and_counted() -> None:
    rows = [
        ["Open plans"], HEADER, ["1", "x", "North"], ["Open plans", "", ""], HEADER, ["", "", ""], ["\u00a0", None, " "],
        ["Total", "x", 2.0], ["Grand total:", 2.0, ""], ["", "Total children", 2.0], ["", "", 2.0], ["totally", "x", "South"],
        ["", "2022-06-01", "kept: a row that lost its key"], ["2", "", ""], ["", "", "", "a note beside the table"],
    ]  # fmt: skip
    reading = read_table(Sheet("List 7", rows, range(1, 16)), [LAYOUT])
    assert reading.table.to_pydict()["row_number"] == [3, 12, 13, 14]
    assert (reading.rows_in, reading.rows_ignored) == (11, 7)


def test_two_headings_for_one_column_are_refused_by_their_cells() -> None:
    reading = read_table(
        Sheet("List 7", [[], ["Child ID", "Start", "START "], ["1", "x", "y"]], range(1, 4), 1), [LAYOUT]
    )
    assert (reading.state, reading.rows_in, reading.rows_ignored) == ("refused", 1, 0)
    assert "List 7!C2 and List 7!D2" in reading.reason


def test_missing_headings_are_named() -> None:
    reading = read_table(
        Sheet("List 7", [["Child ID", "Team"], ["1", "x"], ["Total", ""], [""]], range(1, 5)), [LAYOUT]
    )
    assert (reading.state, reading.rows_in) == ("refused", 2)
    assert "“Start”" in reading.reason and "row 1" in reading.reason


def test_headings_without_rows_are_no_zero() -> None:
    reading = read_table(Sheet("List 7", [HEADER, ["", "", ""]], range(1, 3)), [LAYOUT])
    assert (reading.state, reading.rows_in) == ("empty", 0)
    assert "not taken as zero" in reading.reason


def test_columns_are_named_as_a_spreadsheet_names_them() -> None:
    assert [letters(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
