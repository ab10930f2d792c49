"""From typed rows to the shape of the Standard Safeguarding Dataset.

Creates the conformed tables as their definitions say and runs every source's conform.sql. Rebuilt whole each time: what was
delivered is the truth, and these tables are derived from it.
"""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.warehouse import noted
from countermark.warehouse.connect import quiet, statements
from countermark.warehouse.identity import Judgements, identify
from countermark.warehouse.reads import is_read_from_databases, supersede
from countermark.warehouse.typed import delivered

MACROS = ("care_chain", "care_spells")


def create_tables(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Empty conformed tables, one per definition, and the macros by which a conform.sql derives what a source does not say outright."""
    con.execute("create schema if not exists conformed")
    for statement in (one for name in MACROS for one in statements(catalogue.shared(name))):
        con.execute(statement)
    for table in catalogue.tables.values():
        con.execute(table.ddl())
    _set_beside(con, catalogue)


def _set_beside(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """What the tables of one family say together (sql/sources/families/<family>.sql), for the conform.sql of each of them to read."""
    there = delivered(con, catalogue)
    for contract in there:
        if is_read_from_databases(catalogue, contract):
            supersede(con, contract)
    for family in sorted({contract.family for contract in there}):
        for path in [root / "sql" / "sources" / "families" / f"{family}.sql" for root in catalogue.roots]:
            if path.is_file():
                for statement in statements(path.read_text(encoding="utf-8")):
                    con.execute(statement)


def conform(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, judged: Judgements | None = None) -> dict[str, int]:
    """Rebuild every conformed table from typed, one id a child; `judged` is what people said of pairs of ids and
    entered. Returns rows per table."""
    with quiet("conforming the sources"):
        con.execute("begin transaction")
        create_tables(con, catalogue)
        for contract in delivered(con, catalogue):
            for statement in statements(contract.conform_sql):
                con.execute(statement)
        identify(con, catalogue, judged)
        if noted.TABLE in catalogue.tables:
            con.execute(noted.TOLD)
        con.execute("commit")
        counts = " union all ".join(f"select '{name}', count(*) from conformed.\"{name}\"" for name in catalogue.tables)
        return dict(con.execute(counts).fetchall()) if counts else {}
