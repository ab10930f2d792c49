"""What is known of a purged child's differences by their names alone goes with them: their lives, and what they move."""

from __future__ import annotations

from pathlib import Path

import duckdb

from countermark.home import Home
from countermark.purge import tables
from countermark.purge.called import Called

MADE = """
create table main.breaks as select 'E1' as authority, break_id, child_id, child_id as case_id
    from (values ('b1', 'A77'), ('b2', 'A78'), ('b3', null)) as t (break_id, child_id);
create schema desk;
create table desk.lives as select 'E1' as authority, unnest(['b1', 'b1', 'b2', 'b3']) as break_id;
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
        for table, left in (("desk.lives", ["b2", "b3"]), ("main.moves", ["b2"]), ("main.breaks", ["b2", "b3"])):
            found = con.execute(f"select distinct break_id from {table} order by 1").fetchall()
            assert [row[0] for row in found] == left, table
        assert con.execute("select closing from main.roll_forward").fetchall() == [(3,)]  # a number names nobody
    assert not tables.rewrite(home, path, "E1", Called(frozenset({"A77"})), [])
