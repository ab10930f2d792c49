"""What people do to a sheet: each edit changes the grid as a person with a spreadsheet would, and none changes what the list says.

SHAPE moves, adds and hides rows and columns; CELLS writes cells in another way; MERGES comes last, since what a merge covers is gone.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.edited_kit import BLANK, DATE_FORMATS, EPOCH, FIRST_DATE, GENERAL, TEXT, Cell, Edit, Grid, Row, retype
from tests.intake_kit import catalogue

NOTE = "as agreed at the meeting"
DRESS = (
    str.upper,
    str.lower,
    lambda t: f"  {t} ",
    lambda t: t.replace(" ", "\u00a0"),
    lambda t: t.replace(" ", "\n"),
    lambda t: f"{t}:",
)


def _words(grid: Grid, *texts: str) -> list[Cell]:
    return [*(Cell(text, "s") for text in texts), *[BLANK] * (len(grid.columns) - len(texts))][: len(grid.columns)]


def _put(grid: Grid, place: int, cells: list[Cell]) -> None:
    grid.rows.insert(place, Row(cells))


def _any_row(grid: Grid, chance: random.Random) -> int:
    return chance.choice(grid.data) if grid.data else grid.header


def _columns(grid: Grid, *kinds: str) -> list[int]:
    known = grid.contract.columns
    return [place for place, name in enumerate(grid.columns) if name in known and known[name].type in kinds]


def sort_rows(grid: Grid, chance: random.Random) -> None:
    """Below the headings, by what a column shows."""
    by, start = chance.randrange(len(grid.columns)), grid.header + 1
    down = chance.random() < 0.5
    grid.rows[start:] = sorted(grid.rows[start:], key=lambda row: str(row.cells[by].value or "~"), reverse=down)


def shuffle_rows(grid: Grid, chance: random.Random) -> None:
    """Below the headings."""
    below = grid.rows[grid.header + 1 :]
    chance.shuffle(below)
    grid.rows[grid.header + 1 :] = below


def filter_rows(grid: Grid, chance: random.Random) -> None:
    """Rows are hidden, and are data all the same."""
    grid.filtered = True
    for place in grid.data:
        grid.rows[place].hidden = chance.random() < 0.5


def delete_rows(grid: Grid, chance: random.Random) -> None:
    """One of the list's rows goes."""
    if len(grid.data) > 2:
        del grid.rows[_any_row(grid, chance)]


def copy_row(grid: Grid, chance: random.Random) -> None:
    """A row stands twice."""
    place = _any_row(grid, chance)
    if place != grid.header:
        grid.rows.insert(place, Row(list(grid.rows[place].cells), grid.rows[place].origin))


def delete_column(grid: Grid, chance: random.Random) -> None:
    """A column goes, perhaps a needed one."""
    if len(grid.columns) > 3:
        place = chance.randrange(len(grid.columns))
        for row in grid.rows:
            del row.cells[place]
        del grid.columns[place]


def move_column(grid: Grid, chance: random.Random) -> None:
    """A column is dragged elsewhere."""
    old, new = chance.randrange(len(grid.columns)), chance.randrange(len(grid.columns))
    for row in grid.rows:
        row.cells.insert(new, row.cells.pop(old))
    grid.columns.insert(new, grid.columns.pop(old))


def add_column(grid: Grid, chance: random.Random) -> None:
    """A column without a heading, or with one that nobody knows, and words in it."""
    place, heading = chance.randrange(len(grid.columns) + 1), chance.choice((BLANK, Cell("Our own remarks", "s")))
    for row in grid.rows:
        words = Cell(NOTE, "s") if row.origin is not None and chance.random() < 0.5 else BLANK
        row.cells.insert(place, heading if row.origin == -1 else words)
    grid.columns.insert(place, "")


def copy_column(grid: Grid, chance: random.Random) -> None:
    """A column stands twice, heading and all."""
    place = chance.randrange(len(grid.columns))
    for row in grid.rows:
        row.cells.insert(place, row.cells[place])
    grid.columns.insert(place, grid.columns[place])


def titles_above(grid: Grid, chance: random.Random) -> None:
    """A title, a date beside words, a blank line."""
    day = Cell(date(2022, 10, 31), "d", FIRST_DATE)
    for _ in range(chance.choice((1, 2, 3, 40))):
        words = chance.choice((["Our list"], ["As at", ""], ["Team", "North"], []))
        cells = _words(grid, *words)
        if words[:1] == ["As at"]:
            cells[1] = day
        _put(grid, 0, cells)


