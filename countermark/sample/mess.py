"""How the printout spoils what the system holds: headings, sheet names, codes, dates as text, ids, totals, repeats.

What belongs here leaves every figure as it is: a careful reader gets the same rows out of it. Faults that move a figure
belong to faults.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from countermark.sample.authority import TEAM_BY_NAME
from countermark.sample.histories import Row, Unreadable
from countermark.sample.layout import LISTS, TITLES
from countermark.sample.lists import Lists

HEADERS: dict[int, dict[str, str]] = {
    1: {"age": "Age", "dob": "Date Of Birth"},
    3: {"referred_on": "Date of Referral", "id": "Child Unique ID "},
    4: {"in_need": "Was the child assessed as requiring LA children's social care support?"},
    5: {"discussion": "Strategy discussion initiating Section 47 Enquiry  Start Date", "age": "Age of child (years)"},
    6: {"status": "Case Status", "closed": "CIN Closure Date "},
    7: {
        "protected": "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N))",
        "alone": "Was the child seen alone?",
    },
    8: {
        "missing": "Number of Episodes the Child has been 'Missing' from their Placement in the last 12 months",
        "need": "Child’s Category of Need",
        "end": "Date Ceased to be Looked After",
    },
    9: {"in_touch": "LA in Touch", "team": "Allocated team"},
    10: {"adopted": "Date of Adoption Order"},
    11: {"children": "No of children placed"},
}
_YES_NO = ({"a) Yes": "a) Yes", "b) No": "b) No"}, {"a) Yes": "Yes", "b) No": "No"}, {"a) Yes": "Y", "b) No": "N"})
_YES_NO_OF_LIST = {3: 1, 4: 0, 5: 1, 6: 0, 7: 0, 8: 2, 9: 1, 10: 0, 11: 2}
_GENDERS = {
    3: {"a) Male": "Male", "b) Female": "Female"},
    4: {"a) Male": "M", "b) Female": "F"},
    8: {"a) Male": "male", "b) Female": "FEMALE"},
}
_TITLED = {1: (1, 3, 4, 7, 8, 11), 2: (1, 2, 5, 7, 10)}
_NUMBERED = (3, 8)
_DATES_AS_TEXT = {2: 1.0, 5: 0.12, 6: 0.05, 9: 0.5}
_TOTALS = (3, 7)
_NEEDED = {
    1: "contact_on",
    2: "start",
    3: "referred_on",
    4: "start",
    5: "discussion",
    6: "start",
    7: "start",
    8: "start",
}
NBSP = "\u00a0"


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and the value that was stored with it."""

    text: str
    value: date


@dataclass
class Sheet:
    """One sheet as delivered: rows of cells in the order of `columns`; a total is the last row. An `unseen` sheet is hidden."""

    number: int
    name: str
    title: str | None
    headers: list[str]
    rows: list[list[Any]]
    total: list[Any] | None = None
    hidden: set[int] = field(default_factory=set)
    rejected: int = 0
    unseen: bool = False


def spoil(lists: Lists, delivery: int, rng: Random) -> list[Sheet]:
    """The sheets of the first or second delivery; its random marks come from `rng` alone."""
    return [_sheet(number, lists[number], delivery, rng) for number in LISTS]


