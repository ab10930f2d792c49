"""Extracts that shrank: held out of every figure until a person releases them or a fuller one follows.

Asked anew of all deliveries together each time, so that it does not matter in which order they came: an extract is measured against the
one before it by date that stands. Why: docs/adr/0029-what-order-means.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from countermark.contracts.authority import Authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.model import Contract
from countermark.ledger.notes import Note
from countermark.ledger.records import LedgerError
from countermark.ledger.store import Ledger

RELEASE = "release"  # notes, by delivery id: {"reason": …}
PARAMETER = "held_below_share"
BELOW_SHARE = 0.8  # L: a list of an authority moves by a few in a hundred from month to month; a fifth fewer is an export cut short
LEAST_FEWER = 5  # L: of a dozen rows a few may go by themselves
# A list without rows is one too: of a return, which says so itself (its receipt is loaded), or a sheet that nothing vouches for.
SIZES = """
with lists as (
    select d.*, coalesce(c.counted, 0) as counted, coalesce(c.loaded, 0) > 0 as has_rows, d.status = 'loaded' and d.rows_in = 0 as is_none,
        d.status = 'rejected' and d.rows_in = d.rows_ignored and d.file_complete and d.authority <> '' as is_empty
    from typed.deliveries as d left join typed.counts as c using (delivery_id)
    where d.extracted_on is not null and list_contains($contracts, d.contract)
)
select authority, contract, extracted_on, sum(counted) as size,
    list(delivery_id order by delivery_id) filter (is_said or not any_said) as deliveries, bool_or(is_said) as vouched
from (
    select *, has_rows or is_none as is_said, bool_or(has_rows or is_none) over (partition by authority, contract, extracted_on) as any_said
    from lists
)
where has_rows or is_none or is_empty
group by all order by authority, contract, extracted_on
"""
TABLES = """
create or replace table typed.held (delivery_id varchar, size bigint, against date, against_size bigint);
create or replace table typed.empty (delivery_id varchar);
"""


@dataclass(frozen=True)
class Extract:
    """All deliveries of one list and authority with one extract date; `size` counts each key once. `vouched` is false of a sheet without
    rows of which nothing says that there are none."""

    authority: str
    contract: str
    extracted_on: date
    size: int
    deliveries: tuple[str, ...]
    vouched: bool = True


@dataclass(frozen=True)
class Held:
    """An extract that is held, and the one that it was measured against."""

    extract: Extract
    against: Extract


def measured(catalogue: Catalogue) -> list[Contract]:
    """The contracts whose extracts are measured: what a system wrote, row by key. What people fill in is as long as it is."""
    return [c for c in catalogue.contracts.values() if c.key and not catalogue.families[c.family].filled_in]


def share_of(authority: Authority | None, contract: Contract) -> float:
    """Below which share of the extract before an extract is held; 0 says never. For one list, its family, or all of them."""
    said: Any = authority.parameters.get(PARAMETER) if authority else None
    if isinstance(said, Mapping):
        said = next((said[name] for name in (contract.id, contract.family, "default") if name in said), None)
    return (
        float(said) if isinstance(said, (int, float)) and not isinstance(said, bool) and 0 <= said <= 1 else BELOW_SHARE
    )


def judge(extracts: Sequence[Extract], share: float, released: frozenset[str]) -> list[Held]:
    """Which of one list's extracts are held, in the order of their dates. The first never is."""
    return _judged(extracts, share, released)[0]


def _judged(extracts: Sequence[Extract], share: float, released: frozenset[str]) -> tuple[list[Held], list[Extract]]:
    """Which extracts are held, and which sheets without rows stand all the same: released ones, and those after one without rows. Any other
    is held where the extract before had a row, and stays refused where there is none before."""
    held: list[Held] = []
    empty: list[Extract] = []
    stands: Extract | None = None
    for one in sorted(extracts, key=lambda extract: extract.extracted_on):
        is_released = not released.isdisjoint(one.deliveries)
        if stands is not None and not is_released and _shrank(one, stands, share):
            held.append(Held(one, stands))
        elif one.vouched or is_released or (stands is not None and not stands.size):
            stands = one
            empty += [] if one.vouched else [one]
    return held, empty


