"""A filled-in template as a grid that people edit, and the workbook that comes of it: what Excel writes, or what LibreOffice writes.

The grid remembers of every row which row of the list it was (`origin`), whatever is done to it; so what a reader makes of the file can be
held against what was typed. Nothing here reads a workbook.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Column, Contract

EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
DATE_FORMATS = (
    "dd/mm/yyyy", "DD/MM/YYYY", "yyyy\\-mm\\-dd", "[$-809]d\\ mmmm\\ yyyy;@", "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "d/m/yy",
    "ddd dd mmm", "dd/mm/yyyy hh:mm", "mmm-yy", "[$-409]mm/dd/yyyy",
)  # fmt: skip
GENERAL, TEXT, BUILT_IN_DATE, FIRST_DATE = 0, 1, 2, 3
WORDS = ("A. Worker", "B. O'Neill & Co", "North <1>", "Ø. Ångström", "form 7", "late")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Cell:
    """What a cell holds. `kind` is the type that the workbook gives it; a formula has a stored value, or none."""

    value: Any = None
    kind: str = ""  # "", s, n, d (a date by its style), b, e
    style: int = GENERAL
    formula: str = ""
    stored: bool = True


BLANK = Cell()


@dataclass
class Row:
    """A row of the grid; `origin` is its row of the list, None for a row that is none of the list's."""

    cells: list[Cell]
    origin: int | None = None
    hidden: bool = False


