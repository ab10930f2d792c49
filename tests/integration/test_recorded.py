"""First seen and recorded at, record by record; and every conformed table as it was known on a day."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countermark.contracts.catalogue import load
from countermark.exports.known_rows import write
from countermark.ledger.secrets import pseudonym_key
from countermark.warehouse.conform import conform
from countermark.warehouse.identity import Judgements
from countermark.warehouse.recorded import known_on
from countermark.warehouse.typed import create_typed
from tests.intake_kit import LIST_7, Desk, csv_file, desk, headers, plan, row, text_file

VISITS = "trackers.visits"
OCTOBER, NOVEMBER, DECEMBER = "2022-10-03", "2022-11-02", "2022-12-02"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, LIST_7, VISITS) as made:
        yield made


def put(at: Desk, day: str, rows: list[list[Any]], contract: str = LIST_7) -> None:
    text_file(at.inbox / day / "delivery.toml", f"extracted_on = {day}\n")
    csv_file(at.inbox / day / f"{contract}.csv", [headers(contract), *rows])


def bring(at: Desk) -> None:
    at.run()
    create_typed(at.con, at.definitions, at.ledger)
    conform(at.con, at.definitions, Judgements.of(at.ledger, pseudonym_key(at.home.path)))


def visit(child: str, day: str, recorded: str = "", worker: str = "A. Worker") -> list[Any]:
    return row(
        VISITS,
        child_id=child,
        visit_date=day,
        visit_type="CP",
        visited_by=worker,
        date_recorded=recorded,
        child_seen="Yes",
    )


def recorded(at: Desk, contract: str = LIST_7) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(child, extract date) to stated, first seen, content seen, recorded: as text."""
    one = at.definitions.contracts[contract]
    query = f"""
    select r."{one.child}", r.extracted_on::varchar, r.stated_on::varchar, r.first_seen_on::varchar, r.content_seen_on::varchar,
        r.recorded_on::varchar
    from recorded."{one.table}" as r
    """
    return {(child, day): tuple(rest) for child, day, *rest in at.con.execute(query).fetchall()}


def known(at: Desk, table: str, day: str) -> set[tuple[str, str, str]]:
    """(child, visit or start, extract date) of a table as known on a day."""
    known_on(at.con, at.definitions, at.definitions.tables[table], date.fromisoformat(day))
    decides = {"cp_plans": "cp_plan_start_date", "visits": "visit_date"}[table]
    return set(
        at.con.execute(
            f"select person_id, coalesce({decides}::varchar, ''), extracted_on::varchar from known"
        ).fetchall()
    )


def test_without_a_column_of_its_own_a_record_is_known_since_the_extract_that_first_held_it(at: Desk) -> None:
    put(at, OCTOBER, [plan("1", age_of_child_years="9"), plan("2")])
    put(at, NOVEMBER, [plan("1", age_of_child_years="10"), plan("2", allocated_worker="B. Other"), plan("3")])
    put(at, DECEMBER, [plan("1"), plan("2", allocated_worker="B. Other"), plan("3", allocated_team=" NORTH ")])
    bring(at)
    found = recorded(at)
    assert found["1", DECEMBER] == (None, OCTOBER, OCTOBER, OCTOBER), "a birthday is no change"
    assert found["2", OCTOBER] == (None, OCTOBER, OCTOBER, OCTOBER)
    assert found["2", DECEMBER] == (None, OCTOBER, NOVEMBER, NOVEMBER), "what changed is known since it first stood so"
    assert found["3", DECEMBER] == (None, NOVEMBER, NOVEMBER, NOVEMBER), "another spelling of a team is none"


def test_what_was_withdrawn_or_is_held_shows_nothing(at: Desk) -> None:
    put(at, OCTOBER, [plan("1")])
    put(at, NOVEMBER, [plan(str(n)) for n in range(12)])
    put(at, DECEMBER, [plan("1"), plan("13")])
    bring(at)
    assert {day for _, day in recorded(at)} == {OCTOBER, NOVEMBER}
    at.ledger.withdraw(at.receipt(f"{OCTOBER}/{LIST_7}.csv").delivery_id, "the wrong list", "A. Officer")
    bring(at)
    assert recorded(at)["1", NOVEMBER] == (None, NOVEMBER, NOVEMBER, NOVEMBER)


