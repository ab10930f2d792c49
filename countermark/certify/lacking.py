"""Columns that a figure is made of and that the sheet at hand did not have. What no column says is not known, and is no "no"."""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.mapped import deciding
from countermark.reconcile.members import EVERYWHERE, Position, period_start
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
# A figure over a longer window than the extract holds would leave out what has been forgotten, and look whole.
FORGOTTEN = """
insert into facts.lacking
select $authority, $as_at, windows.indicator_id, windows.contract, 'what lies more than ' || windows.holds || ' months back'
from (select unnest($rows::struct(indicator_id varchar, contract varchar, first_day date, holds integer)[], max_depth := 2)) as windows
join facts.basis as basis
    on windows.contract = basis.contract and basis.authority = $authority and basis.as_at = $as_at and basis.basis = 'now'
where windows.first_day < basis.extracted_on - to_months(windows.holds)
"""


def record_lacking(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> None:
    """Fill facts.lacking for a position: indicator, layout and the heading that the sheet it is made of did not have."""
    key = {"authority": position.authority, "as_at": position.as_at}
    with quiet("looking for columns that are not there"):
        con.execute(f"create table if not exists facts.lacking ({LACKING})")
        con.execute("delete from facts.lacking where authority = $authority and as_at = $as_at", key)
        con.execute(FIND, {**key, "rows": _rows(catalogue)})
        con.execute(FORGOTTEN, {**key, "rows": _windows(catalogue, position)})


def _windows(catalogue: Catalogue, position: Position) -> list[dict[str, object]]:
    """Each figure over a longer window beside each layout that forgets, fed by it or not: the check asks those that it rests on."""
    forgetful = {one.id: one.holds_months or one.reaches_back_months for one in catalogue.contracts.values()}
    return [
        {"indicator_id": one.id, "contract": name, "first_day": period_start(one, position.as_at), "holds": months}
        for one in catalogue.indicators.values()
        if one.window_of
        for name, months in forgetful.items()
        if months and catalogue.contracts[name].feeds & set(one.reads)
    ]


def _rows(catalogue: Catalogue) -> list[dict[str, object]]:
    """The columns of Annex A that figures are made of and that a sheet may lack without being refused. What a manager's own sheet may
    lack is said by its layout."""
    rows: list[dict[str, object]] = []
    for indicator, contract, column, sources in deciding(catalogue):
        columns, is_optional = catalogue.contracts[contract].columns, column in catalogue.indicators[indicator].optional
        usual = catalogue.contracts[contract].family == EVERYWHERE
        if usual and not is_optional and not any(columns[name].must_have for name in sources):
            header = " or ".join(f"“{columns[name].header}”" for name in sources)
            rows.append({"indicator_id": indicator, "contract": contract, "sources": sources, "header": header})
    return rows
