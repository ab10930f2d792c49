"""Members: one row per case and indicator for a position, on one basis.

A position is an authority and an as-at date. A basis says which extract of each contract is looked at: `now`, the newest that still
reaches back to the position, or `at_hand`, the first dated on or after the as-at date (else the newest before it). Nothing here knows
a single indicator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from countermark.contracts.authority import SourceOrder
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.contracts.model import ConformedTable
from countermark.reconcile.out_of_reach import forgotten, never_told
from countermark.reconcile.team_at_event import READS, set_teams
from countermark.warehouse import noted
from countermark.warehouse.connect import insert, quiet

BASES = ("now", "at_hand")
ALWAYS = {f"annex_a.list_{number:02d}" for number in range(3, 9)}  # asked of every authority, come or not
KEPT_BY_TEAMS = "trackers"  # the family whose lists come from each team, on days of their own
NEWEST_OF_TEAM = (
    " qualify rows.extracted_on = if(rows.contract in ({}), max(rows.extracted_on) over (partition by rows.contract, rows.team),"
    " any_value(position_basis.extracted_on) over (partition by rows.contract))"
)
AT_THE_DESK = (  # what is entered there is at hand at once: no extract has to be taken
    f" union all by name select * from conformed.{noted.TABLE} where contract = '{noted.CONTRACT}' "
    "and authority = getvariable('position_authority')"
)

FACTS = """
create schema if not exists facts;
create table if not exists facts.basis (authority varchar, as_at date, basis varchar, contract varchar, extracted_on date);
create table if not exists facts.sources (authority varchar, as_at date, table_name varchar, contract varchar);
create table if not exists facts.members (
    authority varchar, indicator_id varchar, as_at date, basis varchar, case_id varchar, child_id varchar, team varchar,
    worker varchar, in_denominator boolean, in_numerator boolean, state varchar, outside varchar, starts_on date,
    decides_on date, due_on date, done_on date, delivery_id varchar, source_row varchar
);
alter table facts.members add column if not exists event_on date;
alter table facts.members add column if not exists team_at_event varchar;
alter table facts.members add column if not exists value double;
alter table facts.members add column if not exists weight double;
"""


@dataclass(frozen=True)
class Position:
    """An authority and an as-at date."""

    authority: str
    as_at: date


def is_due(indicator: Indicator, as_at: date) -> bool:
    """Whether the indicator is made at this date: period indicators only where it is a month's last day."""
    return indicator.period == "snapshot" or (as_at + timedelta(days=1)).day == 1


