"""Columns that a figure is made of and that the sheet at hand did not have. What no column says is not known, and is no "no"."""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.mapped import may_lack
from countermark.reconcile.members import Position
from countermark.warehouse.connect import quiet

LACKING = "authority varchar, as_at date, indicator_id varchar, contract varchar, header varchar"
# Of a sheet alone the headings are known: a return's document or a database's table is refused where it lacks a column.
FIND = """
insert into facts.lacking
with decided as (select unnest($rows::struct(indicator_id varchar, contract varchar, sources varchar[], header varchar)[], max_depth := 2)),
looked_at as (
    select distinct decided.*, receipts.delivery_id
    from decided
    join facts.basis as basis
        on decided.contract = basis.contract and basis.authority = $authority and basis.as_at = $as_at and basis.basis = 'now'
    join typed.receipts as receipts
        on basis.contract = receipts.contract and basis.authority = receipts.authority and basis.extracted_on = receipts.extracted_on
    where receipts.status in ('loaded', 'loaded_with_rejects')
)
select $authority, $as_at, looked_at.indicator_id, looked_at.contract, looked_at.header
from looked_at
join raw.headings as headings on looked_at.delivery_id = headings.delivery_id
group by looked_at.indicator_id, looked_at.contract, looked_at.header, looked_at.sources
having not bool_or(coalesce(list_contains(looked_at.sources, headings.column_name), false))
"""


def record_lacking(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> None:
    """Fill facts.lacking for a position: indicator, layout and the heading that the sheet it is made of did not have."""
    key = {"authority": position.authority, "as_at": position.as_at}
    with quiet("looking for columns that are not there"):
        con.execute(f"create table if not exists facts.lacking ({LACKING})")
        con.execute("delete from facts.lacking where authority = $authority and as_at = $as_at", key)
        rows = [
            {"indicator_id": indicator, "contract": contract, "sources": sources, "header": header}
            for indicator, contract, sources, header in may_lack(catalogue)
        ]
        con.execute(FIND, {**key, "rows": rows})
