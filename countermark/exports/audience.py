"""Who is given what: the tables and columns of an audience, and the query that makes each.

Officers are given everything. Leaders are given no child, no worker and no name of a person. The public is given the
figures of the authority and its teams, with small numbers suppressed. Which table and column goes to whom is tables.toml;
what changes in the rows on the way is a query in sql/shared/export named <audience>_<table>.sql, where there is one.
"""

from __future__ import annotations

from typing import Literal, get_args

from countermark.contracts.catalogue import SHIPPED
from countermark.exports.published import Column, Table, tables

Audience = Literal["officer", "leader", "public"]
AUDIENCES: tuple[str, ...] = get_args(Audience)


def given_to(audience: str) -> list[Table]:
    """The tables of an audience, each with the columns that it is given. ValueError for an unknown audience."""
    if audience not in AUDIENCES:
        raise ValueError(f"the audiences are {', '.join(AUDIENCES)}")
    return [table.only(lambda c: _is_given(c, audience)) for table in tables().values() if audience in table.audiences]


def _is_given(column: Column, audience: str) -> bool:
    return audience not in column.hidden_from and (not column.only_for or audience in column.only_for)


def rows_query(table: Table, audience: str) -> str:
    """The query over the snapshot's tables that yields at least the table's columns for this audience, unordered."""
    path = SHIPPED / "sql" / "shared" / "export" / f"{audience}_{table.name}.sql"
    return path.read_text(encoding="utf-8").strip().rstrip(";") if path.is_file() else f'select * from "{table.name}"'