def period_start(indicator: Indicator, as_at: date) -> date:
    """The first day of the indicator's period at a date: of that month, or of the months before it that its window takes in."""
    months = as_at.year * 12 + as_at.month - indicator.months
    return date(months // 12, months % 12 + 1, 1)


def set_bases(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> None:
    """Fill facts.basis for a position from the extracts that stand (typed.extracts).

    A list that forgets (`reaches_back_months`) is looked at so many months from the beginning of the position's month and no longer: what
    a later extract no longer shows was not undone. Where none was taken by then, the newest decides.
    """
    con.execute(FACTS)
    reaches = {contract.id: contract.reaches_back_months for contract in catalogue.contracts.values()}
    con.execute("delete from facts.basis where authority = ? and as_at = ?", [position.authority, position.as_at])
    con.execute(
        """
        insert into facts.basis
        with reaches as (select unnest($contracts) as contract, unnest($months) as months),
        extracts as (
            select authority, contract, extracted_on,
                coalesce(months, 0) = 0 or extracted_on < months_start($as_at) + to_months(months) as reaches_back
            from typed.extracts left join reaches using (contract) where authority = $authority
        )
        select authority, $as_at, unnest(['now', 'at_hand']), contract,
            unnest([coalesce(max(extracted_on) filter (extracted_on >= $as_at and reaches_back), max(extracted_on)),
                coalesce(min(extracted_on) filter (extracted_on >= $as_at), max(extracted_on))])
        from extracts group by authority, contract
        """,
        {
            "authority": position.authority,
            "as_at": position.as_at,
            "contracts": list(reaches),
            "months": list(reaches.values()),
        },
    )


def set_sources(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position, order: SourceOrder) -> None:
    """Fill facts.sources for a position: which contracts are the record of each conformed table.

    Of the families that feed a table and have an extract at the position, the first in the authority's order; all of them for a table
    that takes every source.
    """
    key = [position.authority, position.as_at]
    con.execute("delete from facts.sources where authority = ? and as_at = ?", key)
    there = {
        name
        for (name,) in con.execute(
            "select distinct contract from facts.basis where authority = ? and as_at = ?", key
        ).fetchall()
    }
    rows = []
    for table in catalogue.tables.values():
        feeding = [c for c in catalogue.contracts.values() if table.name in c.feeds and c.id in there]
        families = order.of(table.name, catalogue, {contract.family for contract in feeding})
        chosen = families if table.every_source else families[:1]
        rows += [(*key, table.name, contract.id) for contract in feeding if contract.family in chosen]
    insert(con, "facts.sources", rows)


def contracts_wanted(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, indicators: Iterable[Indicator], position: Position
) -> dict[str, list[str]]:
    """By indicator, the contracts that its figure rests on: those that its definition names; for a table whose record is of another family
    those that fill it; none for one filled at the desk alone."""
    records: dict[str, set[str]] = {}
    for table, contract in con.execute(
        "select table_name, contract from facts.sources where authority = ? and as_at = ?",
        [position.authority, position.as_at],
    ).fetchall():
        records.setdefault(table, set()).add(contract)
    delivered = _delivered(con, position.authority)
    fed = {table for name in delivered if name in catalogue.contracts for table in catalogue.contracts[name].feeds}
    at_the_desk = noted.tables_noted(con, position.authority) - fed
    return {one.id: _rests_on(catalogue, one, records, at_the_desk) for one in indicators}


def _rests_on(
    catalogue: Catalogue, indicator: Indicator, records: Mapping[str, set[str]], at_the_desk: frozenset[str]
) -> list[str]:
    families = {catalogue.contracts[name].family for name in indicator.contracts}
    wanted: set[str] = set()
    for table in (table for table in indicator.reads if table not in at_the_desk):
        record = records.get(table, set())
        usual = not record or any(catalogue.contracts[name].family in families for name in record)
        named = {name for name in indicator.contracts if table in catalogue.contracts[name].feeds}
        wanted |= (named or set(indicator.contracts)) if usual else record
    return sorted(wanted)


def expected_tables(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> frozenset[str]:
    """The conformed tables that an authority's figures can be asked of: those of the lists of Annex A on children in need, protection and
    care, and each that some delivery has ever filled, withdrawn and held ones too, or its managers at the desk."""
    delivered = _delivered(con, position.authority)
    return noted.tables_noted(con, position.authority) | frozenset(
        table
        for contract in catalogue.contracts.values()
        if contract.id in ALWAYS or contract.id in delivered
        for table in contract.feeds
    )


def _delivered(con: duckdb.DuckDBPyConnection, authority: str) -> set[str]:
    """The contracts of which an authority has ever delivered anything."""
    rows = con.execute(
        "select distinct contract from typed.receipts where authority = ? and status not in ('rejected', 'duplicate')",
        [authority],
    ).fetchall()
    return {name for (name,) in rows}


def made(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> list[Indicator]:
    """The indicators that can be made for an authority, whether they are due at the date or not: those of tables that it has, of columns
    that its sheets have had, and of no longer a time than its lists hold."""
    there = expected_tables(con, catalogue, position)
    asked = [one for one in catalogue.indicators.values() if one.stage == "members" and there.issuperset(one.reads)]
    starts = {one.id: period_start(one, position.as_at) for one in asked if one.window_of}
    none = never_told(con, catalogue, position.authority)
    none |= forgotten(con, catalogue, position.authority, position.as_at, starts)
    return [one for one in asked if one.id not in none]


def due(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position) -> list[Indicator]:
    """The indicators made at a position: those that can be, and are due at its date."""
    return [one for one in made(con, catalogue, position) if is_due(one, position.as_at)]


def look_at(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position, basis: str) -> None:
    """Fill the bare table names (temporary tables) with what one basis of a position sees. Views would be planned again by each reader."""
    con.execute("create or replace temp table position_basis (contract varchar, extracted_on date)")
    con.execute(
        "insert into position_basis select contract, extracted_on from facts.basis where authority = ? and as_at = ? and basis = ?",
        [position.authority, position.as_at, basis],
    )
    con.execute("set variable position_authority = ?", [position.authority])
    con.execute("create or replace temp table position_sources (table_name varchar, contract varchar)")
    con.execute(
        "insert into position_sources select table_name, contract from facts.sources where authority = ? and as_at = ?",
        [position.authority, position.as_at],
    )
    show(con, catalogue, catalogue.indicators.values())


def show(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, indicators: Iterable[Indicator]) -> None:
    """Fill the bare tables that indicators read with the extracts in `position_basis` of the sources in `position_sources`."""
    read = {READS} | {name for indicator in indicators for name in (*indicator.reads, *indicator.reads_also)}
    for table in (table for table in catalogue.tables.values() if table.name in read):
        con.execute(f'create or replace temp table "{table.name}" as {seen_rows(catalogue, table)}')


def seen_rows(catalogue: Catalogue, table: ConformedTable) -> str:
    """The rows of a conformed table, as SQL, of the extracts in `position_basis` of the sources in `position_sources`."""
    kept = _kept_by_teams(catalogue, table)
    comparison = "<=" if table.history or kept else "="
    return (
        f'select rows.* from conformed."{table.name}" as rows join position_basis on rows.contract = position_basis.contract '
        f"and rows.extracted_on {comparison} position_basis.extracted_on "
        f"join position_sources on rows.contract = position_sources.contract and position_sources.table_name = '{table.name}' "
        "where rows.authority = getvariable('position_authority')"
        + (NEWEST_OF_TEAM.format(kept) if kept else "")
        + (AT_THE_DESK if table.name == noted.TABLE else "")
    )


def _kept_by_teams(catalogue: Catalogue, table: ConformedTable) -> str:
    """Of a table that shows one extract: the contracts, as SQL, of which each team hands in a list of its own on its own day."""
    fed = (
        one
        for one in catalogue.contracts.values()
        if one.family == KEPT_BY_TEAMS and one.team and table.name in one.feeds
    )
    ids = ", ".join(f"'{one.id}'" for one in fed)
    return ids if "team" in table.columns and not table.history else ""


def compute(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, position: Position, order: SourceOrder | None = None
) -> dict[str, int]:
    """Members of every indicator due at the position, both bases, replacing what stood. Returns rows per indicator (basis now)."""
    with quiet("computing members"):
        con.execute("begin transaction")
        set_bases(con, catalogue, position)
        set_sources(con, catalogue, position, order or SourceOrder())
        con.execute("delete from facts.members where authority = ? and as_at = ?", [position.authority, position.as_at])
        wanted = due(con, catalogue, position)
        counts: dict[str, int] = {}
        for basis in BASES:
            look_at(con, catalogue, position, basis)
            for indicator in wanted if basis == "now" else _with_two_bases(con, catalogue, wanted, position):
                counts.setdefault(indicator.id, insert_members(con, indicator, position, basis))
            set_teams(con, catalogue, wanted, position.authority, position.as_at, basis, order or SourceOrder())
        con.execute("commit")
    return counts


def _with_two_bases(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, indicators: Sequence[Indicator], position: Position
) -> list[Indicator]:
    """The indicators that rest on a contract whose newest extract is not the one at hand."""
    rows = con.execute(
        """
        select distinct contract from facts.basis as a join facts.basis as b using (authority, as_at, contract)
        where a.basis = 'now' and b.basis = 'at_hand' and a.extracted_on <> b.extracted_on and authority = ? and as_at = ?
        """,
        [position.authority, position.as_at],
    ).fetchall()
    two = {contract for (contract,) in rows}
    wanted = contracts_wanted(con, catalogue, indicators, position)
    return [one for one in indicators if not two.isdisjoint(wanted[one.id])]


def given(indicator: Indicator, as_at: date) -> dict[str, object]:
    """What a members.sql may ask for by name: the date, the first day of the period, the definition's parameters."""
    return {"as_at": as_at, "period_start": period_start(indicator, as_at), **indicator.said}


def insert_members(con: duckdb.DuckDBPyConnection, indicator: Indicator, position: Position, basis: str) -> int:
    """Run one indicator's members.sql over the views of a basis into facts.members. Returns rows inserted."""
    sql = indicator.members_sql.strip().rstrip(";")
    wanted = {name: value for name, value in given(indicator, position.as_at).items() if re.search(rf"\${name}\b", sql)}
    row = con.execute(
        "insert into facts.members by name "
        f"select $the_authority as authority, $the_indicator as indicator_id, $the_as_at::date as as_at, $the_basis as basis, m.* "
        f"from ({sql}) as m",
        {
            **wanted,
            "the_authority": position.authority,
            "the_indicator": indicator.id,
            "the_as_at": position.as_at,
            "the_basis": basis,
        },
    ).fetchone()
    return int(row[0]) if row else 0