def _shrank(one: Extract, stands: Extract, share: float) -> bool:
    if not one.vouched:
        return stands.size > 0
    return one.size < share * stands.size and stands.size - one.size >= LEAST_FEWER


def set_aside(
    con: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    authorities: Iterable[Authority],
    released: frozenset[str],
    *,
    settled: bool = False,
) -> None:
    """Fill typed.held, and move the rows of held extracts from typed.<contract> to held.<contract>. `settled`: hold nothing anew."""
    con.execute(TABLES)
    con.execute("drop schema if exists held cascade")
    contracts = {contract.id: contract for contract in measured(catalogue) if not settled}
    by_code = {authority.authority: authority for authority in authorities}
    by_list: dict[tuple[str, str], list[Extract]] = {}
    for row in con.execute(SIZES, {"contracts": list(contracts)}).fetchall():
        extract = Extract(row[0], row[1], row[2], row[3], tuple(row[4]), row[5])
        by_list.setdefault((extract.authority, extract.contract), []).append(extract)
    found: list[Held] = []
    for (authority, contract), extracts in by_list.items():
        held, empty = _judged(extracts, share_of(by_code.get(authority), contracts[contract]), released)
        found += held
        for none in empty:
            con.executemany("insert into typed.empty values (?)", [(name,) for name in none.deliveries])
    for one in found:
        rows = [(name, one.extract.size, one.against.extracted_on, one.against.size) for name in one.extract.deliveries]
        con.executemany("insert into typed.held values (?, ?, ?, ?)", rows)
    if found:
        con.execute("create schema held")  # only where there is something to keep: `with_held` asks for it
    for contract in {one.extract.contract for one in found}:
        table = contracts[contract].table
        mine = "where delivery_id in (select h.delivery_id from typed.held as h)"
        con.execute(f'create table held."{table}" as select * from typed."{table}" {mine}')
        con.execute(f'delete from typed."{table}" {mine}')


def released_in(ledger: Ledger) -> frozenset[str]:
    """The deliveries that somebody released."""
    return frozenset(note.subject for note in ledger.notes(RELEASE))


def release(ledger: Ledger, held: Mapping[str, str], delivery: str, reason: str, by: str) -> list[str]:
    """Release a held delivery, or what is held of a file (the part before the hyphen). `held` says whose each held delivery is.

    Returns the ids. LedgerError where a reason or name is missing or nothing of that id is held. The next run uses them.
    """
    if not reason.strip():
        raise LedgerError("A release needs a reason: give one with --reason.")
    named = [one for one in held if one == delivery] or [one for one in held if one.split("-")[0] == delivery]
    known = released_in(ledger)
    left = sorted(one for one in named if one not in known)
    if named and not left:
        raise LedgerError(f"Delivery {named[0]} has been released already: the next run uses it.")
    if not left:
        raise LedgerError("No such delivery is held: deliveries.csv says in its column status which are.")
    ledger.note([Note(held[one], RELEASE, one, {"reason": reason.strip()}, by) for one in left])
    return left


def with_held(con: duckdb.DuckDBPyConnection, contract: Contract) -> str:
    """The typed rows of a contract, the held ones too, as a relation to select from."""
    # Of schemas there are few; to list its tables takes the engine 10 ms, and it is asked of every file layout, several times a run.
    if not con.execute("select 1 from duckdb_schemas() where schema_name = 'held'").fetchall():
        return f'typed."{contract.table}"'
    there = con.execute(
        "select count(*) from duckdb_tables() where schema_name = 'held' and table_name = ?", [contract.table]
    ).fetchall()
    typed = f'typed."{contract.table}"'
    return f'(from {typed} union all by name from held."{contract.table}")' if there == [(1,)] else typed
