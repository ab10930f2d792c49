"""Tables and columns that publications of an earlier version lack: they are there, and empty, so that an old publication can be given out.

Anything else that is missing is a fault, and said to be one.
"""

from __future__ import annotations

import duckdb

from countermark.exports.published import ENGINE_TYPES, tables

LATER_TABLES = (
    "team_at_event",
    "targets",
    "comparators",
    "rates",
    "to_see",
    "to_supervise",
    "events",
    "signals",
    "weekly",
    "roll_forward",
    "moves",
    "ranges",
    "pairs",
    "pair_lines",
    "pair_items",
    "pair_roll_forward",
)
LATER_COLUMNS = {"members": ("team_at_event",), "pair_items": ("state", "decision", "cause", "decision_lapsed")}


def fill_in_later(con: duckdb.DuckDBPyConnection) -> None:
    """Put temporary views over what the attached publication (`published`, in use) lacks because it is older."""
    rows = con.execute(
        "select table_name, column_name from duckdb_columns() where database_name = 'published' and schema_name = 'main'"
    ).fetchall()
    there = set(rows)
    names = {table for table, _ in rows}
    for table in LATER_TABLES:
        if table not in names:
            columns = ", ".join(f'null::{ENGINE_TYPES[c.type]} as "{c.name}"' for c in tables()[table].columns)
            con.execute(f'create temp view "{table}" as select {columns} where false')
    for table, later in LATER_COLUMNS.items():
        kinds = {column.name: ENGINE_TYPES[column.type] for column in tables()[table].columns}
        lacking = [f'null::{kinds[name]} as "{name}"' for name in later if (table, name) not in there]
        if lacking and table in names:
            con.execute(f'create temp view "{table}" as select *, {", ".join(lacking)} from published.main."{table}"')