def test_a_source_that_says_when_it_was_written_up_is_believed(at: Desk) -> None:
    put(at, NOVEMBER, [visit("1", "2022-10-20", "2022-10-28"), visit("2", "2022-10-21")], VISITS)
    bring(at)
    found = recorded(at, VISITS)
    assert found["1", NOVEMBER] == ("2022-10-28", NOVEMBER, NOVEMBER, "2022-10-28")
    assert found["2", NOVEMBER] == (None, NOVEMBER, NOVEMBER, NOVEMBER)


def test_known_on_a_day_is_the_newest_extract_by_then(at: Desk) -> None:
    put(at, OCTOBER, [plan("1"), plan("2")])
    put(at, NOVEMBER, [plan("2"), plan("3")])
    bring(at)
    start = "2022-06-01"
    assert known(at, "cp_plans", "2022-10-02") == set(), "nothing had been delivered"
    assert (
        known(at, "cp_plans", OCTOBER)
        == known(at, "cp_plans", "2022-11-01")
        == {("1", start, OCTOBER), ("2", start, OCTOBER)}
    )
    assert known(at, "cp_plans", NOVEMBER) == {("2", start, NOVEMBER), ("3", start, NOVEMBER)}


def test_known_on_a_day_is_also_what_a_later_extract_says_had_been_written_up(at: Desk) -> None:
    put(at, OCTOBER, [visit("1", "2022-09-20", "2022-09-21")], VISITS)
    put(
        at, NOVEMBER,
        [visit("1", "2022-09-20", "2022-09-21"), visit("2", "2022-10-10", "2022-10-12"), visit("3", "2022-10-10", "2022-10-30"),
         visit("4", "2022-10-10")],
        VISITS,
    )  # fmt: skip
    bring(at)
    first = ("1", "2022-09-20", OCTOBER)
    assert known(at, "visits", "2022-09-30") == {("1", "2022-09-20", OCTOBER)}, (
        "written up before any extract was taken"
    )
    assert known(at, "visits", "2022-09-20") == set()
    assert known(at, "visits", "2022-10-11") == {first}
    assert known(at, "visits", "2022-10-15") == {first, ("2", "2022-10-10", NOVEMBER)}, "and none of it twice"
    assert {child for child, *_ in known(at, "visits", NOVEMBER)} == {"1", "2", "3", "4"}


def test_it_works_for_every_table_there_is(at: Desk) -> None:
    put(at, OCTOBER, [plan("1")])
    bring(at)
    rows = {
        name: known_on(at.con, at.definitions, table, date(2022, 11, 1))
        for name, table in at.definitions.tables.items()
    }
    fed = at.definitions.contracts[LIST_7].feeds
    assert {name for name, count in rows.items() if count} == fed and len(rows) > 20


def test_it_is_written_for_its_owner_alone_with_the_day_that_each_row_was_recorded(at: Desk, tmp_path: Path) -> None:
    put(at, OCTOBER, [plan("007", allocated_worker="=1+1")])
    bring(at)
    table = at.definitions.tables["cp_plans"]
    known_on(at.con, at.definitions, table, date(2022, 11, 1))
    for name in ("known.csv", "known.parquet"):
        write(at.con, table, tmp_path / "out" / name)
        assert (tmp_path / "out" / name).stat().st_mode & 0o777 == 0o600
    with (tmp_path / "out" / "known.csv").open(encoding="utf-8", newline="") as file:
        (one,) = list(csv.DictReader(file))
    assert (one["person_id"], one["worker"], one["recorded_on"], one["cp_plan_end_date"]) == (
        "007",
        "'=1+1",
        OCTOBER,
        "",
    )
    found = at.con.execute(f"select person_id, recorded_on from '{tmp_path / 'out' / 'known.parquet'}'").fetchall()
    assert found == [("007", date(2022, 10, 3))]


def test_the_column_that_says_when_is_a_date_and_no_part_of_what_is_compared() -> None:
    said = {c.id: c for c in load().contracts.values() if c.recorded_at}
    assert VISITS in said
    for contract in said.values():
        assert contract.columns[contract.recorded_at].type == "date" and contract.recorded_at not in contract.key
