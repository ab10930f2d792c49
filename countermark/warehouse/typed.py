"""typed.*: raw rows with types, rejects and teams. Made from the contracts, and made anew whenever something behind them changed.

Nothing here reads a file. What the typed rows mean for a conformed table is each source's conform.sql.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Column, Contract
from countermark.ledger.records import Receipt
from countermark.ledger.store import Ledger
from countermark.warehouse import raw
from countermark.warehouse.claims import claim_rejects, is_claim, note_nearest
from countermark.warehouse.connect import quiet, statements
from countermark.warehouse.directions import authorities_of
from countermark.warehouse.teams import fill_teams

READ = ("loaded", "loaded_with_rejects", "rejected")  # statuses whose rows are in raw; a rejected one may have none
TABLES = """
create schema if not exists typed;
create schema if not exists facts;
create table if not exists typed.state (digest varchar);
create or replace table typed.deliveries (
    authority varchar, delivery_id varchar, seq integer, file varchar, sha256 varchar, contract varchar, extracted_on date,
    extracted_on_inferred boolean, received_at timestamp, rows_in integer, rows_ignored integer, status varchar, reason varchar,
    file_complete boolean
);
create or replace table typed.spellings (code_set varchar, spelling varchar, code varchar);
create or replace table facts.rejects (
    authority varchar, delivery_id varchar, file varchar, source_row varchar, "column" varchar, reason varchar
);
"""


def create_typed(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, ledger: Ledger, pending: Sequence[Receipt] = ()
) -> None:
    """Make every typed table, typed.teams, typed.receipts, typed.extracts and facts.rejects; nothing where they are in step.

    `pending` are receipts on their way into the ledger, numbered as the ledger will number them.
    """
    with quiet("giving the rows their types"):
        receipts = [*ledger.receipts(), *pending]
        authorities = authorities_of(ledger)
        digest = _digest(catalogue, receipts, [authority.model_dump_json() for authority in authorities])
        con.execute(TABLES.split(";")[0])
        con.execute(TABLES.split(";")[2])
        if con.execute("select digest from typed.state").fetchone() == (digest,):
            return
        for statement in statements(TABLES + catalogue.shared("typed_macros")):
            con.execute(statement)
        raw.prepare(con, catalogue)
        _fill(con, "typed.deliveries", [_row(receipt) for receipt in receipts])
        _fill_spellings(con, catalogue)
        _fill_codes(con, catalogue)
        fill_teams(con, catalogue, authorities)
        note_nearest(con, catalogue)
        for contract in catalogue.contracts.values():
            _create(con, contract)
        _finish(con, catalogue)
        con.execute("delete from typed.state")
        con.execute("insert into typed.state values (?)", [digest])


def _digest(catalogue: Catalogue, receipts: Sequence[Receipt], authorities: Sequence[str]) -> str:
    stand = [(r.delivery_id, r.seq, r.status in READ, r.status == "withdrawn", str(r.extracted_on)) for r in receipts]
    return sha256(json.dumps([catalogue.digest, stand, list(authorities)]).encode()).hexdigest()


def _row(receipt: Receipt) -> tuple[object, ...]:
    received = receipt.received_at.replace(tzinfo=None)
    return (
        receipt.authority, receipt.delivery_id, receipt.seq, receipt.file, receipt.sha256, receipt.contract, receipt.extracted_on,
        receipt.extracted_on_inferred, received, receipt.rows_in, receipt.rows_ignored, receipt.status, receipt.reason,
        receipt.file_complete,
    )  # fmt: skip


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


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
    """typed.codes: each text found under a coded heading with the code it means, null for none. Spellings are few, rows many."""
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
    """typed.<contract>: rows of deliveries of which at least one row is usable; the rejects of all of them."""
    judged = _judged(contract)
    table = f'typed."{contract.table}"'
    con.execute(
        f"create or replace table {table} as with judged as ({judged}) select * exclude (sheet_number) from judged "
        "qualify count(*) filter (reject_column is null) over (partition by delivery_id) > 0"
    )
    rest = f'select distinct delivery_id from raw."{contract.table}" anti join {table} using (delivery_id)'
    if con.execute(f"select 1 from ({rest}) limit 1").fetchone():
        con.execute(
            f"create or replace temp table turned_away as with judged as ({judged}) select * from judged semi join ({rest}) using (delivery_id)"
        )
        _note_rejects(con, contract, "turned_away")
        con.execute("drop table turned_away")
    _note_rejects(con, contract, table)


def _note_rejects(con: duckdb.DuckDBPyConnection, contract: Contract, table: str) -> None:
    headers = {name: column.header for name, column in contract.columns.items()}
    con.execute(
        f"""
        insert into facts.rejects
        select authority, delivery_id, file, source_row, coalesce(map_extract_value($headers::map(varchar, varchar), reject_column),
            reject_column), reject_reason
        from {table} join typed.deliveries using (authority, delivery_id) where reject_column is not null
        """,
        {"headers": headers},
    )


def _judged(contract: Contract) -> str:
    """The query of all rows of a contract with types, rejection and whether each is the one that counts for its key."""
    columns = contract.columns
    said = [f'r."{name}" as "{name} said"' for name in columns]
    values = [
        f'{_value(name, c)} as "{name}"' for name, c in columns.items() if name != "team" or contract.team != "team"
    ]
    extra = [f'r."{contract.worker}" as worker'] if contract.worker and contract.worker != "worker" else []
    joins = [
        f'left join typed.codes as "{name} code" on "{name} code".code_set = \'{column.code_set}\' '
        f'and "{name} code".said = r."{name}"'
        for name, column in columns.items()
        if column.type == "code"
    ]
    if contract.team:
        extra.append("teams.team as team")
        joins.append(
            f'left join typed.teams on teams.authority = d.authority and teams.spelling = fold_name(r."{contract.team}")'
        )
    unusable = [_unusable(name) for name, column in columns.items() if column.type in ("date", "code", "flag")]
    return f"""
    with typed_cells as (
        select d.authority, d.delivery_id, d.seq as delivery_seq, d.extracted_on, r.row_number, r.source_row, r.sheet_number,
            coalesce(r.unreadable, []) as unreadable,
            {", ".join([*said, *values, *extra])}
        from raw."{contract.table}" as r
        join typed.deliveries as d on d.delivery_id = r.delivery_id and d.status in {READ} and d.authority <> ''
        {" ".join(joins)}
    ), with_reject as (select {", ".join(["*", *unusable])}, {_reject(contract)} as reject from typed_cells)
    select * exclude (unreadable, reject, {", ".join(f'"{name} said"' for name in columns)}),
        reject.at as reject_column, reject.why as reject_reason, {_is_counted(contract)} as is_counted
    from with_reject
    """


def _is_counted(contract: Contract) -> str:
    """Of the usable rows with one key in one extract, the newest delivery's last; every row where the contract has no key."""
    if not contract.key:
        return "true"
    key = [f'coalesce("{n}", "{n} said")' if contract.columns[n].type == "code" else f'"{n}"' for n in contract.key]
    return (
        f"reject is not null or row_number() over (partition by authority, extracted_on, reject is null, {', '.join(key)} "
        "order by delivery_seq desc, sheet_number desc, row_number desc) = 1"
    )


