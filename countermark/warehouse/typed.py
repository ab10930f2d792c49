"""typed.*: raw rows with types, rejects and teams. Made from the contracts, and made anew when something behind them changed.

Nothing here reads a file. What the typed rows mean for a conformed table is each source's conform.sql.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from hashlib import sha256

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.warehouse import raw
from countermark.warehouse.claims import is_claim, note_nearest
from countermark.warehouse.connect import insert, quiet, statements
from countermark.warehouse.directions import authorities_of
from countermark.warehouse.held import released_in, set_aside
from countermark.warehouse.recorded import create_views
from countermark.warehouse.teams import fill_teams
from countermark.warehouse.typed_sql import READ, judged
from countermark.warehouse.typed_years import note_years

# Of two deliveries the newer is that of the later extract, and of one extract that which came later.
NEWNESS = """
create or replace table typed.deliveries as
select *, row_number() over (order by extracted_on nulls first, seq)::integer as newness from typed.deliveries
"""
STATE = """
create schema if not exists typed;
create schema if not exists facts;
create table if not exists typed.state (digest varchar);
"""
TABLES = """
create or replace table typed.deliveries (
    authority varchar, delivery_id varchar, seq integer, file varchar, sha256 varchar, contract varchar, extracted_on date,
    extracted_on_inferred boolean, received_at timestamp, rows_in integer, rows_ignored integer, status varchar,
    reason varchar, file_complete boolean
);
create or replace table typed.spellings (code_set varchar, spelling varchar, code varchar);
create or replace table typed.counts (delivery_id varchar, said bigint, loaded bigint, counted bigint);
create or replace table facts.rejects (
    authority varchar, delivery_id varchar, file varchar, source_row varchar, "column" varchar, reason varchar
);
"""


def create_typed(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    ledger: Ledger,
    pending: Sequence[Receipt] = (),
    *,
    settled: bool = False,
) -> None:
    """Make typed.teams, typed.receipts, typed.extracts, facts.rejects, and typed.<contract> for every family of which something was
    delivered, and for what teams count; nothing where they are in step.

    `pending` are receipts on their way into the ledger, numbered as the ledger will number them. `settled`: they were published, so
    what they say is held is, and nothing else.
    """
    with quiet("giving the rows their types"):
        receipts = [*ledger.receipts(), *pending]
        authorities = authorities_of(ledger)
        released = released_in(ledger)
        digest = _digest(catalogue, receipts, [authority.model_dump_json() for authority in authorities], released)
        for statement in statements(STATE):
            con.execute(statement)
        if con.execute("select digest from typed.state").fetchone() == (digest,):
            return
        for statement in statements(TABLES + catalogue.shared("typed_macros")):
            con.execute(statement)
        raw.prepare(con, catalogue)
        insert(con, "typed.deliveries", [_row(r) for r in receipts])
        con.execute(NEWNESS)
        _fill_spellings(con, catalogue)
        _fill_codes(con, catalogue)
        fill_teams(con, catalogue, authorities)
        note_nearest(con, catalogue)
        note_years(con, catalogue)
        families = {catalogue.contracts[r.contract].family for r in receipts if r.contract in catalogue.contracts}
        families |= {contract.family for contract in catalogue.contracts.values() if is_claim(contract)}
        for contract in catalogue.contracts.values():
            if contract.family in families:
                _create(con, contract)
            else:
                con.execute(f'drop table if exists typed."{contract.table}"')
        set_aside(con, catalogue, authorities, released, settled=settled)
        for statement in statements(catalogue.shared("typed_receipts")):
            con.execute(statement)
        create_views(con, delivered(con, catalogue))
        con.execute("delete from typed.state")
        con.execute("insert into typed.state values (?)", [digest])


def delivered(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> list[Contract]:
    """The contracts that have a typed table: those of every family of which something was delivered."""
    rows = con.execute("select table_name from duckdb_tables() where schema_name = 'typed'").fetchall()
    there = {name for (name,) in rows}
    return [contract for contract in catalogue.contracts.values() if contract.table in there]


def _digest(
    catalogue: Catalogue, receipts: Sequence[Receipt], authorities: Sequence[str], released: Collection[str]
) -> str:
    """What the typed tables depend on besides raw, which never changes under a receipt."""
    stand = [(r.delivery_id, r.seq, r.status in READ, r.status == "withdrawn", str(r.extracted_on)) for r in receipts]
    return sha256(json.dumps([catalogue.digest, stand, list(authorities), sorted(released)]).encode()).hexdigest()


def _row(receipt: Receipt) -> tuple[object, ...]:
    received = receipt.received_at.replace(tzinfo=None)
    return (
        receipt.authority, receipt.delivery_id, receipt.seq, receipt.file, receipt.sha256, receipt.contract,
        receipt.extracted_on, receipt.extracted_on_inferred, received, receipt.rows_in, receipt.rows_ignored,
        receipt.status, receipt.reason, receipt.file_complete,
    )  # fmt: skip


def _fill_spellings(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Every spelling in its compared form. One that means two codes means neither, unless it is a code itself."""
    rows = [
        {"code_set": s.name, "spelling": spelling, "code": c.code, "is_code": spelling == c.code}
        for s in catalogue.code_sets.values()
        for c in s.codes
        for spelling in (c.code, c.label, *c.spellings)
    ]
    con.execute(
        """
        insert into typed.spellings
        with given as (
            select s.code_set, norm_code(s.spelling) as spelling, s.code, s.is_code from (select unnest($rows::struct(
                code_set varchar, spelling varchar, code varchar, is_code boolean)[]) as s)
        ), best as (select * from given qualify is_code or not bool_or(is_code) over (partition by code_set, spelling))
        select code_set, spelling, any_value(code) from best group by code_set, spelling having count(distinct code) = 1
        """,
        {"rows": rows},
    )


def _fill_codes(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """typed.codes: each text under a coded heading with the code it means, null for none. Spellings are few, rows many."""
    found = " union ".join(
        f'select \'{column.code_set}\' as code_set, "{name}" as said from raw."{contract.table}" where said is not null'
        for contract in catalogue.contracts.values()
        for name, column in contract.columns.items()
        if column.type == "code"
    )
    found = found or "select '' as code_set, '' as said where false"
    con.execute(
        f"create or replace table typed.codes as select f.code_set, f.said, s.code from ({found}) as f "
        "left join typed.spellings as s on s.code_set = f.code_set and s.spelling = norm_code(f.said)"
    )


def _create(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """typed.<contract>, the counts of its deliveries and the rejects. A delivery without one usable row is refused: its rows go
    once they are counted and their rejects noted."""
    table = f'typed."{contract.table}"'
    con.execute(f"create or replace table {table} as {judged(contract)}")
    con.execute(
        f"""
        insert into typed.counts
        select delivery_id, count(*), count(*) filter (reject_column is null),
            count(*) filter (reject_column is null and is_counted)
        from {table} group by delivery_id
        """
    )
    con.execute(
        f"""
        insert into facts.rejects
        select authority, delivery_id, file, source_row,
            map_extract_value($headers::map(varchar, varchar), reject_column), reject_reason
        from {table} join typed.deliveries using (authority, delivery_id) where reject_column is not null
        """,
        {"headers": {name: column.header for name, column in contract.columns.items()}},
    )
    con.execute(
        f"delete from {table} where delivery_id in (select c.delivery_id from typed.counts as c where c.loaded = 0)"
    )
