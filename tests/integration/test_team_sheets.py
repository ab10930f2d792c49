"""A tracker is a whole list of each team: a team's sheet is compared with the same team's last, and a row left out is told as removed."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countermark.certify.changes import record_changes
from countermark.certify.drift import record_drift
from countermark.contracts.authority import SourceOrder
from countermark.exports.changed import changes, write
from countermark.reconcile.members import Position, look_at, set_bases, set_sources
from countermark.warehouse.conform import conform
from tests.intake_kit import LIST_7, Desk, catalogue, csv_file, desk, headers, plan, text_file

VISITS, AUDITS, HELP = "trackers.visits", "trackers.audits", "trackers.early_help"
HEAD = ["Child ID", "Visit Date", "Visit Type", "Visit Status", "Team"]
OCTOBER, NOVEMBER, DECEMBER = "2022-10-03", "2022-11-02", "2022-12-02"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, VISITS) as made:
        yield made


def put(at: Desk, day: str, team: str, *visits: tuple[str, str], more: str = "", status: str = "Finalised") -> None:
    text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
    rows = [[child, on, "Child protection", status, team, *([more] if more else [])] for child, on in visits]
    csv_file(at.inbox / day / f"{team}.csv", [[*HEAD, *(["Visited By"] if more else [])], *rows])


def compared(at: Desk) -> dict[str, dict[str, int]]:
    """By extract date, how many rows of each kind; run twice, since comparing again adds nothing."""
    at.run()
    for _ in range(2):
        record_changes(at.con, at.definitions)
    found: dict[str, dict[str, int]] = {}
    for day, kind, rows in at.con.execute(
        "select extracted_on::varchar, kind, rows from facts.changes where heading = '' and rows > 0"
    ).fetchall():
        kinds = found.setdefault(day, {})
        kinds[kind] = kinds.get(kind, 0) + rows
    return found


def test_a_teams_sheet_is_compared_with_its_own_last_one(at: Desk) -> None:
    put(at, OCTOBER, "North", ("C1", "2022-09-01"), ("C2", "2022-09-02"))
    put(at, NOVEMBER, "South", ("C8", "2022-09-01"), ("C9", "2022-10-05"))
    assert compared(at) == {}, "South's first sheet takes nothing of North's away"
    put(at, DECEMBER, "North", ("C1", "2022-09-01"), ("C3", "2022-11-01"))
    assert compared(at) == {DECEMBER: {"same": 1, "new": 1, "gone": 1}}
    against = at.con.execute("select distinct against::varchar from facts.changes").fetchall()
    assert against == [(OCTOBER,)]
    gone = at.con.execute("select child_id, before_source_row from facts.changed_rows where kind = 'gone'").fetchall()
    assert gone == [("C2", "3")], "a row that was left out is told as removed, with its place"


def test_teams_that_hand_in_on_one_day_are_each_compared_with_their_own(at: Desk) -> None:
    put(at, OCTOBER, "North", ("C1", "2022-09-01"))
    put(at, NOVEMBER, "South", ("C8", "2022-09-01"))
    put(at, DECEMBER, "North", ("C1", "2022-09-01"), status="Draft")
    put(at, DECEMBER, "South", ("C8", "2022-09-01"), ("C9", "2022-11-01"))
    put(at, DECEMBER, "West", ("C5", "2022-11-01"))
    assert compared(at) == {DECEMBER: {"changed": 1, "same": 1, "new": 1}}, "West has no sheet before"
    at.ledger.withdraw(at.receipt(f"{OCTOBER}/North.csv", VISITS).delivery_id, "the wrong file", "Olive Officer")
    at.con.execute("delete from typed.state")
    assert compared(at) == {DECEMBER: {"same": 1, "new": 1}}


def test_another_teams_headings_are_no_drift(at: Desk) -> None:
    put(at, OCTOBER, "North", ("C1", "2022-09-01"), more="W. Orker")
    put(at, NOVEMBER, "South", ("C8", "2022-09-01"))
    put(at, DECEMBER, "North", ("C1", "2022-09-01"))
    at.run()
    record_drift(at.con, at.definitions, [])
    found = at.con.execute("select extracted_on::varchar, what, heading from facts.drift").fetchall()
    assert found == [(DECEMBER, "gone", "Visited By")], "South never had it, and North's is gone"


def test_an_event_that_is_left_out_stays_and_a_list_is_a_teams_newest(tmp_path: Path) -> None:
    """What docs/trackers.md says: of events nothing is forgotten; of cases the team's newest sheet is its list."""
    with desk(tmp_path, AUDITS, HELP) as at:
        for day, team, children in ((OCTOBER, "North", "AB"), (NOVEMBER, "South", "CD"), (DECEMBER, "North", "A")):
            text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
            audits = [[child, "2022-09-01", "Good", team] for child in children]
            csv_file(at.inbox / day / "audits.csv", [["Child ID", "Audit Date", "Original Grade", "Team"], *audits])
            help_ = [[child, "2022-09-01", "", team] for child in children]
            csv_file(
                at.inbox / day / "help.csv",
                [["Child ID", "Early Help Start Date", "Early Help End Date", "Team"], *help_],
            )
        at.run()
        conform(at.con, at.definitions)
        assert seen(at, "audits") == {"A", "B", "C", "D"}, "B's audit was held, whoever left it out since"
        assert seen(at, "early_help_episodes") == {"A", "C", "D"}
        assert compared(at)[DECEMBER] == {"same": 2, "gone": 2}, "and both removals are told"


def seen(at: Desk, table: str) -> set[str]:
    """The children whom members of a measure that reads a table see at the newest position."""
    measure = catalogue().indicators["PP1"].model_copy(update={"reads": (table,), "reads_also": ()})
    there, definitions = Position("E1", date(2022, 12, 31)), replace(at.definitions, indicators={"PP1": measure})
    set_bases(at.con, definitions, there)
    set_sources(at.con, definitions, there, SourceOrder())
    look_at(at.con, definitions, there, "now")
    return {str(child) for (child,) in at.con.execute(f'select distinct person_id from "{table}"').fetchall()}


def test_comparing_thousands_of_rows_stays_small_and_quick(tmp_path: Path) -> None:
    rows, moved = 6000, 600
    with desk(tmp_path, LIST_7) as at:
        for day, first, seen_on in ((OCTOBER, 0, "2022-09-20"), (NOVEMBER, moved, "2022-10-20")):
            text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
            held: list[list[Any]] = [
                plan(f"C{n:05}", "2022-06-01", date_of_the_last_statutory_visit=seen_on if n % 3 == 0 else "2022-09-20")
                for n in range(first, rows + first)
            ]
            csv_file(at.inbox / day / "plans.csv", [headers(), *held])
        at.run()
        at.con.execute("set memory_limit = '150MB'")
        started = time.perf_counter()
        record_changes(at.con, at.definitions)
        (found,) = changes(at.con, at.definitions, LIST_7)
        path = write(at.con, tmp_path / "out")
        took = time.perf_counter() - started
        both = sum(n % 3 == 0 for n in range(moved, rows))
        assert found.kinds == {"new": moved, "gone": moved, "changed": both}
        assert found.headings == {"Date of the Last Statutory Visit": both}
        with path.open(newline="", encoding="utf-8") as file:
            assert sum(1 for _ in csv.DictReader(file)) == 2 * moved + both
        assert took < 10, f"{took:.1f} s"
        known = at.con.execute("select sum(rows) from facts.changes where heading = ''").fetchall()
        assert known == [(rows + moved,)], "every row of either side is counted once"