def _sheet(number: int, rows: list[Row], delivery: int, rng: Random) -> Sheet:
    keys = [key for key, _ in LISTS[number]]
    drift = HEADERS.get(number, {})
    headers = [drift.get(key, header) for key, header in LISTS[number]]
    name = f"List_{number}" if (number + delivery) % 3 == 0 else f"List {number}"
    titled = number in _TITLED[delivery]
    title = f"List {number}: {TITLES[number]}" if titled else None
    offset = 3 if titled else 2
    repeats = 1 if number in (1, 3, 4, 6, 7) and rows else 0
    repeated = {rng.randrange(len(rows)) for _ in range(repeats * max(1, len(rows) // 600))}
    printed: list[list[Any]] = []
    for i, row in enumerate(_with_gaps(number, rows)):
        cells = _cells(number, row, rng)
        if number == 4 and i % 61 == 7 and type(row["authorised"]) is date:
            start, done = keys.index("start"), keys.index("authorised")
            days = (row["authorised"] - row["start"]).days
            cells[start] = row["start"]
            cells[done] = Formula(f"={chr(65 + start)}{len(printed) + offset}+{days}", row["authorised"])
        printed.append(cells)
        if i in repeated:
            printed.append([_plain(cell) for cell in cells])
    sheet = Sheet(number, name, title, headers, printed)
    if number in _TOTALS:
        sheet.total = ["Total", *[None] * (len(keys) - 2), len(rows)]
    if number == 1 and rows:
        sheet.rows.append([None, *printed[0][1:]])
    sheet.rejected = sum(_refused(number, row) for row in sheet.rows)
    if number in (6, 8):
        sheet.hidden = {i for i in range(len(printed)) if i % 97 == 13}
    return sheet


def _refused(number: int, cells: list[Any]) -> bool:
    """Whether a row has no id, or no date that can be read where its list cannot do without one."""
    needed = next((i for i, (key, _) in enumerate(LISTS[number]) if key == _NEEDED.get(number)), 0)
    return cells[0] is None or isinstance(cells[needed], Unreadable)


def _plain(cell: Any) -> Any:
    return cell.value if isinstance(cell, Formula) else cell


def _cells(number: int, row: Row, rng: Random) -> list[Any]:
    """The cells of one row, in the sheet's order, as this list's printout writes them."""
    yes_no, genders = _YES_NO[_YES_NO_OF_LIST.get(number, 0)], _GENDERS.get(number, {})
    as_text = _DATES_AS_TEXT.get(number, 0.0)
    draw = rng.random()
    cells = []
    for key, _ in LISTS[number]:
        value = row.get(key)
        if isinstance(value, date):
            if as_text and draw < as_text:
                value = value.strftime("%d/%m/%Y")
        elif isinstance(value, str):
            value = _word(number, key, value, draw, yes_no, genders, row)
        elif key == "age" and number == 8 and value is not None and row["dob"] is not None and value >= 0:
            value = round(value + (int(row["id"]) % 1000) / 1000, 3)
        cells.append(value)
    return cells


def _word(
    number: int, key: str, value: str, draw: float, yes_no: dict[str, str], genders: dict[str, str], row: Row
) -> Any:
    """One word as printed: ids, codes, names of teams and workers each have their own slips."""
    if key == "id":
        if number in _NUMBERED and not value.startswith("0") and value.isdigit():
            return int(value)
        return f"{value}  " if draw < 0.03 else value
    if key == "gender":
        return genders.get(value, value)
    if key == "ethnicity":
        return value[3:] if number in (3, 5, 8) else value
    if key == "team":
        return _team(value, draw)
    if key == "worker":
        return Unreadable("#N/A") if draw > 0.985 else value.replace(" ", NBSP) if draw > 0.95 else value
    if key == "legal":
        return value[:2] if draw < 0.5 else value
    return yes_no.get(value, value)


def _team(value: str, draw: float) -> str:
    """A team by its name, or as some write it: an alias, capitals, a double or a trailing space."""
    if draw < 0.90:
        return value
    if draw < 0.93 and TEAM_BY_NAME[value].aliases:
        return TEAM_BY_NAME[value].aliases[0]
    if draw < 0.95:
        return value.upper()
    return f"{value} " if draw < 0.97 else value.replace(" ", NBSP, 1)


def _with_gaps(number: int, rows: list[Row]) -> list[Row]:
    """Births that nobody typed in, and 1 January 1900 where there was no date, in a column that no indicator reads."""
    if number == 8:
        return [{**row, "iro": date(1900, 1, 1)} if i % 211 == 5 and row["iro"] else row for i, row in enumerate(rows)]
    if number in (4, 7):
        return [
            {**row, "dob": None, "age": None} if int(row["id"]) % 149 == 3 and row["age"] != -1 else row for row in rows
        ]
    return rows
