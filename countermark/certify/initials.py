"""Children's initials in the publication: for the lists that are sent to teams, who know their children by name.

Initials and nothing more: names are never conformed, and so cannot get here.
"""

from __future__ import annotations

import duckdb

INITIALS = "authority varchar, child_id varchar, initials varchar"


def record_initials(con: duckdb.DuckDBPyConnection) -> None:
    """Make facts.initials: of each child those that the newest list with any has. Empty where no list was conformed."""
    con.execute(f"create or replace table facts.initials ({INITIALS})")
    there = con.execute(
        "select 1 from duckdb_columns() where schema_name = 'conformed' and table_name = 'person' and column_name = 'initials'"
    ).fetchone()
    if there:
        con.execute(
            "insert into facts.initials select authority, person_id, arg_max(initials, (extracted_on, delivery_id)) "
            "from conformed.person where initials is not null group by authority, person_id"
        )