@dataclass
class Grid:
    """A sheet in a person's hands. `columns` are what stands in each column of the grid: a column of the contract, or nothing known."""

    contract: Contract
    rows: list[Row]
    columns: list[str]
    typed: list[dict[str, Any]]
    name: str = "Sheet1"
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    covered: set[tuple[int, int]] = field(default_factory=set)
    filtered: bool = False
    libre: bool = False
    inline: bool = False
    from_1904: bool = False
    log: list[str] = field(default_factory=list)

    @property
    def header(self) -> int:
        """The place of the header row."""
        return next(place for place, row in enumerate(self.rows) if row.origin == -1)

    @property
    def data(self) -> list[int]:
        """The places of the list's own rows."""
        return [place for place, row in enumerate(self.rows) if row.origin is not None and row.origin >= 0]

    def place(self, column: str) -> int:
        """Where a column of the contract stands now."""
        return self.columns.index(column)

    def cover(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge cells: the first value is kept, wherever it stood, and the others go. A heading that is covered is none."""
        cells = [(row, place) for row in range(top, bottom + 1) for place in range(left, right + 1)]
        kept = next((self.rows[row].cells[place] for row, place in cells if self.rows[row].cells[place].kind), BLANK)
        self.merges.append((top, left, bottom, right))
        for row, place in cells:
            self.rows[row].cells[place] = kept if (row, place) == cells[0] else BLANK
            if self.rows[row].origin == -1 and (row, place) != cells[0]:
                self.columns[place] = ""
        self.covered.update(cells)


def filled(contract: Contract, catalogue: Catalogue, chance: random.Random, rows: int) -> Grid:
    """A template of the contract with so many rows typed in: needed cells always, others mostly."""
    columns = list(contract.columns)
    typed, lines = [], []
    for number in range(rows):
        values, cells = {}, []
        for name, column in contract.columns.items():
            value, cell = _typed(column, catalogue, chance, number)
            if not column.required and name not in contract.key and chance.random() < 0.25:
                value, cell = None, BLANK
            values[name] = value
            cells.append(cell)
        typed.append(values)
        lines.append(Row(cells, number))
    header = Row([Cell(column.header, "s") for column in contract.columns.values()], -1)
    return Grid(contract, [header, *lines], columns, typed)


def _typed(column: Column, catalogue: Catalogue, chance: random.Random, number: int) -> tuple[Any, Cell]:
    """What the row means, and the cell that says it."""
    if column.type == "date":
        day = date(2022, 1, 1) + timedelta(chance.randrange(400))
        return day, Cell(day, "d", BUILT_IN_DATE)
    if column.type == "code":
        code = chance.choice(catalogue.code_sets[column.code_set].codes)
        return code.code, Cell(code.label, "s", TEXT)
    if column.type == "integer":
        count = chance.randrange(1, 9)
        return count, Cell(count, "n")
    if column.type == "id":
        text = chance.choice((f"{10_000 + number}", f"C{number}", f"000{number}7", f"ab-{number}"))
        return text.upper(), Cell(text, "s", TEXT)
    text = chance.choice(WORDS)
    return text, Cell(text, "s", TEXT)


def write(grid: Grid, path: Path) -> Path:
    """The grid as a workbook, written as `libre`, `inline` and `from_1904` say."""
    strings: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as book:
        sheet = _sheet(grid, strings)
        parts = "".join(
            f'<Override PartName="/xl/{name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
            for name, kind in (("workbook.xml", "sheet.main"), ("worksheets/sheet1.xml", "worksheet"), ("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings"))
        )  # fmt: skip
        xml = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        xml += '<Default Extension="xml" ContentType="application/xml"/>'
        book.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{xml}{parts}</Types>')
        book.writestr("_rels/.rels", _relations(("officeDocument", "xl/workbook.xml")))
        names = ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        book.writestr("xl/_rels/workbook.xml.rels", _relations(*names))
        epoch = '<workbookPr date1904="1"/>' if grid.from_1904 else "<workbookPr/>"
        sheets = f'<sheets><sheet name="{escape(grid.name)}" sheetId="1" r:id="rId1"/></sheets>'
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{epoch}{sheets}</workbook>')
        book.writestr("xl/styles.xml", _styles())
        items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}" count="{len(strings)}">{items}</sst>')
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def _relations(*targets: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def _styles() -> str:
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for number, code in enumerate(DATE_FORMATS, start=164)
    )
    ids = [0, 49, 14, *range(164, 164 + len(DATE_FORMATS))]
    cells = "".join(f'<xf numFmtId="{one}" applyNumberFormat="1"/>' for one in ids)
    return f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(DATE_FORMATS)}">{formats}</numFmts><cellXfs count="{len(ids)}">{cells}</cellXfs></styleSheet>'


def letters(place: int) -> str:
    """The name of a spreadsheet column, A for 0."""
    return (letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


def _sheet(grid: Grid, strings: dict[str, int]) -> str:
    rows = []
    for number, row in enumerate(grid.rows, start=1):
        cells = "".join(
            _cell(grid, cell, f"{letters(place)}{number}", strings)
            for place, cell in enumerate(row.cells)
            if cell.kind or cell.formula or grid.libre
        )
        hidden = ' hidden="1"' if row.hidden else ""
        dress = ' customFormat="false" ht="12.8"' if grid.libre else ""
        if cells:
            rows.append(f'<row r="{number}"{hidden}{dress}>{cells}</row>')
    if grid.libre:  # LibreOffice writes blank rows of its own below
        rows.append(f'<row r="{len(grid.rows) + 40}"><c r="A{len(grid.rows) + 40}" s="1"/></row>')
    merges = "".join(f'<mergeCell ref="{letters(a)}{t + 1}:{letters(b)}{u + 1}"/>' for t, a, u, b in grid.merges)
    last = f"{letters(max(0, len(grid.columns) - 1))}{len(grid.rows)}"
    tail = f'<autoFilter ref="A{grid.header + 1}:{last}"/>' if grid.filtered else ""
    tail += f'<mergeCells count="{len(grid.merges)}">{merges}</mergeCells>' if merges else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>{tail}</worksheet>'


def _cell(grid: Grid, cell: Cell, at: str, strings: dict[str, int]) -> str:
    kind, value = cell.kind, cell.value
    formula = (
        cell.formula
        if not cell.formula.startswith("=")
        else f"<f{' aca=' + chr(34) + 'false' + chr(34) if grid.libre else ''}>{escape(cell.formula[1:])}</f>"
    )
    style = f' s="{cell.style}"' if cell.style else ""
    if not kind:
        return f'<c r="{at}"{style}>{formula}</c>'
    if not cell.stored:
        return f'<c r="{at}"{style}>{formula}</c>'
    if kind == "s" and formula:
        return f'<c r="{at}"{style} t="str">{formula}<v>{escape(value)}</v></c>'
    if kind == "s" and grid.inline:
        return f'<c r="{at}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if kind == "s":
        return f'<c r="{at}"{style} t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
    if kind == "d":
        value = (value - (EPOCH_1904 if grid.from_1904 else EPOCH)).days
    told = f' t="{kind}"' if kind in "be" else ' t="n"' if grid.libre else ""
    return f'<c r="{at}"{style}{told}>{formula}<v>{escape(str(value))}</v></c>'


Edit = Callable[[Grid, random.Random], None]


def retype(grid: Grid, row: int, place: int, **change: Any) -> None:
    """Put another cell where this one was."""
    grid.rows[row].cells[place] = replace(grid.rows[row].cells[place], **change)
