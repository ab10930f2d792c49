"""Holds to account what is told of the end of counting by hand: month by month as certification decides it, in words of what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import pytest

from countermark.certify.dip import Rules
from countermark.desk.ending import Standing, standings, verdict

NUMBERS = Rules(files=20, most_wrong=1, months=3)
ENDS = [date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 31), date(2022, 9, 30), date(2022, 10, 31)]
SCHEMA = """
create schema facts; create schema desk;
create table facts.owes (authority varchar, indicator_id varchar, as_at date, team varchar);
create table facts.claims as from facts.owes;
create table facts.definitions (authority varchar, indicator_id varchar, as_at date, title varchar);
create table main.gates (authority varchar, indicator_id varchar, as_at date, team varchar, gate varchar, outcome varchar);
create table desk.dip_files (authority varchar, indicator_id varchar, as_at date, file_says varchar, is_wrong boolean);
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    made = duckdb.connect()
    made.execute(SCHEMA)
    yield made
    made.close()


def told(con: duckdb.DuckDBPyConnection, months: str, sample: tuple[int, int, int] = (0, 0, 0)) -> Standing:
    """What North is told of the last month. A letter a month: T in tolerance, F not, S no count and a sample in its place, - neither."""
    for day, what in zip(ENDS[-len(months) :], months, strict=True):
        con.execute("insert into facts.definitions values ('E1', 'PP1', ?, 'Seen')", [day])
        con.execute("insert into facts.owes values ('E1', 'PP1', ?, 'North')", [day])
        if what in "TF":
            con.execute("insert into facts.claims values ('E1', 'PP1', ?, 'North')", [day])
        passed = {
            "T": ("PASS", "PASS"),
            "F": ("FAIL", "PASS"),
            "S": ("NOT_APPLICABLE", "PASS"),
            "-": ("NOT_APPLICABLE", "FAIL"),
        }
        for gate, outcome in zip(("reconciled", "counted"), passed[what], strict=True):
            con.execute("insert into main.gates values ('E1', 'PP1', ?, 'North', ?, ?)", [day, gate, outcome])
    drawn, looked, wrong = sample
    for number in range(drawn):
        row = [ENDS[-1], "met" if number < looked else None, number < wrong if number < looked else None]
        con.execute("insert into desk.dip_files values ('E1', 'PP1', ?, ?, ?)", row)

    def ask(sql: str, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        cursor = con.execute(sql, {name: value for name, value in said.items() if f"${name}" in sql})
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    assert standings(ask, "E1", ENDS[-1], ("South",), NUMBERS) == []
    [found] = standings(ask, "E1", ENDS[-1], ("North",), NUMBERS)
    return found


@pytest.mark.parametrize(
    ("months", "sample", "run", "says"),
    [
        ("T", (0, 0, 0), 1, "Counting goes on: 2 month ends more in tolerance."),
        ("TT", (0, 0, 0), 2, "Counting goes on: 1 month end more in tolerance."),
        ("TTT", (0, 0, 0), 3, "A dip sample at the next month end may take the place of the count."),
        ("TT-", (0, 0, 0), 0, "Counting goes on: 3 month ends more in tolerance, this one first."),
        ("TTF", (0, 0, 0), 0, "This count is not in tolerance: counting goes on, until 3 month ends running are."),
        ("TTTF", (20, 20, 0), 0, "This count is not in tolerance"),
        ("TFTT", (0, 0, 0), 2, "Counting goes on: 1 month end more in tolerance."),
        ("TTTT", (0, 0, 0), 3, "To end counting by hand: a dip sample of 20 files, none drawn yet."),
        ("TTT-", (0, 0, 0), 0, "The count, or in its place a dip sample of 20 files, none drawn yet."),
        ("TTT-", (20, 8, 1), 0, "The count, or in its place 12 of 20 files still to read."),
        ("TTT-", (15, 15, 0), 0, "The count, or in its place 5 files more."),
        ("TTTS", (20, 20, 1), 3, "Nothing: the dip sample stands in the place of the count"),
        ("TTTSS", (20, 20, 0), 3, "Nothing: the dip sample stands in the place of the count"),
        ("TTT-", (20, 5, 2), 0, "The dip sample fails: the count is wanted again. Without it, 3 month ends in tolerance start anew."),
        ("TTTT", (20, 20, 2), 3, "The dip sample fails: counting goes on. While it is in tolerance the next month end may be"),
        ("TTTT", (20, 20, 1), 3, "Nothing: the count came, and the sample would have stood in its place."),
        ("TTTS-", (0, 0, 0), 0, "The count, or in its place a dip sample"),
        ("TTT-T", (0, 0, 0), 1, "Counting goes on: 2 month ends more in tolerance."),
    ],
)  # fmt: skip
def test_what_is_wanted_before_counting_may_end(
    con: duckdb.DuckDBPyConnection, months: str, sample: tuple[int, int, int], run: int, says: str
) -> None:
    found = told(con, months, sample)
    assert (found.run, found.wanted) == (run, 3) and found.says.startswith(says)


def test_a_sample_fails_as_soon_as_it_cannot_pass_any_more() -> None:
    told = [
        verdict(*one, NUMBERS) for one in ((0, 0, 0), (20, 3, 2), (20, 19, 1), (20, 20, 1), (19, 19, 0), (40, 40, 2))
    ]
    assert told == ["none", "fails", "reading", "passes", "short", "fails"]
