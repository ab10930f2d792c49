"""Whether a file is what it is handed in as: of this council, and of the time that its sidecar says. What is not is refused whole.

Only what a system wrote is asked when it is of: a court list of a team may well speak of next month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from countermark.contracts.authority import Authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.readers.process import FileAnswer, SheetAnswer
from countermark.warehouse import raw
from countermark.warehouse.held import measured
from countermark.words import day

TOLERANCE = timedelta(days=7)  # L: an extract for the end of a month is taken in the days after it
LATE_ROWS, LATE_SHARE = 3, 0.05  # L: fewer are slips of the keyboard, which the checks of the data find
NATIONAL = re.compile(r"[EWSN]\d{8}")
LOCAL = re.compile(r"\d{3}")


@dataclass(frozen=True)
class Said:
    """What is said of a file from outside: the council (None where nothing but its code is known), the extract date, the period."""

    code: str
    authority: Authority | None
    extracted_on: date | None
    period: tuple[date, date] | None


def refusal(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, answer: FileAnswer, said: Said) -> str:
    """Why the file cannot be what it is handed in as, in a sentence; empty where nothing in it says so."""
    return _another_council(con, catalogue, answer, said) or _another_time(con, catalogue, answer, said)


def _another_council(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, answer: FileAnswer, said: Said) -> str:
    ours = {said.code.upper(), said.authority.la_code if said.authority else ""} - {""}
    for contract, sheet in _loaded(catalogue, answer):
        if not contract.whose:
            continue
        with raw.arrow(con, sheet.rows):
            if contract.whose not in _columns(con):
                continue
            found = con.execute(f'select distinct upper(trim("{contract.whose}")) from delivered order by 1').fetchall()
        header = contract.columns[contract.whose].header
        for kind in (NATIONAL, LOCAL):  # a code of one kind says nothing to a council that is known by the other
            theirs = [code for (code,) in found if code and kind.fullmatch(code)]
            known = [code for code in ours if kind.fullmatch(code)]
            if known and theirs and not set(theirs) <= set(known):
                other = next(code for code in theirs if code not in known)
                return (
                    f"The file says under {header} that it is of council {other}, and it was handed in as {known[0]}'s: "
                    "send it where it belongs, or mend la_code in authority.toml."
                )
    return ""


def _another_time(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, answer: FileAnswer, said: Said) -> str:
    ends = min(filter(None, (said.extracted_on, said.period[1] if said.period else None)), default=None)
    if ends is None:
        return ""
    rows, late, latest = 0, 0, None
    for contract, sheet in _loaded(catalogue, answer):
        if contract not in measured(catalogue):
            continue
        with raw.arrow(con, sheet.rows):
            some, over, newest = _events(con, contract, ends + TOLERANCE, ends)
        rows, late = rows + some, late + over
        latest = max(filter(None, (latest, newest)), default=None)
    if late >= LATE_ROWS and late >= LATE_SHARE * rows:
        name = "period ends" if said.period and ends == said.period[1] else "extracted_on is"
        return (
            f"In {late} of {rows} rows something begins more than {TOLERANCE.days} days after {day(ends)}, where its {name}: "
            "it is not of that time. Mend the sidecar, or send the right file."
        )
    if said.period and latest is not None and latest < said.period[0]:
        return (
            f"The latest event in the file is of {day(latest)}, before its period begins on {day(said.period[0])}: "
            "mend the sidecar, or send the right file."
        )
    return ""


def _events(
    con: duckdb.DuckDBPyConnection, contract: Contract, limit: date, ends: date
) -> tuple[int, int, date | None]:
    """Rows with a date on which something begins, how many of those after `limit`, and the latest date of any event up to `ends`."""
    there = _columns(con)
    events = [n for n, c in contract.columns.items() if c.type == "date" and not c.birth and n in there]
    begins = [name for name in events if contract.columns[name].required]
    if not events:
        return 0, 0, None
    first = f"greatest({', '.join(_date(name) for name in begins)})" if begins else "null::date"
    newest = ", ".join(f"if({_date(name)} <= $ends, {_date(name)}, null)" for name in events)
    row = con.execute(
        f"select count({first}), count(*) filter ({first} > $limit), max(greatest({newest})) from delivered",
        {"limit": limit, "ends": ends},
    ).fetchall()[0]
    return row[0], row[1], row[2]


def _date(name: str) -> str:
    return f'as_date("{name}")'


def _loaded(catalogue: Catalogue, answer: FileAnswer) -> Iterator[tuple[Contract, SheetAnswer]]:
    for sheet in answer.sheets:
        if sheet.state == "loaded" and sheet.rows and sheet.contract in catalogue.contracts:
            yield catalogue.contracts[sheet.contract], sheet


def _columns(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in con.execute("describe delivered").fetchall()}
