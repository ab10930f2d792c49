"""A statement as an Excel workbook: the bank form, each step as a row, and the picture.

Totals are formulas over the rows above them, stored with their values, so that whoever opens it sees how a number comes about. No text
becomes a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import zip_longest
from typing import Any

from countermark.charts.draw import as_png
from countermark.charts.waterfall import waterfall_drawing
from countermark.explaining.bank import Row
from countermark.statement.model import Part, Statement
from countermark.words import sentence

SCALE = 0.5  # the picture is drawn at twice its size
SIGNED = '+0;"−"0;0'
A4 = 9
TOLD_ON_STEPS = 4  # which figure, where and when, its value, its status
HEADINGS = (("Of", 22), ("Step", 60), ("Adds", 10), ("Comes to", 10), ("Cases", 10), ("How far it can be trusted", 38))


def as_workbook(statement: Statement) -> bytes:
    """The workbook: a sheet that reads like the statement, a sheet of steps to calculate with."""
    import xlsxwriter

    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16}), "head": book.add_format({"bold": True, "bottom": 1}),
        "part": book.add_format({"bold": True, "font_size": 13}), "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "effect": book.add_format({"num_format": SIGNED}), "indent": book.add_format({"indent": 1, "text_wrap": True, "valign": "top"}),
        "total": book.add_format({"bold": True, "top": 1}), "standing": book.add_format({"italic": True}),
    }  # fmt: skip
    sheet = book.add_worksheet("Statement")
    for column, width in enumerate((46, 10, 3, 46, 10)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, statement.title, styles["title"])
    line = _texts(sheet, 1, statement.heads, styles)
    for part in statement.parts:
        line = _part(sheet, line + 1, part, styles, statement.picture)
    line = _texts(sheet, line + 1, statement.notes, styles)
    _printed(sheet, line, 4)
    _steps(book.add_worksheet("Steps"), statement, styles)
    book.close()
    return made.getvalue()


def _printed(sheet: Any, last: int, column: int) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, last, column)
    sheet.set_footer("&LManagement information, drawn from live records&RPage &P of &N")


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
        sheet.write_string(line - 1, 3, part.standing[1], styles["standing"])
        for column, words in ((0, "The team"), (1, "Cases"), (3, "The system"), (4, "Cases")):
            sheet.write_string(line, column, words, styles["head"])
        first = line + 1
        for ours, theirs in zip_longest(part.bank.left, part.bank.right):
            line += 1
            _cells(sheet, line, 0, ours, styles)
            _cells(sheet, line, 3, theirs, styles)
        line += 1
        for column, rows in ((0, part.bank.left), (3, part.bank.right)):
            sheet.write_string(line, column, "Adjusted", styles["total"])
            _sums(sheet, first, line, column + 1, rows, part.bank.adjusted, styles["total"])
        below = [f"Unexplained {part.bank.unexplained}, differences without sign {part.bank.gross}."]
        below += [f"Moved nothing: {', '.join(part.bank.unmoved)}."] if part.bank.unmoved else []
        line = _texts(sheet, line + 1, tuple(below), styles)
    else:
        line = _way(sheet, line, part, styles)
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


def _sums(sheet: Any, first: int, total: int, column: int, rows: Sequence[Row], adjusted: int, style: Any) -> None:
    """A side's sums as formulas: below its last count comes what is added to it, above that count what led to it."""
    count = max((place for place, row in enumerate(rows) if not row.is_effect), default=0)
    if count:
        _sum(
            sheet,
            first + count,
            column,
            (first, first + count - 1),
            [row.number for row in rows[:count]],
            rows[count].number,
            None,
        )
    _sum(
        sheet,
        total,
        column,
        (first + count, first + len(rows) - 1),
        [row.number for row in rows[count:]],
        adjusted,
        style,
    )


def _sum(sheet: Any, line: int, column: int, over: tuple[int, int], numbers: list[int], value: int, style: Any) -> None:
    """A formula where it gives the value that it stands for, else the value: a workbook shows no number that is not the statement's."""
    from xlsxwriter.utility import xl_range

    if numbers and sum(numbers) == value:
        sheet.write_formula(line, column, f"=SUM({xl_range(over[0], column, over[1], column)})", style, value)
    else:
        sheet.write_number(line, column, value, style)


def _way(sheet: Any, line: int, part: Part, styles: dict[str, Any]) -> int:
    """From one number to the other where there are no two sides: each with its status, the steps between them."""
    first = Row(part.first[0], part.first[1])
    rows = [first, *(Row(sentence(step.words)[:-1], step.effect, is_effect=True) for step in part.steps)]
    for place, row in enumerate(rows):
        _cells(sheet, line + place, 0, row, styles)
    sheet.write_string(line, 3, part.standing[0], styles["standing"])
    last = line + len(rows)
    sheet.write_string(last, 0, part.last[0], styles["total"])
    _sum(sheet, last, 1, (line, last - 1), [row.number for row in rows], part.last[1], styles["total"])
    sheet.write_string(last, 3, part.standing[1], styles["standing"])
    return last + 1


def _steps(sheet: Any, statement: Statement, styles: dict[str, Any]) -> None:
    """A table to calculate with, below what it is of."""
    sheet.write_string(0, 0, statement.title, styles["title"])
    told = statement.heads[:TOLD_ON_STEPS]
    for number, text in enumerate(told, start=1):
        sheet.write_string(number, 0, text)
    head = line = len(told) + 2
    for column, (heading, width) in enumerate(HEADINGS):
        sheet.set_column(column, column, width)
        sheet.write_string(head, column, heading, styles["head"])
    for part in statement.parts:
        line, level = line + 1, part.first[1]
        _named(sheet, line, part, part.first[0], part.standing[0])
        sheet.write_number(line, 3, level)
        for step in part.steps:
            line, level = line + 1, level + step.effect
            _named(sheet, line, part, sentence(step.words)[:-1])
            sheet.write_number(line, 2, step.effect, styles["effect"])
            sheet.write_formula(line, 3, f"=D{line}+C{line + 1}", None, level)
            sheet.write_number(line, 4, step.cases or abs(step.effect))
        line += 1
        _named(sheet, line, part, part.last[0], part.standing[1])
        sheet.write_formula(line, 3, f"=D{line}", None, level)
    sheet.freeze_panes(head + 1, 0)
    sheet.autofilter(head, 0, max(line, head + 1), len(HEADINGS) - 1)
    _printed(sheet, max(line, head + 1), len(HEADINGS) - 1)
    sheet.repeat_rows(head)


def _named(sheet: Any, line: int, part: Part, words: str, standing: str = "") -> None:
    for column, text in ((0, part.name), (1, words), (5, standing)):
        sheet.write_string(line, column, text)
