"""A statement as an Excel workbook: the bank form, each step as a row, and the picture. No text becomes a formula."""

from __future__ import annotations

from io import BytesIO
from itertools import zip_longest
from typing import Any

from countermark.charts.draw import as_png
from countermark.charts.waterfall import waterfall_drawing
from countermark.explaining.bank import Row
from countermark.statement.model import Part, Statement
from countermark.words import sentence

SCALE = 0.5  # the picture is drawn at twice its size
SIGNED = "+0;−0;0"


def as_workbook(statement: Statement) -> bytes:
    """The workbook: a sheet that reads like the statement, a sheet of steps to calculate with."""
    import xlsxwriter

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16}), "head": book.add_format({"bold": True, "bottom": 1}),
        "part": book.add_format({"bold": True, "font_size": 13}), "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "effect": book.add_format({"num_format": SIGNED}), "indent": book.add_format({"indent": 1, "text_wrap": True, "valign": "top"}),
        "total": book.add_format({"bold": True, "top": 1}),
    }  # fmt: skip
    sheet = book.add_worksheet("Statement")
    for column, width in enumerate((46, 10, 3, 46, 10)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, statement.title, styles["title"])
    line = _texts(sheet, 1, statement.heads, styles)
    for part in statement.parts:
        line = _part(sheet, line + 1, part, styles, statement.picture)
    _texts(sheet, line + 1, statement.notes, styles)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    _steps(book.add_worksheet("Steps"), statement, styles)
    book.close()
    return made.getvalue()


def _texts(sheet: Any, line: int, texts: tuple[str, ...], styles: dict[str, Any]) -> int:
    for text in texts:
        sheet.merge_range(line, 0, line, 4, "", styles["wrap"])
        sheet.write_string(line, 0, text, styles["wrap"])
        sheet.set_row(line, 15 * (1 + len(text) // 110))
        line += 1
    return line


def _part(sheet: Any, line: int, part: Part, styles: dict[str, Any], label: str) -> int:
    sheet.write_string(line, 0, part.name, styles["part"])
    line += 1
    if part.bank:
        for column, words in ((0, "The team"), (1, "Cases"), (3, "The system"), (4, "Cases")):
            sheet.write_string(line, column, words, styles["head"])
        for ours, theirs in zip_longest(part.bank.left, part.bank.right):
            line += 1
            _cells(sheet, line, 0, ours, styles)
            _cells(sheet, line, 3, theirs, styles)
        line += 1
        for column in (0, 3):
            sheet.write_string(line, column, "Adjusted", styles["total"])
            sheet.write_number(line, column + 1, part.bank.adjusted, styles["total"])
        below = [f"Unexplained {part.bank.unexplained}, differences without sign {part.bank.gross}."]
        below += [f"Moved nothing: {', '.join(part.bank.unmoved)}."] if part.bank.unmoved else []
        line = _texts(sheet, line + 1, tuple(below), styles)
    picture = as_png(waterfall_drawing(part.first, part.steps, part.last, label=label))
    height = int.from_bytes(picture[20:24], "big") * SCALE
    told = f"{label}: {part.name}. The numbers are on the sheet Steps."
    options = {"image_data": BytesIO(picture), "x_scale": SCALE, "y_scale": SCALE, "description": told}
    sheet.insert_image(line + 1, 0, "waterfall.png", options)
    return line + 2 + int(height // 20) + 1


def _cells(sheet: Any, line: int, column: int, row: Row | None, styles: dict[str, Any]) -> None:
    if row is None:
        return
    sheet.write_string(line, column, row.words, styles["indent" if row.is_effect else "wrap"])
    sheet.write_number(line, column + 1, row.number, styles["effect"] if row.is_effect else None)


def _steps(sheet: Any, statement: Statement, styles: dict[str, Any]) -> None:
    for column, (heading, width) in enumerate(
        (("Of", 22), ("Step", 60), ("Adds", 10), ("Comes to", 10), ("Cases", 10))
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, styles["head"])
    line = 0
    for part in statement.parts:
        level = part.first[1]
        steps = [
            (part.first[0], None, 0),
            *((sentence(s.words)[:-1], s.effect, s.cases) for s in part.steps),
            (part.last[0], None, 0),
        ]
        for words, effect, cases in steps:
            line += 1
            level += effect or 0
            sheet.write_string(line, 0, part.name)
            sheet.write_string(line, 1, words)
            sheet.write_number(line, 3, level)
            if effect is not None:
                sheet.write_number(line, 2, effect, styles["effect"])
                sheet.write_number(line, 4, cases or abs(effect))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(line, 1), 4)
