"""Holds to account: finding a child in words without finding others, and redacting a file so that every other cell is as it was."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from countermark.purge.called import Called, PurgeError
from countermark.purge.text_files import redact_text
from countermark.purge.workbooks import redact_workbook
from countermark.readers.headings import layout_of
from countermark.readers.process import Limits, Reader
from tests.canary import search
from tests.intake_kit import catalogue, headers, plan, workbook

CHILD = "0010045"
CALLED = Called.of([CHILD], ["Zqx  Kestrelsworth"])


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("0010045 was seen", "[purged] was seen"),
        ("see 0010045/2022-10-03, then go", "see [purged]/2022-10-03, then go"),
        ("ZQX KESTRELSWORTH's aunt", "[purged]'s aunt"),
        ("00100455 and 10045 and A0010045", "00100455 and 10045 and A0010045"),
        ("List 7!0010045", "List 7!0010045"),
        ("Kestrelsworth Road", "Kestrelsworth Road"),
        ("", ""),
    ],
)
def test_words(said: str, left: str) -> None:
    assert CALLED.without(said) == left
    assert CALLED.in_text(said) == (said != left)


def test_short_ids_and_years_are_not_looked_for_in_sentences() -> None:
    called = Called.of(["12", "2019", "AB-7/X"])
    assert called.unfindable == 2
    assert called.without("12 of 2019, but AB-7/X") == "12 of 2019, but [purged]"
    assert called.is_case(" 12.0 ") and called.is_case("2019/2022-10-03") and not called.is_case("120")


def test_a_name_of_three_letters_is_refused() -> None:
    with pytest.raises(PurgeError, match="fewer than 4 letters"):
        Called.of(["12"], ["Jo"])


def _book(path: Path) -> Path:
    heads = headers()
    rows = [
        plan("A1", gender="b) Female"),
        plan(CHILD, gender="z) Rare", allocated_worker="Wilhelmina"),
        plan("A2", allocated_worker=("=1/0", "#DIV/0!")),
    ]
    workbook(
        path, {"List 7": [heads, *rows], "Notes": [["a", "b"], [f"about {CHILD}", 1], [CHILD, "gone"], ["kept", 10045]]}
    )
    book = openpyxl.load_workbook(path, keep_vba=False)
    book["List 7"]["A2"].comment = Comment(f"sibling of {CHILD}", "Zqx Kestrelsworth")
    book.properties.title = CHILD
    book.save(path)
    return path


def test_a_workbook_keeps_every_other_cell(tmp_path: Path) -> None:
    path = _book(tmp_path / "book.xlsx")
    done = redact_workbook(path.read_bytes(), {"List 7": {3}}, CALLED, {"List 7"})
    assert done is not None
    (tmp_path / "redacted").mkdir()
    redacted = tmp_path / "redacted" / "book.xlsx"
    redacted.write_bytes(done[0])
    assert done[1] == {("List 7", 3), ("Notes", 3)}
    assert search([CHILD, "Zqx Kestrelsworth", "Wilhelmina", "z) Rare"], redacted.parent) == set()
    before, after = openpyxl.load_workbook(path), openpyxl.load_workbook(redacted)
    for name, gone in (("List 7", 3), ("Notes", 3)):
        for row in before[name].iter_rows():
            for cell in row:
                now = after[name][cell.coordinate].value
                expected = (
                    None if cell.row == gone else "about [purged]" if cell.value == f"about {CHILD}" else cell.value
                )
                assert now == expected, cell.coordinate


def test_the_reader_takes_the_redacted_workbook(tmp_path: Path) -> None:
    path = _book(tmp_path / "book.xlsx")
    done = redact_workbook(path.read_bytes(), {"List 7": {3}}, CALLED, {"List 7"})
    assert done is not None
    path.write_bytes(done[0])
    with Reader([layout_of(c) for c in catalogue().contracts.values()], tmp_path / "scratch", Limits()) as reader:
        [sheet] = [one for one in reader.read(path).sheets if one.contract == "annex_a.list_07"]
    assert (sheet.state, sheet.rows_in) == ("loaded", 2)


def test_the_same_file_is_redacted_to_the_same_bytes_and_again_to_nothing_new(tmp_path: Path) -> None:
    content = _book(tmp_path / "book.xlsx").read_bytes()
    first = redact_workbook(content, {"List 7": {3}}, CALLED, {"List 7"})
    assert first is not None and first == redact_workbook(content, {"List 7": {3}}, CALLED, {"List 7"})
    again = redact_workbook(first[0], {"List 7": {3}}, CALLED, {"List 7"})
    assert again is not None and again[0] == first[0]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no zip", b"", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook_is_said_to_be_none(content: bytes) -> None:
    assert redact_workbook(content, {}, CALLED, set()) is None


def test_a_doctype_is_not_read() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        for part in ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            book.writestr(part, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    assert redact_workbook(packed.getvalue(), {}, CALLED, set()) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_keeps_its_lines_and_its_encoding(encoding: str) -> None:
    text = f'id,note\r\nA1,"caf\u00e9\r\nover two lines"\r\n{CHILD},"three\r\nlines, {CHILD}"\r\nA2,not {CHILD}\r\n'
    done = redact_text(text.encode(encoding), {4}, CALLED, every_cell=False)
    assert done is not None
    assert done[0].decode(encoding) == 'id,note\r\nA1,"caf\u00e9\r\nover two lines"\r\n\r\n\r\nA2,not [purged]\r\n'
    assert done[1] == {4}


def test_of_a_text_that_nobody_read_every_row_with_the_id_goes() -> None:
    done = redact_text(f"this;that\n1;{CHILD}\n2;other\n".encode(), set(), CALLED, every_cell=True)
    assert done == (b"this;that\n\n2;other\n", {2})


def test_quotation_marks_that_do_not_close_are_taken_line_by_line() -> None:
    done = redact_text(f'a,b\n"open,{CHILD}\nc,d\n'.encode(), set(), CALLED, every_cell=True)
    assert done == (b"a,b\n\nc,d\n", {2})


def test_what_is_no_text_is_said_to_be_none() -> None:
    assert redact_text(b"a\0b", set(), CALLED, every_cell=True) is None
