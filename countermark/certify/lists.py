"""The lists that figures imply, made at publication from its own members: who is to be seen today, and which workers wait for supervision.

Tables: main.to_see and main.to_supervise, which are published; desk.reasons_to_see and desk.lists, which pages and workbooks read.
"""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.warehouse.connect import insert, statements

ENTRIES = """
create or replace temp table list_entries (
    list varchar, list_title varchar, question varchar, unit varchar, indicator_id varchar, states varchar[], rank integer, why varchar,
    says varchar[], unreadable varchar, needs varchar
)
"""


def add_lists(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make the lists in the open snapshot, whose main.members and facts.definitions are there."""
    con.execute(ENTRIES)
    rows = [
        (
            name, one.title, one.question, one.unit, entry.indicator, list(entry.states), entry.rank, entry.why, list(entry.says),
            entry.unreadable, entry.needs,
        )
        for name, one in sorted(catalogue.lists.items())
        for entry in one.entry
    ]  # fmt: skip
    insert(con, "list_entries", rows)
    for statement in statements(catalogue.shared("lists/to_see")):
        con.execute(statement)
