"""What changed from one extract of a list to the next: rows added, removed and changed, and of those changed, in which columns.

facts.changes has the counts, which are published. facts.changed_rows has the rows by their places, without a cell; they stay in the
warehouse and go into the file of records for the desk. Compared by the typed values, so that a date written otherwise is no change, and by
the key, so that order and exact duplicates are none. A held extract is compared with the one that stands instead of it. Of a tracker, which
each team hands in on its own day, a team's sheet is compared with the same team's last one.
"""

from __future__ import annotations

import duckdb

from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.reconcile.members import KEPT_BY_TEAMS
from countermark.warehouse.connect import quiet
from countermark.warehouse.held import with_held
from countermark.warehouse.typed import delivered

# kind: new, gone, same, changed (with a heading: of the changed rows, those that differ in it); read_from: the deliveries compared
CHANGES = (
    "authority varchar, contract varchar, extracted_on date, against date, kind varchar, heading varchar, rows bigint, "
    "read_from varchar"
)
ROWS = (
    "authority varchar, contract varchar, extracted_on date, against date, kind varchar, headings varchar[], child_id varchar, "
    "delivery_id varchar, source_row varchar, before_delivery_id varchar, before_source_row varchar, read_from varchar"
)
PAIRS = """
with deliveries as (
    select authority, contract, extracted_on, any_value(held.against) as against,
        string_agg(delivery_id, ' ' order by delivery_id) as names
    from typed.receipts left join typed.held as held using (delivery_id)
    where status in ('loaded', 'loaded_with_rejects', 'held') and contract = $contract
    group by authority, contract, extracted_on
),
standing as (
    select authority, extracted_on, lag(extracted_on) over (partition by authority order by extracted_on) as against
    from deliveries where against is null
)
select d.authority, d.extracted_on, before.extracted_on as against, d.names || ' / ' || before.names as read_from
from deliveries as d
left join standing on d.authority = standing.authority and d.extracted_on = standing.extracted_on
join deliveries as before on d.authority = before.authority and before.extracted_on = coalesce(d.against, standing.against)
order by 1, 2
"""
# Of a tracker: the deliveries of a day, and of each team in them those of the last day before that hold rows of that team.
PAIRS_OF_TEAMS = """
with deliveries as (
    select authority, extracted_on, string_agg(delivery_id, ' ' order by delivery_id) as names
    from typed.receipts where status in ('loaded', 'loaded_with_rejects') and contract = $contract
    group by all
),
teams as (
    select distinct authority, extracted_on, delivery_id, coalesce(team, '') as team
    from {source} where is_counted and reject_column is null
),
before as (
    select now.authority, now.extracted_on, before.extracted_on as against, before.delivery_id
    from (select distinct authority, extracted_on, team from teams) as now
    join teams as before
        on now.authority = before.authority and now.team = before.team and before.extracted_on < now.extracted_on
    qualify before.extracted_on = max(before.extracted_on) over (partition by now.authority, now.extracted_on, now.team)
)
select d.authority, d.extracted_on, max(b.against) as against,
    any_value(d.names) || ' / ' || string_agg(distinct b.delivery_id, ' ' order by b.delivery_id) as read_from
from deliveries as d join before as b on d.authority = b.authority and d.extracted_on = b.extracted_on
group by d.authority, d.extracted_on
order by 1, 2
"""
DERIVED = ("age",)  # a column that changes by itself as time goes by
COUNTED = """
insert into facts.changes
with total as (select count(*) as now_rows from ({now})),
tally as (
    select 'new' as kind, '' as heading, count(*) filter (kind = 'new') as rows from pair
    union all select 'gone', '', count(*) filter (kind = 'gone') from pair
    union all select 'changed', '', count(*) filter (kind = 'changed') from pair
    union all select 'same', '', (select now_rows from total) - count(*) filter (kind in ('new', 'changed')) from pair
    union all
    select 'changed', heading, count(*) from (select unnest(headings) as heading from pair where kind = 'changed') group by heading
)
select $authority, $contract, $extracted_on::date, $against::date, kind, heading, rows, $read_from from tally
"""


