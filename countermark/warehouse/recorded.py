"""Since when each record has been known: from the source's own column where it has one, else from the first extract that held it.

recorded.<contract>, a view over typed.<contract>, has a row for each of its rows, by delivery and place, so that whatever was
conformed from a row can be asked. It is worked out when asked, over the extracts that stand: what is withdrawn or held shows nothing.

stated_on        what the source's own column says
first_seen_on    the first extract that held a row of this key
content_seen_on  the first extract that held it with this content (an age, which changes by itself, aside)
recorded_on      stated_on, else content_seen_on
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import ConformedTable, Contract
from countermark.warehouse.connect import quiet

DERIVED = ("age",)
PLACE = "rows.authority = seen.authority and rows.delivery_id = seen.delivery_id and rows.source_row = seen.source_row"


def create_views(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> None:
    """Make recorded.<contract> for every contract that has typed rows."""
    con.execute("drop schema if exists recorded cascade")
    con.execute("create schema recorded")
    for contract in contracts:
        con.execute(f'create view recorded."{contract.table}" as {_view(contract)}')


def _view(contract: Contract) -> str:
    folded = {contract.team: "team", contract.worker: "worker"}
    content = [
        folded.get(n, n) for n, c in contract.columns.items() if c.type not in DERIVED and n != contract.recorded_at
    ]
    key = ", ".join(f'"{name}"' for name in contract.key)
    same = f"authority, {key}" if key else "authority, content"
    stated = f'"{contract.recorded_at}"' if contract.recorded_at else "null::date"
    return f"""
    select authority, delivery_id, source_row, extracted_on, {key + ", " if key else ""}content, {stated} as stated_on,
        min(extracted_on) over (partition by {same}) as first_seen_on,
        min(extracted_on) over (partition by {same}, content) as content_seen_on,
        coalesce({stated}, min(extracted_on) over (partition by {same}, content)) as recorded_on
    from (
        select *, hash({", ".join(f'"{name}"' for name in dict.fromkeys(content))}) as content from typed."{contract.table}"
    )
    """


def known_on(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, table: ConformedTable, day: date) -> int:
    """Fill the temporary table `known` with the rows of a conformed table as they were known on a day. Returns how many.

    Of each source: what its newest extract by the day holds and was recorded by then (of a table that keeps its history, every extract
    by the day); and, of the first extract since, the rows that its own column says were recorded by the day and that no extract by then
    had. `recorded_on` says since when each has been known.
    """
    feeding = [contract for contract in catalogue.contracts.values() if table.name in contract.feeds]
    with quiet("looking up what was known"):
        there = {
            name
            for (name,) in con.execute("select view_name from duckdb_views() where schema_name = 'recorded'").fetchall()
        }
        con.execute(
            f'create or replace temp table known as select *, null::date as recorded_on from conformed."{table.name}" limit 0'
        )
        for contract in feeding:
            if contract.table in there:
                con.execute(_known(contract, table), {"day": day})
        return int(con.execute("select count(*) from known").fetchall()[0][0])


def _known(contract: Contract, table: ConformedTable) -> str:
    by_then = "rows.extracted_on <= basis.newest" if table.history else "rows.extracted_on = basis.newest"
    before = (
        " and ".join(f'before."{name}" is not distinct from seen."{name}"' for name in contract.key)
        or "before.content = seen.content"
    )
    return f"""
    insert into known by name
    with basis as (
        select authority, max(extracted_on) filter (extracted_on <= $day) as newest, min(extracted_on) filter (extracted_on > $day) as next
        from typed.extracts where contract = '{contract.id}' group by authority
    )
    select rows.*, seen.recorded_on
    from conformed."{table.name}" as rows
    join basis on rows.authority = basis.authority
    join recorded."{contract.table}" as seen on {PLACE}
    where rows.contract = '{contract.id}' and (
        ({by_then} and coalesce(seen.stated_on <= $day, true))
        or (rows.extracted_on = basis.next and seen.stated_on <= $day and not exists (
            select 1 from recorded."{contract.table}" as before
            where before.authority = seen.authority and before.extracted_on <= basis.newest and {before}
        ))
    )
    """