def blank_rows(grid: Grid, chance: random.Random) -> None:
    """Rows without anything, and one of spaces."""
    for _ in range(3):
        _put(grid, chance.randrange(grid.header + 1, len(grid.rows) + 1), _words(grid))
    _put(grid, len(grid.rows), _words(grid, "   ", "\u00a0"))


def repeat_header(grid: Grid, chance: random.Random) -> None:
    """As a print of many pages has it."""
    _put(grid, chance.randrange(grid.header + 1, len(grid.rows) + 1), list(grid.rows[grid.header].cells))


def total_below(grid: Grid, chance: random.Random) -> None:
    """A total, or a remark, below the list."""
    told = chance.choice((["Total", "12"], ["Grand total"], [NOTE], ["Total children", "", "5"]))
    _put(grid, len(grid.rows), _words(grid, *told))


def shift_right(grid: Grid, chance: random.Random) -> None:
    """The list begins in a later column."""
    for _ in range(chance.randrange(1, 3)):
        for row in grid.rows:
            row.cells.insert(0, BLANK)
        grid.columns.insert(0, "")


def other_heading(grid: Grid, chance: random.Random) -> None:
    """A heading under another name that is known."""
    place = chance.randrange(len(grid.columns))
    column = grid.contract.columns.get(grid.columns[place])
    if column is not None and column.aliases:
        retype(grid, grid.header, place, value=chance.choice(column.aliases), kind="s")


def dressed_heading(grid: Grid, chance: random.Random) -> None:
    """Capitals, spaces, a line break, a colon."""
    place = chance.randrange(len(grid.columns))
    if grid.rows[grid.header].cells[place].value:
        retype(grid, grid.header, place, value=chance.choice(DRESS)(grid.rows[grid.header].cells[place].value))


def lost_heading(grid: Grid, chance: random.Random) -> None:
    """A heading is cleared, or becomes one that nobody knows."""
    place = chance.randrange(len(grid.columns))
    grid.rows[grid.header].cells[place] = chance.choice((BLANK, Cell("Column 4", "s")))
    grid.columns[place] = ""


def header_among_rows(grid: Grid, chance: random.Random) -> None:
    """The headings are sorted in among the rows."""
    row = grid.rows.pop(grid.header)
    grid.rows.insert(chance.choice(grid.data) if grid.data else 0, row)


def second_table(grid: Grid, chance: random.Random) -> None:
    """Another list of the same kind below, its columns in the same or another order."""
    order = list(range(len(grid.columns)))
    if chance.random() < 0.7:
        chance.shuffle(order)
    rows = [grid.rows[grid.header], *(grid.rows[place] for place in grid.data[:3])]
    _put(grid, len(grid.rows), _words(grid))
    for row in rows:
        grid.rows.append(Row([row.cells[place] for place in order], None if row.origin == -1 else row.origin))


def another_writer(grid: Grid, chance: random.Random) -> None:
    """LibreOffice, a program that writes texts in place, or one that counts days from 1904."""
    grid.libre, grid.inline, grid.from_1904 = (chance.random() < 0.5 for _ in range(3))


def other_name(grid: Grid, chance: random.Random) -> None:
    """The sheet is called something else, perhaps after another tracker."""
    grid.name = chance.choice(("Visits", "Tracker", "Core groups", "October", "List 7", "Audits & actions"))


def _retyped_date(grid: Grid, chance: random.Random) -> None:
    if not (places := _columns(grid, "date")):
        return
    row, place = _any_row(grid, chance), chance.choice(places)
    day = grid.rows[row].cells[place].value
    if not isinstance(day, date):
        return
    other = chance.choice(
        ("%d/%m/%Y", "%Y-%m-%d", " %d/%m/%Y ", "%d/%m/%Y 09:30", "%d %b %Y", "%d.%m.%Y", "%d/%m/%y", "%Y%m%d", "%A")
    )
    retype(grid, row, place, value=day.strftime(other), kind="s", style=TEXT)


def _date_as_number(grid: Grid, chance: random.Random) -> None:
    if places := _columns(grid, "date"):
        row, place = _any_row(grid, chance), chance.choice(places)
        if isinstance(grid.rows[row].cells[place].value, date) and not grid.from_1904:
            retype(grid, row, place, value=(grid.rows[row].cells[place].value - EPOCH).days, kind="n", style=GENERAL)


