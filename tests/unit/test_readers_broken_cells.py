"""Holds the quick search for unreadable cells to the slow one, which walks every cell: same places, however the XML is written."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from countermark.readers import broken_cells as reader

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ERROR, LOST, KEPT, EMPTY = (
    '<c {r} t="e"><v>#N/A</v></c>', "<c {r}><f>A1</f></c>", "<c {r}><f>A1</f><v>4</v></c>", '<c {r} t="str"><f>A1</f><v></v></c>',
)  # fmt: skip
PLAIN = '<c {r} t="inlineStr"><is><t>a note</t></is></c>'


def _row(number: str, cells: list[str], places: bool) -> str:
    body = "".join(cell.format(r=f'r="{"ABCDEFG"[i]}{number or 1}"' if places else "") for i, cell in enumerate(cells))
    return f'<row r="{number}">{body}</row>' if number else f"<row>{body}</row>"


def _sheet(rows: list[str], after: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet {SPACE}><sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


MIXED = [[PLAIN, ERROR], [PLAIN, PLAIN], [KEPT, LOST], [EMPTY], [PLAIN, PLAIN, PLAIN, LOST]]
NUMBERED = [_row(str(n), cells, True) for n, cells in zip((1, 2, 5, 6, 9), MIXED, strict=True)]
SHEETS = {
    "numbered": _sheet(NUMBERED),
    "unnumbered rows": _sheet([_row("", cells, True) for cells in MIXED]),
    "unnumbered cells": _sheet([_row(str(n), cells, False) for n, cells in enumerate(MIXED, 3)]),
    "rows numbered in part": _sheet([NUMBERED[0], _row("", [PLAIN, LOST], True), *NUMBERED[2:], _row("", [ERROR], False)]),
    "rows without an end tag": _sheet(['<row r="1"/>', *NUMBERED[1:], '<row r="12"/>']),
    "a row's end inside a text": _sheet([*NUMBERED, '<row r="20"><c r="A20"><is><t><![CDATA[</row>]]></t></is></c></row>', NUMBERED[0]]),
    "a row's end inside a comment": _sheet(["<!-- </row> -->", *NUMBERED]),
    "attributes elsewhere": _sheet([row.replace("<row r=", '<row spans="1:4" r=') for row in NUMBERED]),
    "prefixed": _sheet(NUMBERED).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:").replace("<x:?", "<?").replace(
        "xmlns=", "xmlns:x="
    ),
    "no rows": _sheet([]),
    "more after the rows": _sheet(NUMBERED, '<rowBreaks count="1"><brk id="4"/></rowBreaks>'),
}  # fmt: skip


@pytest.mark.parametrize("chunk", [180, 1 << 20])
@pytest.mark.parametrize("name", SHEETS)
def test_both_searches_find_the_same(name: str, chunk: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reader, "CHUNK", chunk)
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("sheet.xml", SHEETS[name])
    with zipfile.ZipFile(path) as archive:
        found = reader.broken_cells(archive, "sheet.xml")
    assert found == reader._whole(io.BytesIO(SHEETS[name].encode()))
    assert bool(found) == (name != "no rows")


def test_the_places_are_those_of_the_cells() -> None:
    assert reader._by_pieces(io.BytesIO(SHEETS["numbered"].encode())) == {1: {1}, 5: {1}, 9: {3}}


def test_rows_without_a_mark_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(NUMBERED).encode()
    ends = [0, *(end.end() for end in reader.ROW_END.finditer(rows))]
    assert [rows[a:b] in reader._marked(rows) for a, b in pairwise(ends)] == [True, False, True, True, True]


@pytest.mark.parametrize("cut", ["</sheetData>", "</worksheet>", "</c>"])
def test_a_sheet_cut_short_is_damaged(cut: str, tmp_path: Path) -> None:
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("sheet.xml", SHEETS["numbered"].rsplit(cut, 1)[0])
    with zipfile.ZipFile(path) as archive, pytest.raises(zipfile.BadZipFile):
        reader.broken_cells(archive, "sheet.xml")