def record_changes(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Bring facts.changes and facts.changed_rows in step with the extracts; a pair that was compared already is left as it is."""
    with quiet("comparing an extract with the one before"):
        con.execute(f"create table if not exists facts.changes ({CHANGES})")
        con.execute(f"create table if not exists facts.changed_rows ({ROWS})")
        for contract in delivered(con, catalogue):
            if contract.key:
                _record(con, contract)


def pairs_of(con: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """The query of which extracts of a contract ($contract) are compared with which: authority, extracted_on, against, read_from."""
    return PAIRS_OF_TEAMS.format(source=with_held(con, contract)) if _kept_by_teams(contract) else PAIRS


def _kept_by_teams(contract: Contract) -> bool:
    return contract.family == KEPT_BY_TEAMS and bool(contract.team)


def _sides(con: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[str, str]:
    """The rows of an extract ($extracted_on) and those that they are compared with, of an earlier one ($against); of a tracker, of each
    team that has handed in before, those of its last sheet."""
    rows = f"select * from {with_held(con, contract)} where authority = $authority and is_counted and reject_column is null"
    now, before = f"{rows} and extracted_on = $extracted_on", f"{rows} and extracted_on = $against"
    if not _kept_by_teams(contract):
        return now, before
    before = (
        f"{rows} and extracted_on < $extracted_on and coalesce(team, '') in (select coalesce(team, '') from ({now})) "
        "qualify extracted_on = max(extracted_on) over (partition by coalesce(team, ''))"
    )
    return f"{now} and coalesce(team, '') in (select coalesce(team, '') from ({before}))", before


def _record(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    pairs = con.execute(pairs_of(con, contract), {"contract": contract.id}).fetchall()
    known = {row[0] for row in con.execute("select distinct read_from from facts.changes").fetchall()}
    stand = [read_from for *_, read_from in pairs]
    for table in ("changes", "changed_rows"):
        con.execute(
            f"delete from facts.{table} where contract = ? and not list_contains(?::varchar[], read_from)",
            [contract.id, stand],
        )
    now, before = _sides(con, contract)
    for authority, extracted_on, against, read_from in pairs:
        if read_from in known:
            continue
        values = {"authority": authority, "extracted_on": extracted_on, "against": against}
        query = differing(contract, now, before)
        asked = {name: value for name, value in values.items() if f"${name}" in query}
        con.execute(f"create or replace temp table pair as {query}", asked)
        named = {**values, "contract": contract.id, "read_from": read_from}
        con.execute(
            "insert into facts.changed_rows select $authority, $contract, $extracted_on::date, $against::date, *, $read_from from pair",
            named,
        )
        con.execute(COUNTED.format(now=now), named)


def differing(contract: Contract, now: str, before: str) -> str:
    """The query of rows that differ between two others of a contract's typed rows, each with one row a key: one full join.

    Columns: kind (new, gone, changed), headings that differ, child_id, and the places on both sides.
    """
    columns = {n: c.header for n, c in contract.columns.items() if n not in contract.key and c.type not in DERIVED}
    folded = {contract.team: "team", contract.worker: "worker"}  # under one spelling
    tests = ", ".join(
        f'case when now."{folded.get(n, n)}" is distinct from before."{folded.get(n, n)}" then \'{_quoted(header)}\' end'
        for n, header in columns.items()
    )
    same_key = " and ".join(f'now."{name}" is not distinct from before."{name}"' for name in contract.key)
    child = f'coalesce(now."{contract.child}", before."{contract.child}")' if contract.child else "null::varchar"
    return f"""
    select * from (
        select
            case when before.delivery_id is null then 'new' when now.delivery_id is null then 'gone' else 'changed' end as kind,
            case kind when 'changed' then list_filter([{tests}]::varchar[], lambda heading: heading is not null) end as headings,
            {child} as child_id, now.delivery_id as delivery_id, now.source_row as source_row,
            before.delivery_id as before_delivery_id, before.source_row as before_source_row
        from ({now}) as now
        full join ({before}) as before on {same_key}
    ) where kind <> 'changed' or len(headings) > 0
    """


def _quoted(text: str) -> str:
    return text.replace("'", "''")
