"""What acceptance tests share: tiny deliveries written cell by cell, the command line called as a person would, exports read back.

Headings are typed here by hand from Ofsted's template and the contracts, and not taken from the product's own definitions.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import xlsxwriter

PERSON = {
    "id": "Child Unique ID", "gender": "Gender", "ethnicity": "Ethnicity", "dob": "Date of Birth", "age": "Age of Child (Years)",
}  # fmt: skip
DISABLED = {"disability": "Does the Child have a Disability"}
WHO = {"team": "Allocated Team", "worker": "Allocated Worker"}
LISTS: dict[str, dict[str, str]] = {
    "List 3": PERSON | {
        "on": "Date of referral", "source": "Referral Source", "nfa": "Referral NFA?",
        "twelve": "Number of Referrals in Last 12 Months",
    } | WHO,
    "List 4": PERSON | DISABLED | {
        "start": "Continuous Assessment Start Date", "seen": "Child Seen During Continuous Assessment",
        "authorised": "Continuous Assessment Date of Authorisation",
        "need": "Was the child assessed as requiring LA children’s social care support",
    } | WHO,
    "List 5": PERSON | DISABLED | {
        "discussion": "Strategy discussion initiating Section 47 Enquiry Start Date",
        "unnecessary": "Was an Initial Child Protection Conference deemed unnecessary?",
        "conference": "Date of Initial Child Protection Conference",
        "plan": "Did the Initial Child Protection Conference Result in a Child Protection Plan",
        "s47s": "Number of Section 47 Enquiries in the last 12 months", "icpcs": "Number of ICPCs in the last 12 months",
    } | WHO,
    "List 6": PERSON | DISABLED | {
        "start": "CIN Start Date", "need": "Primary Need Code", "seen": "Date Child Was Last Seen", "closed": "CIN Closure Date",
        "reason": "Reason for Closure", "status": "Case status",
    } | WHO,
    "List 7": PERSON | DISABLED | {
        "start": "Child Protection Plan Start Date", "first": "Initial Category of Abuse", "latest": "Latest Category of Abuse",
        "visit": "Date of the Last Statutory Visit", "alone": "Was the Child Seen Alone?",
        "review": "Date of latest review conference", "end": "Child Protection Plan End Date",
        "epo": "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
        "previous": "Number of Previous Child Protection Plans",
    } | WHO,
    "List 8": PERSON | DISABLED | {
        "start": "Date Started to be Looked After", "legal": "Child's Legal Status", "check": "Date of Last Dental Check",
        "placements": "Number of Placements in the Last 12 months", "end": "Date Ceased to be Looked After",
        "reason": "Reason Ceased to be Looked After",
    } | WHO,
}  # fmt: skip
DEFAULTS: dict[str, dict[str, Any]] = {
    "List 7": {"previous": 0, "epo": "b) No", "first": "a) Neglect", "latest": "a) Neglect"},
    "List 8": {"legal": "C2", "placements": 1},
}
COUNTS = [
    "indicator_id",
    "team",
    "as_at",
    "unit",
    "numerator",
    "denominator",
    "counted_by",
    "counted_at",
    "method",
    "note",
]
LISTED = [
    "indicator_id", "team", "as_at", "case_id", "in_denominator", "in_numerator", "event_date", "counted_by", "counted_at", "note",
]  # fmt: skip
BLANK = object()
Row = Mapping[str, Any]
Record = dict[str, str]


def rows(list_name: str, records: Sequence[Row]) -> list[list[Any]]:
    """Heading row and rows of one Annex A list; what a record leaves out takes a quiet default."""
    names = LISTS[list_name]
    quiet = {"gender": "b) Female", "dob": date(2015, 3, 4), "team": "North", "worker": "W. Orker"} | DEFAULTS.get(
        list_name, {}
    )
    for record in records:
        assert set(record) <= set(names), set(record) - set(names)
    return [list(names.values()), *([(quiet | dict(record)).get(name) for name in names] for record in records)]


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """A workbook of these sheets; dates become date cells, text stays text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        for i, cells in enumerate(table):
            for j, cell in enumerate(cells):
                put(sheet, i, j, cell)
    book.close()
    return settled(path)


def put(sheet: Any, i: int, j: int, cell: Any) -> None:
    """One cell, as its Python type says."""
    if cell is None or cell is BLANK:
        return
    if isinstance(cell, date):
        sheet.write_datetime(i, j, cell)
    elif isinstance(cell, bool):
        sheet.write_boolean(i, j, cell)
    elif isinstance(cell, (int, float)):
        sheet.write_number(i, j, cell)
    else:
        sheet.write_string(i, j, str(cell))


def annex_a(path: Path, extracted_on: str | None, lists: Mapping[str, Sequence[Row]], authority: str = "") -> Path:
    """An Annex A workbook in a folder of its own, and the sidecar that dates it."""
    workbook(path, {name: rows(name, records) for name, records in lists.items()})
    if extracted_on:
        said = f'authority = "{authority}"\n' if authority else ""
        text(path.with_name(path.name + ".delivery.toml"), f"{said}extracted_on = {extracted_on}\n")
    return path


