"""What evaluating the rules leaves behind: `facts.failures`, and `facts.rule_counts` with one row per rule.

Shapes and storing only; where the numbers come from is violations.py's, what they mean is results.py's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import duckdb

from countermark.warehouse.connect import quiet

RAN, ERROR, NOT_APPLICABLE = "", "ERROR", "NOT_APPLICABLE"
NEVER = -1
SCHEMA = """
create schema if not exists facts;
create table if not exists facts.failures (
    authority varchar, rule_code varchar, severity varchar, message varchar, contract varchar, delivery_id varchar,
    source_row varchar, column_name varchar, child_id varchar, team varchar
);
create table if not exists facts.rule_counts (
    authority varchar not null, contract varchar not null, rule_code varchar not null, evaluated bigint not null,
    failed bigint not null, row_limit bigint not null, row_count bigint not null, status_hint varchar not null
);
"""


@dataclass(frozen=True)
class RuleCount:
    """One rule over one authority's rows.

    `evaluated` rows were asked about (-1: the rule never ran), `failed` of them failed, `row_limit` may fail;
    `row_count` is the contract's number of rows by a second query; `hint` is RAN, ERROR or NOT_APPLICABLE.
    """

    authority: str
    contract: str
    rule_code: str
    evaluated: int | None
    failed: int | None
    row_limit: int
    row_count: int
    hint: str = RAN


def store(con: duckdb.DuckDBPyConnection, authority: str, counts: Iterable[RuleCount], failures: str) -> None:
    """Replace what is stored of `authority` by `counts` and by the rows of the table `failures`, in one transaction."""
    con.begin()
    try:
        con.execute("delete from facts.failures where authority = ?", [authority])
        con.execute("delete from facts.rule_counts where authority = ?", [authority])
        con.execute(f"insert into facts.failures by name from {failures}")
        append(con, "facts.rule_counts", [astuple(count) for count in counts])
        con.commit()
    except duckdb.Error:
        con.rollback()
        raise


def append(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Add rows to a table in one statement; a statement a row takes the engine a hundred times as long."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        con.execute(f"insert into {table} select {', '.join('unnest(?)' for _ in columns)}", columns)


def stored_counts(con: duckdb.DuckDBPyConnection, authority: str) -> list[RuleCount]:
    """What `evaluate` last stored for `authority`, in order of rule."""
    with quiet("reading the rule counts"):
        rows = con.execute(
            "from facts.rule_counts where authority = ? order by contract, rule_code", [authority]
        ).fetchall()
    return [RuleCount(*row) for row in rows]
