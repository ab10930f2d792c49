"""What is known of a purged child's differences by their names alone goes with them: their lives, and what they move."""

from __future__ import annotations

from pathlib import Path

import duckdb

from countermark.contracts.catalogue import load
from countermark.home import Home
from countermark.ledger.secrets import pseudonyms
from countermark.purge import places, tables
from countermark.purge.called import Called

MADE = """
create table main.breaks as select 'E1' as authority, break_id, child_id, child_id as case_id
    from (values ('b1', 'A77'), ('b2', 'A78'), ('b3', null)) as t (break_id, child_id);
create schema desk;
create table main.pair_items as select 'E1' as authority, difference_id, child_id, child_id as case_id
    from (values ('x1', 'A77'), ('x2', 'A78'), ('x3', null)) as t (difference_id, child_id);
create table desk.lives as select 'E1' as authority, unnest(['b1', 'b1', 'b2', 'b3', 'x1', 'x2', 'x3']) as break_id;
create table main.moves as select 'E1' as authority, unnest(['b1', 'b2']) as break_id;
create table main.roll_forward as select 'E1' as authority, 3 as closing;
"""


def test_lives_and_moves_of_a_purged_child_go_and_others_stay(tmp_path: Path) -> None:
    home = Home.open(tmp_path / "home")
    path = home.published / "000001-made.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(MADE)
    assert tables.rewrite(home, path, "E1", Called(frozenset({"A77"})), [])
    with duckdb.connect(str(path), read_only=True) as con:
        for table, left in (
            ("desk.lives", ["b2", "b3", "x2", "x3"]),
            ("main.moves", ["b2"]),
            ("main.breaks", ["b2", "b3"]),
        ):
            found = con.execute(f"select distinct break_id from {table} order by 1").fetchall()
            assert [row[0] for row in found] == left, table
        assert con.execute("select closing from main.roll_forward").fetchall() == [(3,)]  # a number names nobody
    assert not tables.rewrite(home, path, "E1", Called(frozenset({"A77"})), [])


def test_a_child_s_differences_between_systems_are_known_by_their_names_too(tmp_path: Path) -> None:
    """What was decided and said of them in the ledger goes by these names."""
    home, key, catalogue = Home.open(tmp_path / "home"), b"k" * 32, load()
    with duckdb.connect(str(home.published / "000001-made.duckdb")) as con:
        con.execute(MADE + "create schema facts; create table facts.failures as select '' as authority, '' as rule_code, '' as column_name, "
                    "'' as child_id where false")  # fmt: skip
    found, called = places.Places(), Called(frozenset({"A77"}))
    places.published(home, "E1", called, key, found)
    assert found.pseudonyms == {"b1", "x1"}
    marks = places.stand_ins(key, "E1", catalogue, called, ["A77", "A77/2022-10-01"])
    for pair in catalogue.pairs:
        assert set(pseudonyms(key, [("E1", pair, "A77"), ("E1", pair, "A77/2022-10-01")])) <= marks
    assert not set(pseudonyms(key, [("E1", "X01", "A78")])) & marks
