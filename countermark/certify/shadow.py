"""A shadow of a position: the warehouse's tables, empty, in a database of their own in memory, with some of its children and planted
faults.

Nothing of it reaches the warehouse. What the faults are is said by sql/shared/controls, a file for each reason. Not here: what is made of
what was found (`controls`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator, Outside
from countermark.reconcile.bridges import reconcile
from countermark.reconcile.members import Position
from countermark.warehouse.connect import connect, insert, statements

AUTHORITY = "CONTROL"
CLEAN = "CLEAN"  # children with whom nothing is wrong
EACH = 2  # children to a fault: several faults have two shapes
WENT_LIVE = timedelta(days=5)  # before the position's date
OWES = {"Control North": ["ZZ1"], "Control South": ["ZZ1"]}
COPIED = """
select schema_name || '.' || table_name, string_agg(format('"{}" {}', column_name, data_type), ', ' order by column_index)
from duckdb_columns()
where database_name = current_database() and not internal
    and (schema_name in ('conformed', 'facts', 'identity', 'typed') or (schema_name, table_name) = ('raw', 'headings'))
group by all order by all
"""
CHILDREN = """
select distinct child_id from facts.members
where authority = ? and as_at = ? and regexp_full_match(child_id, '[1-9A-Z][0-9A-Z]*') order by child_id limit ?
"""
SHAPES: dict[str, dict[str, object]] = {  # of the shadow's own indicators: what differs from each other
    "ZZ1": {"reads": ("cp_plans", "cp_visits"), "contracts": ("annex_a.list_07",)},
    "ZZ2": {"case": "event", "case_unit": "event", "reads": ("cin_assessments",), "contracts": ("annex_a.list_04",)},
    "ZZ3": {
        "measures": "count",
        "event_decides": "none",
        "reads": ("cla_episodes",),
        "contracts": ("annex_a.list_08",),
    },
    "ZZ4": {
        "reads": ("cp_plans", "cp_visits"),
        "contracts": ("annex_a.list_07",),
        "parameters": {"within_working_days": 10},
    },
}
COMMON: dict[str, object] = {
    "measures": "share", "case": "child", "case_unit": "child", "event_decides": "numerator", "better": "high", "period": "snapshot",
    "stage": "members", "parameters": {}, "windows": (), "window_of": "", "months": 1, "requires_status": "", "value_name": "",
    "value_unit": "", "version": 1, "optional": (), "reads_also": (),
    "outside": {
        "left_out": Outside(reason="SCOPE", says="a rule leaves it out"),
        "closed": Outside(reason="AS_AT", says="it had closed by the date"),
    },
}  # fmt: skip


@dataclass
class Shadow:
    """The shadow's database, the definitions in it, and its position."""

    con: duckdb.DuckDBPyConnection
    catalogue: Catalogue
    position: Position

    def texts(self, name: str) -> list[str]:
        """The statements of sql/shared/controls/<name>.sql."""
        return statements(self.catalogue.shared(f"controls/{name}"))

    def run(self, name: str) -> None:
        """Run the statements of sql/shared/controls/<name>.sql."""
        for statement in self.texts(name):
            self.con.execute(statement)


@contextmanager
def shadow(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> Iterator[Shadow]:
    """An empty shadow of the warehouse's tables, gone at the end."""
    own = connect(None, catalogue.sql)
    try:
        own.execute("set threads = 1")  # so few rows are done sooner by one
        own.execute(
            "; ".join(
                f"create schema if not exists {name}" for name in ("conformed", "facts", "identity", "raw", "typed")
            )
        )
        tables = con.execute(COPIED).fetchall()
        own.execute("; ".join(f"create table {table} ({columns})" for table, columns in tables))
        own.execute("set variable control_day = ?", [position.as_at])
        made = replace(catalogue, indicators=_indicators(catalogue))
        yield Shadow(own, made, Position(AUTHORITY, position.as_at))
    finally:
        own.close()


def _indicators(catalogue: Catalogue) -> dict[str, Indicator]:
    any_one = next(one for one in catalogue.indicators.values() if one.stage == "members")
    return {
        name: any_one.model_copy(update={**COMMON, "id": name, "title": name, **shape})
        for name, shape in SHAPES.items()
    }


def faults(catalogue: Catalogue) -> dict[str, Path]:
    """The reasons of which a fault can be planted, each with the file that plants it; CLEAN first."""
    found = {
        path.stem: path
        for root in catalogue.roots
        for path in sorted((root / "sql/shared/controls/faults").glob("*.sql"))
    }
    return {
        name: found[name]
        for name in sorted(found, key=lambda name: (name != CLEAN, name))
        if name in {CLEAN, *catalogue.reasons}
    }


def children(con: duckdb.DuckDBPyConnection, position: Position, many: int) -> list[str]:
    """So many ids of a position's children, made up where it has fewer."""
    there = [str(child) for (child,) in con.execute(CHILDREN, [position.authority, position.as_at, many]).fetchall()]
    return there + [f"CONTROL{number}" for number in range(many - len(there))]


def prepare(place: Shadow) -> None:
    """The tables into which faults are planted."""
    place.run("shadow")


def plant(place: Shadow, ids: Sequence[str], each: int = EACH) -> None:
    """Plant every fault on `each` of the children, and reconcile them. After `prepare`."""
    con = place.con
    files = faults(place.catalogue)
    for number, (name, path) in enumerate(files.items()):
        mine = ids[number * each : (number + 1) * each]
        con.execute("create or replace temp table planted (child_id varchar, n integer)")
        insert(con, "planted", [(child, n) for n, child in enumerate(mine)])
        text = path.read_text(encoding="utf-8")
        for statement in statements(text):
            con.execute(statement)
        if "from planted" in text:  # else it is no child's
            con.execute("insert into main.planted_children select ?, * from planted", [name])
    place.run("gather")
    reconcile(con, place.catalogue, place.position, OWES, [str(place.position.as_at - WENT_LIVE)])


def found(place: Shadow) -> dict[str, tuple[int, int, int]]:
    """By fault: how many were planted, how many were missed, and of how many something else was said."""
    [query] = place.texts("found")
    return {
        name: (planted, missed, mistaken) for name, planted, missed, mistaken in place.con.execute(query).fetchall()
    }


def damages(catalogue: Catalogue) -> dict[str, str]:
    """By invariant, the statement that breaks it."""
    text = catalogue.shared("controls/broken")
    return dict(zip(re.findall(r"^-- breaks: (\w+)$", text, re.MULTILINE), statements(text), strict=True))
