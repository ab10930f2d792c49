"""Holds every pair of systems to a second, naive bridge of plain loops: both totals, each case, effect and reason, on drawn populations; and
left + effects = right, each case in one item. COUNTERMARK_THOROUGH=1 draws three hundred instead of three."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from countermark.contracts.catalogue import load
from countermark.contracts.pairs import Pair, Side
from countermark.reconcile.bridges import ready
from countermark.reconcile.members import FACTS, Position
from countermark.reconcile.pairs import reconcile_pairs
from countermark.warehouse.connect import connect, insert
from tests.examples.world import SQL, table
from tests.oracle.pair_bridge import LEFT, RIGHT, SIDES, Beside, Item, bare, bridge
from tests.oracle.pair_population import DRAWN, EXTRACTS, LINKS, ON, YEAR_END, population, populations
from tests.oracle.pair_sides import Tables

CATALOGUE = load()
PLACE = "E0"
THOROUGH = bool(os.environ.get("COUNTERMARK_THOROUGH"))


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    made = connect(None, SQL)
    made.execute("set threads = 1")
    made.execute(FACTS)
    for schema in ("conformed", "identity", "typed"):
        made.execute(f"create schema {schema}")
    made.execute("create table typed.extracts (authority varchar, contract varchar, extracted_on date)")
    made.execute("create table identity.ids (authority varchar, person_id varchar, root varchar)")
    for name in DRAWN:
        made.execute(table(name).ddl("conformed"))
    ready(made, CATALOGUE)
    insert(made, "facts.basis", [(PLACE, ON, "now", contract, day) for contract, day in EXTRACTS.items()])
    insert(made, "typed.extracts", [(PLACE, contract, day) for contract, day in EXTRACTS.items()])
    insert(made, "identity.ids", [(PLACE, old, new) for old, new in LINKS.items()])
    yield made
    made.close()


def filled(tables: Tables) -> Tables:
    """The same rows with every column that their table has."""
    return {
        name: [{**dict.fromkeys(table(name).columns), "authority": PLACE, **row} for row in rows] for name, rows in tables.items()
    }  # fmt: skip


def give(con: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    for name, rows in tables.items():
        con.execute(f"delete from conformed.{name}")
        if rows:
            columns = [
                name for (name,) in con.execute(f"select column_name from (describe conformed.{name})").fetchall()
            ]
            insert(con, f"conformed.{name}", [[row[column] for column in columns] for row in rows])


def seen_by(side: Side, tables: Tables) -> Tables:
    """The rows of its own lists."""
    lists = {*side.contracts, *side.also}
    return {name: [row for row in rows if row["contract"] in lists] for name, rows in tables.items()}


def told_naively(pair: Pair, tables: Tables) -> tuple[int, int, list[Item]]:
    """The pair by the second bridge."""
    beside = Beside(
        {name: max(EXTRACTS[one] for one in side.contracts) for name, side in ((LEFT, pair.left), (RIGHT, pair.right))},
        {bare(old): bare(new) for old, new in LINKS.items()},
        frozenset(bare(row["person_id"]) for row in tables["person"] if row["restricted"]),
        _unborn(tables),
    )
    day = ON if pair.compared == "position" else YEAR_END
    return bridge(pair.folder, seen_by(pair.left, tables), seen_by(pair.right, tables), day, beside)


def _unborn(tables: Tables) -> frozenset[str]:
    born: dict[str, list[bool]] = {}
    for row in tables["person"]:
        if row["date_of_birth"]:
            born.setdefault(bare(row["person_id"]), []).append(row["date_of_birth"] > ON)
    return frozenset(child for child, later in born.items() if all(later))


def compared(con: duckdb.DuckDBPyConnection, drawn: Tables) -> set[tuple[str, str]]:
    """Both bridges find the same of a population; the reasons that there were, by pair."""
    tables, seen = filled(drawn), set[tuple[str, str]]()
    give(con, tables)
    reconcile_pairs(con, CATALOGUE, Position(PLACE, ON))
    counted = con.execute("select pair_id, left_cases, right_cases from facts.pairs order by 1").fetchall()
    assert [pair for pair, *_ in counted] == sorted(SIDES)
    for name, left, right in counted:
        query = (
            "select case_id, effect, reason, coalesce(secondary_reasons, '') from facts.pair_items where pair_id = ?"
        )
        rows = con.execute(query, [name]).fetchall()
        items = sorted(Item(case, effect, reason, tuple(others.split())) for case, effect, reason, others in rows)
        assert left + sum(item.effect for item in items) == right, name
        assert len({item.case for item in items}) == len(items), name
        assert (left, right, items) == told_naively(CATALOGUE.pairs[name], tables), name
        seen.update((name, item.reason) for item in items)
    return seen


@settings(
    max_examples=300 if THOROUGH else 3, deadline=None, derandomize=not THOROUGH, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink] if THOROUGH else [Phase.generate],
)  # fmt: skip
@given(drawn=populations())
def test_both_bridges_find_the_same(con: duckdb.DuckDBPyConnection, drawn: Tables) -> None:
    compared(con, drawn)


def test_they_do_so_of_two_large_populations_that_have_something_of_each_reason(con: duckdb.DuckDBPyConnection) -> None:
    seen = compared(con, population(0, 30)) | compared(con, population(11, 30))
    assert {pair for pair, _ in seen} == set(SIDES)
    rules = {
        rule.reason
        for pair in CATALOGUE.pairs.values()
        for side in (pair.left, pair.right)
        for rule in side.outside.values()
    }
    others = {
        "INVALID",
        "IDENTITY",
        "DUPLICATE_MANUAL",
        "DUPLICATE_SYSTEM",
        "UNBORN",
        "RESTRICTED",
        "MAPPING",
        "MANUAL_ONLY",
        "SYSTEM_ONLY",
    }
    assert rules | others <= {reason for _, reason in seen}


def test_a_bridge_that_forgets_a_rule_is_told(con: duckdb.DuckDBPyConnection) -> None:
    """The control: the comparison fails where the product's definition is another one."""
    pair = CATALOGUE.pairs["X02"]
    rules = {name: rule for name, rule in pair.right.outside.items() if name != "short_break"}
    broken = pair.model_copy(update={"right": pair.right.model_copy(update={"outside": rules})})
    origin = {"extracted_on": EXTRACTS["annex_a.list_08"], "delivery_id": "D1", "source_row": "1", "person_id": "1"}
    tables = filled({
        **{name: [] for name in DRAWN},
        "cin_episodes": [{**origin, "contract": "annex_a.list_06", "cin_start_date": YEAR_END, "case_status": "looked_after"}],
        "cla_episodes": [{**origin, "contract": "annex_a.list_08", "cla_start_date": YEAR_END, "legal_status": "V4"}],
    })  # fmt: skip
    give(con, tables)
    reconcile_pairs(con, replace(CATALOGUE, pairs={"X02": broken}), Position(PLACE, ON))
    assert told_naively(pair, tables)[2] == [Item("1", -1, "SCOPE")]
    assert con.execute("select reason from facts.pair_items").fetchall() == [("UNEXPLAINED",)]
