"""How the shape of a list changed from one extract to the next, column by column, and which figures each change could move.

Headings and counts alone, no cell. What a list of one shape came to is counted once for each delivery; what differs is asked anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from countermark.certify.changes import pairs_of
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.readers.headings import TAUGHT, UNTOLD
from countermark.warehouse.connect import quiet, statements
from countermark.warehouse.held import with_held
from countermark.warehouse.typed import delivered
from countermark.warehouse.typed_sql import WITH_UNUSABLE
from countermark.words import day

# what: unknown, gone, renamed, emptied, unusable, teams; `heading` is the standard one (of an unknown one as it may be told), `before` the
# heading under which it stood; `indicators` are the measures that the column is made into
DRIFT = (
    "authority varchar, contract varchar, extracted_on date, against date, what varchar, heading varchar, before varchar, "
    "share_before double, share_now double, indicators varchar[]"
)
SCHEMA = f"""
create table if not exists facts.column_use (
    contract varchar, delivery_id varchar, column_name varchar, rows bigint, filled bigint, unusable bigint
);
create or replace table facts.drift ({DRIFT});
"""
WORDS = {
    "gone": "{heading} is gone: it is blank in every row.",
    "renamed": "{heading} stood under {before} and now stands under another known spelling.",
    "emptied": "{heading} is there and blank in every row, where it was filled before.",
    "unusable": "Under {heading} {now} of the cells cannot be used, and {then} could not before.",
    "teams": "Under {heading} no team is one that authority.toml names.",
}


@dataclass(frozen=True)
class Drift:
    """One change of a list's shape."""

    what: str
    heading: str
    before: str
    share_before: float | None
    share_now: float | None
    indicators: tuple[str, ...]

    @property
    def says(self) -> str:
        """What happened, and which figures it could move, in sentences."""
        now, then = (f"{share:.0%}" if share is not None else "none" for share in (self.share_now, self.share_before))
        if self.what == "unknown":
            return unread(self.heading)
        said = WORDS[self.what].format(heading=_quoted(self.heading), before=_quoted(self.before), now=now, then=then)
        if self.what == "renamed":
            return said
        moved = f" It could move {', '.join(self.indicators)}." if self.indicators else " No figure reads it."
        return said + moved


def unread(heading: str) -> str:
    """That what stands under a heading is not read, in a sentence."""
    if heading.startswith(UNTOLD.split("{")[0]):
        return f"{heading[:1].upper()}{heading[1:]}: what stands under it is not read."
    return f"“{heading}” is no known heading of this list: what stands under it is not read."


def _quoted(heading: str) -> str:
    return heading if heading == TAUGHT else f"“{heading}”"


def of_row(row: Mapping[str, object] | Sequence[object]) -> Drift:
    """One row of facts.drift, as a mapping or in the order of `Drift`."""
    if isinstance(row, Mapping):
        row = [row[name] for name in ("what", "heading", "before", "share_before", "share_now", "indicators")]
    what, heading, before, then, now, indicators = row
    numbers = [float(share) if isinstance(share, (int, float)) else None for share in (then, now)]
    moved = tuple(map(str, indicators)) if isinstance(indicators, (list, tuple)) else ()
    return Drift(str(what), str(heading), str(before or ""), numbers[0], numbers[1], moved)


def shapes(con: duckdb.DuckDBPyConnection, since: datetime, most: int) -> list[str]:
    """Of a publication, sentences on the shapes of what was received since; the rest are counted in a last one."""
    query = """
    select distinct coalesce(contracts.title, drift.contract), drift.extracted_on, what, heading, before, share_before, share_now,
        indicators
    from facts.drift as drift
    join main.deliveries as deliveries
        on drift.authority = deliveries.authority and drift.contract = deliveries.contract and drift.extracted_on = deliveries.extracted_on
    left join facts.contracts as contracts on drift.contract = contracts.contract
    where deliveries.received_at >= $since and deliveries.status in ('loaded', 'loaded_with_rejects', 'held')
    order by len(indicators) desc, 1, 2, 3, 4
    """
    rows = con.execute(query, {"since": since.replace(tzinfo=None)}).fetchall()
    lines = [f"{title} of {day(on)}: {of_row(row).says}" for title, on, *row in rows[:most]]
    return lines + ([f"And {len(rows) - most} more: the page of each delivery has them."] if len(rows) > most else [])


