"""Holds positions worked out beside each other to the same members as one after another, and an error to its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from countermark.contracts.catalogue import Catalogue, load
from countermark.home import Home
from countermark.ledger.store import Ledger
from countermark.reconcile import bridges_abreast
from countermark.reconcile.abreast import Asked, compute_each
from countermark.reconcile.bridges import reconcile
from countermark.reconcile.bridges_abreast import Counted, bridge_each
from countermark.reconcile.invariants import check
from countermark.reconcile.members import Position
from countermark.sample.sample import write_sample
from countermark.warehouse.conform import conform
from countermark.warehouse.connect import EngineError, warehouse
from countermark.warehouse.intake import intake

DAYS = [date(2022, month, 1) for month in range(6, 11)] + [date(2022, 10, 31)]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder, catalogue = tmp_path_factory.mktemp("abreast"), load()
    write_sample(folder, scale=0.05, as_at=DAYS[-1], sources="annex_a")
    home = Home.open(folder / "home")
    with Ledger.open(home.ledger_url) as ledger, warehouse(home, catalogue.sql) as opened:
        intake(home, folder / "inbox", None, catalogue, ledger, opened)
        conform(opened, catalogue)
        opened.execute("set threads = 2")  # as on two cores, whatever the suite leaves its tests
        yield opened


def asked(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> list[Asked]:
    [(authority,)] = con.execute("select distinct authority from typed.extracts").fetchall()
    return [Asked(Position(authority, day), catalogue) for day in DAYS]


def members(con: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return con.execute("select * from facts.members order by all").fetchall()


def test_beside_each_other_is_as_one_after_another(con: duckdb.DuckDBPyConnection) -> None:
    wanted = asked(con, load())
    one_by_one = list(compute_each(con, wanted, at_once=1))
    first = members(con)
    con.execute("delete from facts.members where as_at <> '2022-10-31'")
    assert list(compute_each(con, wanted, at_once=3)) == one_by_one
    assert members(con) == first and {row[2] for row in first} >= set(DAYS)


def test_an_error_comes_in_its_positions_turn_and_later_ones_are_not_begun(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    catalogue = load()
    (tmp_path / "members.sql").write_text("select no_such_column from cp_plans", encoding="utf-8")
    wrong = catalogue.indicators["PP0"].model_copy(update={"folder": tmp_path})
    broken = replace(catalogue, indicators=catalogue.indicators | {"PP0": wrong})
    wanted = asked(con, catalogue)
    wanted[1] = Asked(wanted[1].position, broken)
    found = compute_each(con, wanted, at_once=2)
    assert next(found)["PP0"] >= 0
    with pytest.raises(EngineError, match="computing members"):
        next(found)
    assert con.execute("select 1").fetchall() == [(1,)]


def bridged(con: duckdb.DuckDBPyConnection) -> list[list[tuple[object, ...]]]:
    tables = ("items", "figures", "bridges", "roll_forward")
    return [con.execute(f"select * from facts.{table} order by all").fetchall() for table in tables]


def test_bridges_beside_each_other_are_as_one_after_another(con: duckdb.DuckDBPyConnection) -> None:
    catalogue = load()
    positions = [one.position for one in asked(con, catalogue)]
    list(compute_each(con, asked(con, catalogue)))
    threads = con.execute("select current_setting('threads')").fetchall()
    owes = {"North": ["PP1", "PP0"]}
    for position in positions:
        reconcile(con, catalogue, position, owes)
        assert {one.outcome for one in check(con, catalogue, position)} == {"PASS"}
    first = bridged(con)
    con.execute("delete from facts.figures")
    made = list(bridge_each(con, [Counted(position, catalogue, owes, []) for position in positions], at_once=3))
    assert [one.holds for one in made] == [True] * len(positions) and bridged(con) == first and all(first)
    assert con.execute("select current_setting('threads')").fetchall() == threads


def test_an_invariant_that_breaks_is_told_of_its_own_position(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = load()
    counted = [Counted(one.position, catalogue, {}, []) for one in asked(con, catalogue)[-3:]]
    real = bridges_abreast.bridge

    def one_more(own: duckdb.DuckDBPyConnection, *of: object) -> dict[str, int]:
        rows = real(own, *of)  # type: ignore[arg-type]  # handed on as they came
        if of[1] == counted[2].position:
            own.execute("update facts.bridges set system = system + 1 where as_at = ?", [counted[2].position.as_at])
        return rows

    monkeypatch.setattr(bridges_abreast, "bridge", one_more)
    made = list(bridge_each(con, counted, at_once=2))
    assert [one.holds for one in made] == [True, True, False]
    assert [one.name for one in made[2].invariants if one.outcome != "PASS"] == ["bridges_add"]