def _unusable(name: str) -> str:
    """Whether a cell is not blank and yet says nothing that its type can hold."""
    return f"""(list_contains(unreadable, '{name}') or ("{name} said" is not null and "{name}" is null)) as "{name}_unusable\""""


def _value(name: str, column: Column) -> str:
    cell = f'r."{name}"'
    return {
        "code": f'"{name} code".code',
        "date": f"{'as_birth_date' if column.birth else 'as_date'}({cell})",
        "integer": f"as_integer({cell})",
        "flag": f"as_flag({cell})",
    }.get(column.type, cell)


def _reject(contract: Contract) -> str:
    """A CASE that names the first column for which a row cannot be used, and what to do about it."""
    cases = []
    for name, column in contract.columns.items():
        if not (column.required or name in contract.key):
            continue
        said, header = f'"{name} said"', column.header.replace("'", "''")
        unreadable = f"The cell under “{header}” holds an error or a formula without a value: type the value in."
        cases.append((f"list_contains(unreadable, '{name}')", name, unreadable))
        cases.append((f"{said} is null", name, f"The cell under “{header}” is blank and a row needs it: fill it in."))
        if column.type in ("date", "integer", "flag"):
            cases.append((f'"{name}" is null', name, f"The cell under “{header}” {WANTED[column.type]}."))
    lines = [f"when {when} then {{'at': '{name}', 'why': '{why}'}}" for when, name, why in cases]
    lines += claim_rejects() if is_claim(contract) else []
    lines += _flag_rejects(contract)
    return f"case {' '.join(lines)} end" if lines else "null::struct(at varchar, why varchar)"


WANTED = {
    "date": "holds no date that can be used: give a date cell, 2022-10-31 or 31/10/2022, between 1990 and 2040",
    "integer": "holds no whole number: give one",
    "flag": "is neither yes nor no: give one of them",
}


def _flag_rejects(contract: Contract) -> list[str]:
    if not {"in_numerator", "in_denominator"} <= contract.columns.keys():
        return []
    why = "The row is in the numerator and not in the denominator: mend one of the two."
    return [f"when in_numerator and not coalesce(in_denominator, true) then {{'at': 'in_numerator', 'why': '{why}'}}"]


def _finish(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """What the deliveries came to: counts that follow the typed rows, the extracts that stand, rejects of refused sheets."""
    counts = " union all ".join(
        f"select delivery_id, count(*) filter (reject_column is null) as loaded, count(*) filter (reject_column is not null) as rejected "
        f'from typed."{contract.table}" group by all'
        for contract in catalogue.contracts.values()
    )
    con.execute(
        """
        insert into facts.rejects
        select d.authority, d.delivery_id, d.file, r.source_row, '', d.reason
        from raw.refused_rows as r join typed.deliveries as d using (delivery_id)
        """
    )
    con.execute(
        f"""
        create or replace table typed.receipts as
        with counts as ({counts})
        select d.* exclude (rows_in, rows_ignored, status, reason), d.rows_in,
            case when d.status in {READ} then coalesce(c.loaded, 0) else 0 end::integer as rows_loaded,
            (d.rows_in - d.rows_ignored - case when d.status in {READ} then coalesce(c.loaded, 0) else 0 end)::integer as rows_rejected,
            d.rows_ignored,
            case
                when d.status not in {READ} then d.status
                when coalesce(c.loaded, 0) = 0 then 'rejected'
                when d.rows_in - d.rows_ignored > c.loaded then 'loaded_with_rejects'
                else 'loaded'
            end as status, d.reason
        from typed.deliveries as d left join counts as c using (delivery_id)
        """
    )
    con.execute(
        """
        create or replace view typed.extracts as
        select distinct authority, contract, extracted_on from typed.receipts where status in ('loaded', 'loaded_with_rejects')
        """
    )
