"""A team's sheet of differences as a grid that people edit, and what may come of each of its rows. Not a test; nothing here reads a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from countermark.exports.grouped import Heading, with_headings
from countermark.exports.sent_out import Sent, told

COLUMNS = (
    "Piece of work", "Measure", "Case", "Moves a headline", "What it moves", "What was looked for and found", "Date in the list",
    "Who is right", "How it came about", "In your words", "Until", "Filled in by", "Why", "Row of the list", "Row of the system's list",
    "First found", "State", "Indicator ID", "Team", "As at", "Difference", "Row key",
)  # fmt: skip
FILLED_IN = COLUMNS[7:11]
LOCKED = ("Difference", "Case", "Indicator ID", "Team", "As at")
DECISIONS = {
    "The team's count is right": "manual_right", "  the team's  count is right ": "manual_right", "manual_right": "manual_right",
    "THE SYSTEM IS RIGHT": "system_right", "System": "system_right", "system_right ": "system_right", "Both are wrong": "both_wrong",
    "both_wrong": "both_wrong", "not  comparable": "not_comparable", "Accepted as the system has it": "accepted", "ACCEPTED": "accepted",
}  # fmt: skip
CAUSES = {
    "Workload": "workload",
    " not  trained": "not_trained",
    "SYSTEM FAULT": "system_fault",
    "duplicate_person": "duplicate_person",
}
UNTIL = date(2039, 12, 31)
UNTILS = ("31/12/2039", "2039-12-31", " 31/12/2039 ", UNTIL)
WORDS = ("Opened with the team.", "Seen in the case file", "As agreed on Monday, see the log")


@dataclass
class Line:
    """A row in a person's hands. `origin` is the difference that its key was made for, None of a heading and where it was added."""

    cells: dict[str, Any]
    origin: str | None
    is_heading: bool = False

    def copy(self) -> Line:
        """The same row once more."""
        return replace(self, cells=dict(self.cells))


@dataclass
class Sheet:
    """The sheet: its rows, the order of its columns, and the differences as they were sent out, by id."""

    lines: list[Line]
    sent: dict[str, dict[str, Any]]
    columns: list[str] = field(default_factory=lambda: list(COLUMNS))
    log: list[str] = field(default_factory=list)


def sheet(rows: list[dict[str, Any]], authority: str, team: str, as_at: date, sent: Sent) -> Sheet:
    """The sheet as it goes out, headings and all, from the rows of `differences.sql`."""
    made = with_headings(rows, [told(row, authority, team, as_at, sent) for row in rows], {})
    lines = [_heading(one.says) if isinstance(one, Heading) else _row(one) for one in made]
    return Sheet(lines, {line.origin: dict(line.cells) for line in lines if line.origin})


def _heading(says: str) -> Line:
    return Line(dict.fromkeys(COLUMNS) | {"Piece of work": says}, None, is_heading=True)


def _row(cells: tuple[Any, ...]) -> Line:
    said = dict(zip(COLUMNS, cells, strict=True))
    return Line(said, said["Difference"])


def is_heading(line: Line) -> bool:
    """Whether a line is one of the headings, with nothing but its words in it: no row of the file layout."""
    return line.is_heading and not any(line.cells[name] for name in COLUMNS[1:])


def same(one: Any, other: Any) -> bool:
    """Whether two cells say the same to a reader: case and spaces aside, a date in any spelling."""
    said = [cell.isoformat() if isinstance(cell, date) else cell for cell in (one, other)]
    said = ["" if cell is None else " ".join(str(cell).split()).upper() for cell in said]
    said = [f"{cell[6:]}-{cell[3:5]}-{cell[:2]}" if len(cell) == 10 and cell[2] == "/" else cell for cell in said]
    return said[0] == said[1]


def is_filled(line: Line) -> bool:
    """Whether anything is decided or said in a row."""
    return any(str(line.cells.get(name) or "").strip() for name in FILLED_IN)


def meaning(line: Line) -> tuple[str, str, str, date | None] | None:
    """What a row decides; None where its answer is not whole."""
    decision, cause = DECISIONS.get(line.cells["Who is right"]), CAUSES.get(line.cells["How it came about"])
    words, until = " ".join(str(line.cells["In your words"] or "").split()), line.cells["Until"]
    if not decision or not cause or not words or (until not in UNTILS and until is not None):
        return None
    if until is None and decision in ("manual_right", "accepted"):
        return None
    return decision, cause, words, UNTIL if until else None


def is_as_sent(line: Line, sent: dict[str, dict[str, Any]]) -> bool:
    """Whether a row's key is the one of the cells beside it."""
    row = sent.get(line.origin or "")
    return (
        row is not None and line.cells["Row key"] == row["Row key"] and all(same(line.cells[n], row[n]) for n in LOCKED)
    )


def edit(chance: random.Random, it: Sheet) -> None:
    """One thing that people do to such a sheet, by chance."""
    deed = chance.choice(DEEDS)
    if it.lines or deed in (_add_unknown, _columns):
        deed(chance, it)
        it.log.append(deed.__name__)


def _any(chance: random.Random, it: Sheet) -> Line:
    return chance.choice(it.lines)


