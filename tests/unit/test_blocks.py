"""Holds what finds a block by its shape to account: each shape is found and named, and what goes missing by chance is no block."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from countermark.contracts.catalogue import load
from countermark.reconcile.blocks import THRESHOLDS
from countermark.warehouse.connect import insert, statements

TEAMS, WORKERS, CODES = ("North", "South", "East"), [f"w{n}" for n in range(20)], ("N1", "N2", "N3", "N4")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def people(seed: int = 1, number: int = 400) -> list[dict[str, Any]]:
    """Children of one list, their team, worker, code and day drawn apart from each other."""
    draw = random.Random(seed)
    return [
        {
            "ids": 1000 + n, "dates": draw.randrange(20_000, 21_000), "team": draw.choice(TEAMS), "worker": draw.choice(WORKERS),
            "code": draw.choice(CODES),
        }
        for n in range(number)
    ]  # fmt: skip


def blocks(con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], missing: set[int]) -> list[tuple[Any, ...]]:
    """What is found: shape, first and last value, missing, rows, how many it explains."""
    con.execute("create or replace temp table block_rows (list varchar, row_id bigint, is_missing boolean)")
    con.execute(
        "create or replace temp table block_values (list varchar, row_id bigint, shape varchar, column_name varchar, value varchar, "
        "place bigint)"
    )
    insert(con, "block_rows", [("l", n, n in missing) for n in range(len(rows))])
    insert(
        con,
        "block_values",
        [
            ("l", n, shape, shape, str(value), value if shape in ("ids", "dates") else None)
            for n, one in enumerate(rows)
            for shape, value in one.items()
        ],
    )
    for statement in statements(load().shared("migrate/blocks")):
        con.execute(statement, {name: value for name, value in THRESHOLDS.items() if f"${name}" in statement})
    return con.execute(
        "select shape, first_value, last_value, missing, row_count, explains from blocks order by missing desc"
    ).fetchall()


@pytest.mark.parametrize(("shape", "value"), [("team", "South"), ("worker", "w7"), ("code", "N3")])
def test_one_value_of_which_all_is_missing(con: duckdb.DuckDBPyConnection, shape: str, value: str) -> None:
    rows = people()
    missing = {n for n, one in enumerate(rows) if one[shape] == value}
    assert blocks(con, rows, missing) == [(shape, value, value, len(missing), len(missing), len(missing))]


@pytest.mark.parametrize(("shape", "low", "high"), [("ids", 1100, 1139), ("dates", 20_100, 20_160)])
def test_a_run_of_which_all_is_missing(con: duckdb.DuckDBPyConnection, shape: str, low: int, high: int) -> None:
    rows = people()
    missing = {n for n, one in enumerate(rows) if low <= one[shape] <= high}
    ((found, first, last, *counts),) = blocks(con, rows, missing)
    assert found == shape and low <= int(first) and int(last) <= high
    assert counts == [len(missing)] * 3


def test_a_block_is_found_among_what_goes_missing_anyway_and_takes_nothing_of_it(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows, draw = people(), random.Random(3)
    team = {n for n, one in enumerate(rows) if one["team"] == "South"}
    alone = {n for n in range(len(rows)) if n not in team and draw.random() < 0.05}
    assert alone
    ((shape, first, _, missing, row_count, explains),) = blocks(con, rows, team | alone)
    assert (shape, first, missing, row_count, explains) == ("team", "South", len(team), len(team), len(team))


def test_two_blocks_are_two_causes_and_a_row_has_one(con: duckdb.DuckDBPyConnection) -> None:
    rows = people()
    team = {n for n, one in enumerate(rows) if one["team"] == "South"}
    run = {n for n, one in enumerate(rows) if 1200 <= one["ids"] <= 1259}
    found = {one[0]: one for one in blocks(con, rows, team | run)}
    assert found.keys() == {"team", "ids"}
    assert found["team"][5] == len(team) and found["ids"][5] == len(run - team)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_what_is_missing_by_chance_is_no_block(con: duckdb.DuckDBPyConnection, seed: int, share: float) -> None:
    draw = random.Random(100 + seed)
    rows = people(seed)
    assert blocks(con, rows, {n for n in range(len(rows)) if draw.random() < share}) == []


def test_where_all_is_missing_nothing_stands_out(con: duckdb.DuckDBPyConnection) -> None:
    rows = people(number=60)
    assert blocks(con, rows, set(range(len(rows)))) == []


def test_four_are_looked_at_one_by_one(con: duckdb.DuckDBPyConnection) -> None:
    rows = people()
    assert blocks(con, rows, {10, 11, 12, 13}) == []