def record_drift(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, read: Sequence[tuple[str, str, str]]) -> None:
    """Fill facts.drift. `read` are the cells that could move an indicator: (indicator, contract, header)."""
    with quiet("comparing the shape of an extract with the one before"):
        for statement in statements(SCHEMA):
            con.execute(statement)
        moved: dict[tuple[str, str], list[str]] = {}
        for indicator, of, header in read:
            moved.setdefault((of, header), []).append(indicator)
        for contract in delivered(con, catalogue):
            _count(con, contract)
            if contract.comes_back:
                continue
            headers = [column.header for column in contract.columns.values()]
            con.execute(
                """
                create or replace temp table drift_headers as
                select column_name, header, string_split_regex(indicators, ' ') as indicators from (
                    select unnest($names::varchar[]) as column_name, unnest($headers::varchar[]) as header,
                        unnest($moved::varchar[]) as indicators
                )
                """,
                {
                    "names": list(contract.columns),
                    "headers": headers,
                    "moved": [" ".join(sorted(moved.get((contract.id, header), []))) for header in headers],
                },
            )
            con.execute("update drift_headers set indicators = [] where indicators = ['']")
            con.execute(
                f"create or replace temp table drift_pairs as {FIRST_TOO.format(pairs_of(con, contract))}",
                {"contract": contract.id},
            )
            teams = (
                f"select distinct authority, delivery_id, team from {with_held(con, contract)} where team is not null"
            )
            nobody = (
                "select null::varchar as authority, null::varchar as delivery_id, null::varchar as team where false"
            )
            con.execute(f"create or replace temp table drift_teams as {teams if contract.team else nobody}")
            for statement in statements(catalogue.shared("certify/drift")):
                con.execute(statement, {"contract": contract.id, "team": contract.team})


# The first extract has nothing before it, and its unknown headings are worth a word all the same.
FIRST_TOO = """
with pairs as ({})
select r.authority, r.extracted_on, any_value(p.against) as against, list(r.delivery_id order by r.delivery_id) as now,
    any_value(string_split(split_part(p.read_from, ' / ', 2), ' ')) as before
from typed.receipts as r
left join pairs as p on r.authority = p.authority and r.extracted_on = p.extracted_on
where r.contract = $contract and r.status in ('loaded', 'loaded_with_rejects', 'held')
group by r.authority, r.extracted_on
"""


def _count(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """facts.column_use of the deliveries that were not counted yet: rows, filled cells, cells that nobody can use."""
    parts = ", ".join(_use(contract, name, column.type in WITH_UNUSABLE) for name, column in contract.columns.items())
    con.execute(
        f"""
        insert into facts.column_use
        select '{contract.id}', delivery_id, part.column_name, rows, part.filled, part.unusable from (
            select delivery_id, count(*) as rows, unnest([{parts}]) as part from {with_held(con, contract)}
            where delivery_id not in (select delivery_id from facts.column_use where contract = '{contract.id}')
            group by delivery_id
        )
        """
    )


def _use(contract: Contract, name: str, has_unusable: bool) -> str:
    """A struct: a column's name, how many of its cells are filled, and how many of those nobody can use."""
    filled, unusable = f'"{name}" is not null', "0"
    if has_unusable:
        filled, unusable = f'"{name}" is not null or "{name}_unusable"', f'count(*) filter ("{name}_unusable")'
    elif name == contract.team:
        filled = "team is not null"
    return f"{{'column_name': '{name}', 'filled': count(*) filter ({filled}), 'unusable': {unusable}}}"