def _answer(chance: random.Random, it: Sheet) -> None:
    cells = _any(chance, it).cells
    cells["Who is right"] = chance.choice(list(DECISIONS))
    cells["How it came about"] = chance.choice(list(CAUSES))
    cells["In your words"] = chance.choice(WORDS)
    cells["Until"] = chance.choice(UNTILS)


def _half_an_answer(chance: random.Random, it: Sheet) -> None:
    cells = _any(chance, it).cells
    name = chance.choice(FILLED_IN)
    cells[name] = chance.choice((None, "perhaps", "??", "31/31/2039")) if name != "In your words" else None


def _locked_cell(chance: random.Random, it: Sheet) -> None:
    name, other = chance.choice(LOCKED), _any(chance, it)
    cells = _any(chance, it).cells
    wrong = {
        "Team": "South",
        "As at": date(2022, 9, 30),
        "Indicator ID": "PP6",
        "Difference": "0123456789abcdef",
        "Case": "C999",
    }
    cells[name] = chance.choice(
        (wrong[name], other.cells[name], None if name in ("Difference", "Case") else wrong[name])
    )


def _spelling(chance: random.Random, it: Sheet) -> None:
    cells = _any(chance, it).cells
    name = chance.choice(("Difference", "Case", "Team", "As at"))
    if isinstance(cells[name], str):
        cells[name] = chance.choice((f" {cells[name]} ", cells[name].upper(), cells[name].lower()))
    elif isinstance(cells[name], date):
        cells[name] = chance.choice((cells[name].isoformat(), f"{cells[name]:%d/%m/%Y}"))


def _key(chance: random.Random, it: Sheet) -> None:
    cells = _any(chance, it).cells
    key = cells["Row key"] or "1.0.a.b"
    place = chance.randrange(len(key))
    turned = key[:place] + chance.choice("0123456789abcdef.") + key[place + 1 :]
    cells["Row key"] = chance.choice((None, turned, key[:-1], "2" + key[1:], key.replace("1.0.", "1.1.", 1), "=1+1"))


def _swap_keys(chance: random.Random, it: Sheet) -> None:
    one, other = _any(chance, it), _any(chance, it)
    one.cells["Row key"], other.cells["Row key"] = other.cells["Row key"], one.cells["Row key"]


def _swap_cases(chance: random.Random, it: Sheet) -> None:
    one, other = _any(chance, it), _any(chance, it)
    for name in chance.choice((("Case",), ("Difference",), ("Difference", "Case"))):
        one.cells[name], other.cells[name] = other.cells[name], one.cells[name]


def _twice(chance: random.Random, it: Sheet) -> None:
    it.lines.insert(chance.randrange(len(it.lines) + 1), _any(chance, it).copy())


def _delete(chance: random.Random, it: Sheet) -> None:
    it.lines.pop(chance.randrange(len(it.lines)))


def _move(chance: random.Random, it: Sheet) -> None:
    it.lines.insert(chance.randrange(len(it.lines)), it.lines.pop(chance.randrange(len(it.lines))))


def _sort(chance: random.Random, it: Sheet) -> None:
    name = chance.choice(COLUMNS)
    it.lines.sort(key=lambda line: str(line.cells[name] or ""), reverse=chance.random() < 0.5)


def _columns(chance: random.Random, it: Sheet) -> None:
    chance.shuffle(it.columns)


def _add_unknown(chance: random.Random, it: Sheet) -> None:
    _add(chance, it, f"NEW{chance.randrange(10**6)}")


def _add_known(chance: random.Random, it: Sheet) -> None:
    _add(chance, it, chance.choice(list(it.sent.values()))["Case"])


def _add(chance: random.Random, it: Sheet, case: str) -> None:
    cells = dict.fromkeys(COLUMNS) | {
        "Case": case, "Indicator ID": "PP1", "Team": "North", "As at": date(2022, 10, 31), "In your words": chance.choice(WORDS),
    }  # fmt: skip
    it.lines.append(Line(cells, None))


def _heading_astray(chance: random.Random, it: Sheet) -> None:
    """A heading is dragged elsewhere, copied, or reworded."""
    headings = [line for line in it.lines if line.is_heading]
    if not headings:
        return
    one = chance.choice(headings)
    if chance.random() < 0.5:
        it.lines.remove(one)
    it.lines.insert(chance.randrange(len(it.lines) + 1), one.copy())
    if chance.random() < 0.3:
        one.cells["Piece of work"] = "Ours: 3 pieces of work"


def _answer_beside_a_heading(chance: random.Random, it: Sheet) -> None:
    """Somebody answers for the whole group at once."""
    headings = [line for line in it.lines if line.is_heading]
    if headings:
        cells = chance.choice(headings).cells
        cells["Who is right"], cells["How it came about"], cells["In your words"] = "System", "Workload", "All of them."


DEEDS: tuple[Callable[[random.Random, Sheet], None], ...] = (
    _answer, _answer, _answer, _answer, _half_an_answer, _locked_cell, _spelling, _spelling, _key, _swap_keys, _swap_cases, _twice,
    _delete, _move, _sort, _columns, _add_unknown, _add_known, _heading_astray, _heading_astray, _answer_beside_a_heading,
)  # fmt: skip


def unchanged(it: Sheet) -> Sheet:
    """A copy to edit."""
    return replace(it, lines=[line.copy() for line in it.lines], columns=list(it.columns), log=[])