def _date_format(grid: Grid, chance: random.Random) -> None:
    for place in _columns(grid, "date"):
        style = FIRST_DATE + chance.randrange(len(DATE_FORMATS))
        for row in grid.data:
            if grid.rows[row].cells[place].kind == "d":
                retype(grid, row, place, style=style)


def _id(grid: Grid, chance: random.Random) -> None:
    if not (places := _columns(grid, "id")):
        return
    row, place = _any_row(grid, chance), chance.choice(places)
    text = grid.rows[row].cells[place].value
    if not isinstance(text, str):
        return
    ways = [Cell(f" {text.lower()}\u00a0", "s")]
    if text.isdigit() and text[0] != "0":
        day = EPOCH + timedelta(int(text))
        ways += [Cell(float(text), "n"), Cell(f"{text}.0", "s"), Cell(day, "d", FIRST_DATE)]
    grid.rows[row].cells[place] = chance.choice(ways)


def _code(grid: Grid, chance: random.Random) -> None:
    if not (places := _columns(grid, "code")):
        return
    row, place = _any_row(grid, chance), chance.choice(places)
    said, column = grid.rows[row].cells[place].value, grid.contract.columns[grid.columns[place]]
    codes = catalogue().code_sets[column.code_set].codes
    code = next((one for one in codes if said == one.label), None)
    if code is not None:
        other = chance.choice(
            (code.code, *code.spellings, said.upper(), f" {said} ", "nobody knows this", "b) " + said)
        )
        retype(grid, row, place, value=other)


def _formula(grid: Grid, chance: random.Random) -> None:
    row, place = _any_row(grid, chance), chance.randrange(len(grid.columns))
    if grid.rows[row].cells[place].kind:
        retype(grid, row, place, formula="=A1", stored=chance.random() < 0.6)


def _shared_formula(grid: Grid, chance: random.Random) -> None:
    place = chance.randrange(len(grid.columns))
    rows = [row for row in grid.data if grid.rows[row].cells[place].kind]
    for number, row in enumerate(rows):
        more = ' ref="Z1:Z99">A1' if number == 0 else ">"
        retype(grid, row, place, formula=f'<f t="shared" si="0"{more}</f>')


def _error(grid: Grid, chance: random.Random) -> None:
    row, place = _any_row(grid, chance), chance.randrange(len(grid.columns))
    if row != grid.header:
        grid.rows[row].cells[place] = chance.choice(
            (Cell("#N/A", "e"), Cell("#REF!", "e", formula="=#REF!"), Cell("#VALUE!", "s"))
        )


def _merge(grid: Grid, chance: random.Random) -> None:
    top, left = chance.randrange(len(grid.rows)), chance.randrange(len(grid.columns))
    down, right = chance.choice(((1, 0), (2, 0), (0, 1), (0, 2), (1, 1)))
    bottom, last = min(top + down, len(grid.rows) - 1), min(left + right, len(grid.columns) - 1)
    cells = {(row, place) for row in range(top, bottom + 1) for place in range(left, last + 1)}
    if len(cells) > 1 and not cells & grid.covered:
        grid.cover(top, left, bottom, last)


SHAPE: tuple[Edit, ...] = (
    sort_rows, shuffle_rows, filter_rows, delete_rows, copy_row, delete_column, move_column, add_column, copy_column, titles_above,
    blank_rows, repeat_header, total_below, shift_right, other_heading, dressed_heading, lost_heading, header_among_rows, second_table,
    another_writer, other_name,
)  # fmt: skip
HARMLESS: tuple[Edit, ...] = (
    sort_rows, shuffle_rows, filter_rows, move_column, add_column, blank_rows, repeat_header, shift_right, other_heading, dressed_heading,
    another_writer, other_name, _date_format, _shared_formula,
)  # fmt: skip
CELLS: tuple[Edit, ...] = (_retyped_date, _date_as_number, _date_format, _id, _code, _formula, _shared_formula, _error)
MERGES: tuple[Edit, ...] = (_merge,)


def edited(grid: Grid, chance: random.Random) -> Grid:
    """The grid after one to seven edits of a person."""
    done = chance.sample(SHAPE, chance.randrange(1, 4)) + chance.choices(CELLS, k=chance.randrange(0, 4))
    for edit in (*done, *(chance.choices(MERGES, k=2) if chance.random() < 0.25 else ())):
        grid.log.append(edit.__name__)
        edit(grid, chance)
    return grid
