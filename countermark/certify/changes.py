"""What changed from one extract of a list to the next: rows new, gone and changed, and of those changed, in which column how many.

Counts alone: no row and no cell leaves the warehouse. Compared by the typed values, so that a date written otherwise is no change.
"""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.warehouse.connect import quiet
from countermark.warehouse.typed import delivered

# kind: new, gone, same, changed (with a heading: of the changed rows, those that differ in it); read_from: the deliveries compared
CHANGES = (
    "authority varchar, contract varchar, extracted_on date, against date, kind varchar, heading varchar, rows bigint, "
    "read_from varchar"
)
PAIRS = """
with extracts as (
    select authority, contract, extracted_on, string_agg(delivery_id, ' ' order by delivery_id) as deliveries
    from typed.receipts where status in ('loaded', 'loaded_with_rejects') and contract = $contract group by all
)
select authority, extracted_on, lag(extracted_on) over before as against, deliveries || ' / ' || lag(deliveries) over before as read_from
from extracts window before as (partition by authority order by extracted_on) qualify against is not null
"""
DERIVED = ("age",)  # a column that changes by itself as time goes by


def record_changes(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Bring facts.changes in step with the extracts that stand; a pair that was compared already is left as it is."""
    with quiet("comparing an extract with the one before"):
        con.execute(f"create table if not exists facts.changes ({CHANGES})")
        for contract in delivered(con, catalogue):
            if contract.key and contract.child:
                _record(con, contract)


def _record(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    pairs = con.execute(PAIRS, {"contract": contract.id}).fetchall()
    known = {row[0] for row in con.execute("select distinct read_from from facts.changes").fetchall()}
    stand = [read_from for *_, read_from in pairs]
    con.execute(
        "delete from facts.changes where contract = ? and not list_contains(?::varchar[], read_from)",
        [contract.id, stand],
    )
    for authority, extracted_on, against, read_from in pairs:
        if read_from not in known:
            values = {"authority": authority, "extracted_on": extracted_on, "against": against, "read_from": read_from}
            con.execute(_query(contract), {**values, "contract": contract.id})


def _query(contract: Contract) -> str:
    """One comparison as one full join; a row per kind, and per column that differs somewhere."""
    compared = {n: c.header for n, c in contract.columns.items() if n not in contract.key and c.type not in DERIVED}
    folded = {contract.team: "team", contract.worker: "worker"}  # under one spelling
    differs = {n: f'(now."{folded.get(n, n)}" is distinct from before."{folded.get(n, n)}")' for n in compared}
    both = "now.extracted_on is not null and before.extracted_on is not null"
    any_of = " or ".join(differs.values()) or "false"
    key = ", ".join(f'"{name}"' for name in contract.key)
    columns = ", ".join(
        f"{{'kind': 'changed', 'heading': '{header.replace(chr(39), chr(39) * 2)}', "
        f"'rows': count(*) filter ({both} and {differs[name]})}}"
        for name, header in compared.items()
    )
    side = (
        f'(select * from typed."{contract.table}" where authority = $authority and is_counted and reject_column is null '
        "and extracted_on = ${})"
    )
    return f"""
    insert into facts.changes
    select $authority, $contract, $extracted_on::date, $against::date, part.kind, part.heading, part.rows, $read_from
    from (
        select unnest([
            {{'kind': 'new', 'heading': '', 'rows': count(*) filter (before.extracted_on is null)}},
            {{'kind': 'gone', 'heading': '', 'rows': count(*) filter (now.extracted_on is null)}},
            {{'kind': 'same', 'heading': '', 'rows': count(*) filter ({both} and not ({any_of}))}},
            {{'kind': 'changed', 'heading': '', 'rows': count(*) filter ({both} and ({any_of}))}},
            {columns}
        ]) as part
        from {side.format("extracted_on")} as now
        full join {side.format("against")} as before using ({key})
    )
    where part.heading = '' or part.rows > 0
    """
