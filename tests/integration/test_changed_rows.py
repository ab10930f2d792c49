"""Which rows changed between two deliveries: by key and by what they mean, with the columns and the places on both sides."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from countermark.certify.changes import record_changes
from countermark.contracts.catalogue import load
from countermark.exports.changed import changes, write
from countermark.exports.write import ExportError
from countermark.warehouse.typed import create_typed
from tests.intake_kit import LIST_7, Desk, csv_file, desk, headers, plan, row, text_file

SIX = "annex_a.list_06"
VISIT, ALONE, TEAM = "Date of the Last Statutory Visit", "Was the Child Seen Alone?", "Allocated Team"
FIRST = [
    plan("1", "2022-06-01", date_of_the_last_statutory_visit="2022-10-20", was_the_child_seen_alone="Yes"),
    plan("2", "2022-06-01", date_of_the_last_statutory_visit="2022-10-21"),
    plan("3", "2022-06-01", age_of_child_years="9"),
    plan("4", "2022-06-01"),
]
SECOND = [
    plan("5", "2022-11-01"),
    plan("3", "01/06/2022", age_of_child_years="10", allocated_team=" north"),
    plan("2", "2022-06-01", date_of_the_last_statutory_visit="2022-11-03", allocated_team="South"),
    plan("1", "2022-06-01", date_of_the_last_statutory_visit="2022-10-20", was_the_child_seen_alone="a) Yes"),
    plan("1", "2022-06-01", date_of_the_last_statutory_visit="2022-10-20", was_the_child_seen_alone="a) Yes"),
]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, LIST_7, SIX) as made:
        yield made


def put(at: Desk, day: str, rows: list[list[Any]], name: str = "plans", contract: str = LIST_7) -> str:
    text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
    csv_file(at.inbox / day / f"{name}.csv", [headers(contract), *rows])
    return f"{day}/{name}.csv"


def bring(at: Desk) -> None:
    at.run()
    create_typed(at.con, at.definitions, at.ledger)
    record_changes(at.con, at.definitions)


def rows_of(path: Path) -> set[tuple[str, ...]]:
    """(kind, columns, child, row now, row before) of changes.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (one["kind"], one["columns"], one["child_id"], one["source_row"], one["before_source_row"])
            for one in csv.DictReader(file)
        }


def test_rows_added_removed_and_changed_with_their_columns_and_places(at: Desk, tmp_path: Path) -> None:
    first, second = put(at, "2022-11-02", FIRST), put(at, "2022-11-16", SECOND)
    bring(at)
    (found,) = changes(at.con, at.definitions)
    assert found.kinds == {"new": 1, "gone": 1, "changed": 1} and found.headings == {VISIT: 1, TEAM: 1}
    assert found.says("Plans") == (
        f"Plans, 16 November 2022 against 2 November 2022: 1 added, 1 removed, 1 changed. Changed under “{TEAM}” 1, “{VISIT}” 1."
    )
    path = write(at.con, tmp_path / "out")
    expected = {
        ("added", "", "5", "2", ""), ("removed", "", "4", "", "5"), ("changed", f"{VISIT}; {TEAM}", "2", "4", "3"),
    }  # fmt: skip
    assert rows_of(path) == expected, "order, an exact duplicate, another spelling and a birthday are no change"
    assert "2022-11-03" not in path.read_text() and path.stat().st_mode & 0o777 == 0o600, "no cell's value"
    before, after = at.receipt(first).delivery_id, at.receipt(second).delivery_id
    changes(at.con, at.definitions, before=before, after=after)
    assert rows_of(write(at.con, tmp_path / "two")) == expected, "the two deliveries by name are the same two"
    changes(at.con, at.definitions, before=after, after=before)
    turned = rows_of(write(at.con, tmp_path / "turned"))
    assert {(kind, child) for kind, _, child, *_ in turned} == {("added", "4"), ("removed", "5"), ("changed", "2")}


def test_nothing_changed_where_the_rows_are_only_in_another_order(at: Desk) -> None:
    put(at, "2022-11-02", FIRST)
    put(at, "2022-11-16", [*reversed(FIRST), FIRST[0]])
    bring(at)
    (found,) = changes(at.con, at.definitions)
    assert (found.kinds, found.headings) == ({}, {})
    assert at.con.execute("select kind, rows from facts.changes where rows > 0").fetchall() == [("same", 4)]


def test_a_held_extract_shows_what_it_would_take_away(at: Desk) -> None:
    put(at, "2022-11-02", [plan(str(n), "2022-06-01") for n in range(20)])
    held = put(at, "2022-11-16", [plan(str(n), "2022-06-01") for n in range(8)])
    put(at, "2022-12-01", [plan(str(n), "2022-06-01") for n in range(21)])
    bring(at)
    (shown,) = changes(at.con, at.definitions, after=at.receipt(held).delivery_id)
    assert shown.kinds == {"gone": 12}
    (newest,) = changes(at.con, at.definitions)
    assert (newest.kinds, str(newest.against)) == ({"new": 1}, "2022-11-02"), "and is no measure for what follows"


def test_two_deliveries_of_different_kinds_are_not_compared(at: Desk) -> None:
    plans = put(at, "2022-11-02", FIRST)
    needs = put(at, "2022-11-02", [row(SIX, child_unique_id="1", cin_start_date="2022-01-01")], "needs", SIX)
    bring(at)
    one, other = at.receipt(plans).delivery_id, at.receipt(needs, SIX).delivery_id
    for said, words in (
        ({"before": one, "after": other}, "not of one list"), ({"before": one, "after": "x"}, "No delivery of that id"),
        ({}, "nothing to compare"), ({"contract": "annex_a.list_77"}, "No file layout is called"),
    ):  # fmt: skip
        with pytest.raises(ExportError, match=words):
            changes(at.con, at.definitions, **said)


def test_every_list_that_a_system_writes_has_a_key_to_be_compared_by() -> None:
    lists = [contract for contract in load().contracts.values() if contract.family in ("annex_a", "ssd")]
    assert len(lists) > 10
    assert [contract.id for contract in lists if not contract.key] == []
