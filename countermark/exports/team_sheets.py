"""How the sheets of a team's workbook look: headings that stay, drop-downs over every row, rows grouped, and pages that print on A4.

Nothing is locked or merged: whoever gets it may sort, filter, hide, add and fold away, and none of it makes a row another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from countermark.exports.grouped import TO_ADD, Heading
from countermark.exports.sent_out import DIFFERENCES, Sheet
from countermark.exports.write import SHEET_ROWS, ExportError, write_cell

WIDTHS = {"text": 20, "long": 48, "date": 12, "number": 11}
BLANK_ROWS = 20  # below the differences, for questions about children whom nobody's list holds
A4 = 9
MARK, BAND, GROUP = "#FFF7BF", "#1D4F7C", "#DCE6F1"
Line = Heading | tuple[Any, ...]


@dataclass(frozen=True)
class Page:
    """A sheet with its lines: rows, and headings between them."""

    sheet: Sheet
    lines: Sequence[Line]

    @property
    def is_answered(self) -> bool:
        """Whether rows may be added below, and are read when it comes back."""
        return self.sheet.name == DIFFERENCES


def write_book(out: Path, team: str, as_at: date, pages: Sequence[Page]) -> None:
    """Write the workbook. ExportError where a sheet is too small for its lines."""
    import xlsxwriter

    if any(len(page.lines) > SHEET_ROWS - BLANK_ROWS - 1 for page in pages):
        raise ExportError("This team has more rows than a sheet of Excel holds.")
    book = xlsxwriter.Workbook(str(out), {"tmpdir": str(out.parent)})
    styles = _styles(book)
    for page in pages:
        made = book.add_worksheet(page.sheet.name)
        _columns(made, page.sheet, styles)
        for number, line in enumerate(page.lines, start=1):
            _line(made, number, page.sheet, line, styles)
        _below(made, page, styles)
        _printed(made, page, f"{page.sheet.name}: {team}", as_at)
    book.close()


def _styles(book: Any) -> dict[str | int, Any]:
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    cell = {"text_wrap": True, "valign": "top"}
    return {
        "head": book.add_format(head),
        "fill": book.add_format({**head, "bg_color": MARK}),
        "date": book.add_format({**cell, "num_format": "dd/mm/yyyy", "align": "left"}),
        "text": book.add_format({**cell, "num_format": "@"}),
        "number": book.add_format({**cell, "align": "left"}),
        0: book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": BAND, "valign": "vcenter"}),
        1: book.add_format({"bold": True, "bg_color": GROUP, "valign": "vcenter"}),
        "note": book.add_format({"italic": True}),
    }


def _columns(made: Any, sheet: Sheet, styles: dict[str | int, Any]) -> None:
    for place, field in enumerate(sheet.fields):
        style = styles[field.kind if field.kind in ("date", "number") else "text"]
        made.set_column(place, place, field.width or WIDTHS[field.kind], style, {"hidden": field.hidden})
        made.write_string(0, place, field.heading, styles["fill" if field.fill_in else "head"])


def _line(made: Any, number: int, sheet: Sheet, line: Line, styles: dict[str | int, Any]) -> None:
    if isinstance(line, Heading):
        made.set_row(number, 18, None, {"level": line.level})
        made.write_string(number, 0, line.says, styles[line.level])
        for place in range(1, len(sheet.fields)):
            made.write_blank(number, place, None, styles[line.level])
        return
    if sheet.name == DIFFERENCES:
        made.set_row(number, None, None, {"level": 2})
    for place, (field, cell) in enumerate(zip(sheet.fields, line, strict=False)):
        shown = (field.words or {}).get(cell, cell)
        if shown is not None and shown != "":
            write_cell(made, number, place, shown, styles["date"] if field.kind == "date" else None)


def _below(made: Any, page: Page, styles: dict[str | int, Any]) -> None:
    """Drop-downs over every row, filters; where rows may be added, a line that says how, and drop-downs there too."""
    last = len(page.lines)
    if page.is_answered:
        made.outline_settings(True, False, False, False)
        made.write_string(last + 2, 0, TO_ADD, styles["note"])
    choosing = last + 2 + BLANK_ROWS if page.is_answered else last
    for place, field in enumerate(page.sheet.fields):
        if field.choices and choosing:
            made.data_validation(1, place, choosing, place, {"validate": "list", "source": _short(field.choices)})
    made.autofilter(0, 0, max(1, last), len(page.sheet.fields) - 1)


def _printed(made: Any, page: Page, title: str, as_at: date) -> None:
    """A4 across, as wide as a page, the headings on each; what only says of which row a row is stays off the paper."""
    made.freeze_panes(1, 0)
    made.set_paper(A4)
    made.set_landscape()
    made.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    made.fit_to_pages(1, 0)
    made.repeat_rows(0)
    printed = [place for place, field in enumerate(page.sheet.fields) if field.printed]
    made.print_area(0, 0, max(1, len(page.lines) + (2 if page.is_answered else 0)), printed[-1])
    made.set_header(f"&L{title.replace('&', '&&')}&RPosition at {as_at:%d/%m/%Y}")
    made.set_footer("&LNames children: keep it as you keep their files&RPage &P of &N")


def _short(choices: tuple[str, ...]) -> list[str]:
    """A drop-down holds 255 characters; what does not fit is left to be typed."""
    kept: list[str] = []
    for choice in choices:
        if len(",".join([*kept, choice])) <= 255:
            kept.append(choice)
    return kept