def table(path: Path, records: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """A text table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(
        [["" if c is None else c for c in r] for r in records]
    )
    path.write_bytes(buffer.getvalue().encode(encoding))
    return settled(path)


def text(path: Path, content: str | bytes) -> Path:
    """A file of these bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return settled(path)


def settled(path: Path) -> Path:
    """The file as one that stopped growing a minute ago."""
    then = path.stat().st_mtime - 120
    os.utime(path, (then, then))
    return path


@dataclass(frozen=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything printed, on one line."""
        return " ".join((self.out + " " + self.err).split())


def countermark(*words: str | Path, **environment: str) -> Said:
    """The command line, in this process."""
    from pipelines.command_line import main

    out, err = io.StringIO(), io.StringIO()
    code = 0
    mask = os.umask(0o022)
    environment = {"COLUMNS": "220", **environment}
    typed = patch.object(sys, "argv", ["countermark", *map(str, words)])
    with typed, patch.dict(os.environ, environment), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
    os.umask(mask)
    return Said(code, out.getvalue(), err.getvalue())


@dataclass
class Export:
    """The exported tables, read back as text."""

    folder: Path
    tables: dict[str, list[Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as stream:
                self.tables[path.stem] = list(csv.DictReader(stream))

    def columns(self, name: str) -> list[str]:
        """The heading row of one table."""
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return next(csv.reader(stream))

    def rows(self, name: str, **where: str) -> list[Record]:
        """The rows of a table that have these values."""
        return [row for row in self.tables[name] if all(row[column] == value for column, value in where.items())]

    def one(self, name: str, **where: str) -> Record:
        """The one row that has these values."""
        found = self.rows(name, **where)
        assert len(found) == 1, (name, where, found)
        return found[0]

    def metric(self, indicator: str, team: str = "ALL", **where: str) -> Record:
        """One figure."""
        return self.one("metrics", indicator_id=indicator, team=team, **where)

    def share(self, indicator: str, team: str = "ALL", side: str = "system") -> str:
        """A figure as `3/5`, or `7` for a count."""
        row = self.metric(indicator, team)
        return "/".join(part for part in (row[f"{side}_numerator"], row[f"{side}_denominator"]) if part)

    def states(self, indicator: str, **where: str) -> dict[str, str]:
        """The state of each case of an indicator."""
        return {row["case_id"]: row["state"] for row in self.rows("members", indicator_id=indicator, **where)}

    def lines(self, indicator: str, team: str, measure: str) -> dict[str, int]:
        """The bridge's effects by reason."""
        found = self.rows("bridge_lines", indicator_id=indicator, team=team, measure=measure)
        return {row["reason"]: int(row["effect"]) for row in found}

    def items(self, indicator: str, team: str, measure: str) -> dict[tuple[str, str], int]:
        """The bridge's items: (case, reason) and effect."""
        found = self.rows("breaks", indicator_id=indicator, team=team, measure=measure)
        return {(row["case_id"], row["reason"]): int(row["effect"]) for row in found}


@dataclass
class World:
    """An inbox, its home, and what was said and exported last."""

    root: Path

    @property
    def inbox(self) -> Path:
        """Where deliveries are dropped."""
        return self.root / "inbox"

    @property
    def home(self) -> Path:
        """Where the product writes."""
        return self.root / "home"

    def run(self, as_at: str, *more: str, **environment: str) -> Said:
        """`countermark run`."""
        return countermark("run", "--inbox", self.inbox, "--as-at", as_at, "--home", self.home, *more, **environment)

    def do(self, *words: str | Path) -> Said:
        """Any other command that takes the home."""
        return countermark(*words, "--home", self.home)

    def export(self, *more: str) -> Export:
        """`countermark export` into a folder of its own."""
        out = self.root / f"out{len(list(self.root.glob('out*')))}"
        said = self.do("export", "--out", out, *more)
        assert said.code == 0, said
        return Export(out)


def workdays(start: date, count: int) -> date:
    """The day `count` working days after a date: weekends and England's bank holidays out. Typed by hand for 2020 to 2023."""
    day, step = start, 1 if count >= 0 else -1
    while count:
        day += timedelta(days=step)
        if day.weekday() < 5 and day not in HOLIDAYS:
            count -= step
    return day


HOLIDAYS = {
    date.fromisoformat(day)
    for day in [
        "2022-01-03",
        "2022-04-15",
        "2022-04-18",
        "2022-05-02",
        "2022-06-02",
        "2022-06-03",
        "2022-08-29",
        "2022-09-19",
        "2022-12-26",
        "2022-12-27",
        "2023-01-02",
        "2023-04-07",
        "2023-04-10",
        "2023-05-01",
        "2023-05-08",
        "2023-05-29",
        "2023-08-28",
        "2023-12-25",
        "2023-12-26",
    ]
}
