"""Figures watched week by week: at each Sunday over the weeks before it, for the indicators that ask for it (`rolling_weeks`).

They are for watching and no figures of record: no count is held against them, nobody checks or signs them. A week is made only where an
extract was taken at its end or later that still holds its first day; what no extract tells of whole is left out, not shown as less.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import duckdb

from countermark.contracts.authority import Authority
from countermark.contracts.catalogue import Catalogue
from countermark.contracts.indicator import Indicator
from countermark.contracts.parameters import in_force
from countermark.reconcile.members import Position, contracts_wanted, made, show
from countermark.warehouse.connect import quiet

WEEKS = 26  # how many are kept, half a year
WEEKLY = (
    "authority varchar, indicator_id varchar, week_end date, first_day date, team varchar, numerator integer, denominator integer, "
    "newest date, inputs varchar"
)
# Of each list the newest extract that was taken at a week's end or later and, of one that forgets, soon enough to hold its first day.
EXTRACTS = """
create or replace temp table week_extracts as
with lists as (select unnest($contracts) as contract, unnest($months) as months),
weeks as (select unnest($ends::date[]) as week_end, unnest($starts::date[]) as first_day, unnest($ids::varchar[]) as weeks_id)
select weeks.weeks_id, weeks.week_end, weeks.first_day, extracts.contract, max(extracts.extracted_on) as extracted_on
from weeks
join typed.extracts as extracts on extracts.authority = $authority and extracts.extracted_on >= weeks.week_end
left join lists on extracts.contract = lists.contract
where coalesce(lists.months, 0) = 0 or extracts.extracted_on < weeks.first_day + to_months(lists.months)
group by all
"""
# The members of all weeks at once: the definition's SQL beside each week, whose days take the place of the position's.
SUMS = """
insert into facts.weekly
with sums as (
    select
        week.as_at, week.period_start, if(grouping(team) = 1, 'ALL', team) as team, grouping(team) = 1 as is_all,
        count(*) filter (in_numerator)::integer as numerator, count(*) filter (in_denominator)::integer as denominator
    from weeks as week, lateral ({members}) as m
    where state is not null group by grouping sets ((week.as_at, week.period_start), (week.as_at, week.period_start, team))
)
select $the_authority, $the_indicator, weeks.as_at, weeks.period_start, coalesce(sums.team, 'ALL'), coalesce(sums.numerator, 0),
    if($is_count, null, coalesce(sums.denominator, 0)), $the_newest::date, $the_inputs
from weeks
left join sums on weeks.as_at = sums.as_at and (is_all or (sums.team is not null and sums.denominator > 0))
"""


def sundays(newest: date, weeks: int = WEEKS) -> list[date]:
    """The last Sundays up to a day, oldest first."""
    last = newest - timedelta(days=newest.isoweekday() % 7)
    return [last - timedelta(weeks=back) for back in reversed(range(weeks))]


def watch(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, newest: Position, authority: Authority | None, inputs: str
) -> int:
    """Make facts.weekly of an authority up to its newest position; nothing where it stands for these `inputs`. Returns its rows."""
    with quiet("following the weeks"):
        con.execute(f"create table if not exists facts.weekly ({WEEKLY})")
        key = [newest.authority, newest.as_at, inputs]
        query = "select count(*) from facts.weekly where authority = ? and newest = ? and inputs = ?"
        if (there := con.execute(query, key).fetchall()[0][0]) == 0:
            con.execute("begin transaction")
            con.execute("delete from facts.weekly where authority = ?", [newest.authority])
            _make(con, catalogue, newest, authority, inputs)
            con.execute("commit")
            there = con.execute(query, key).fetchall()[0][0]
    return int(there)


def _make(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, newest: Position, authority: Authority | None, inputs: str
) -> None:
    asked = [one for one in made(con, catalogue, newest) if one.rolling_weeks]
    if not asked:
        return
    rests_on = contracts_wanted(con, catalogue, asked, newest)
    lengths = sorted({one.rolling_weeks for one in asked})
    _find_extracts(con, catalogue, newest, lengths)
    con.execute("create or replace temp table position_basis (contract varchar, extracted_on date)")
    con.execute(
        "create or replace temp table position_sources as select table_name, contract from facts.sources where authority = ? and as_at = ?",
        [newest.authority, newest.as_at],
    )
    if con.execute("select count(*) from position_sources").fetchall() == [(0,)]:
        return  # a sealed position brought back: nobody knows any more which lists were its record
    con.execute("set variable position_authority = ?", [newest.authority])
    for weeks in lengths:
        for extracts, ends in _by_extracts(con, newest, weeks):
            whole = {name for name, _ in extracts}
            wanted = [one for one in asked if one.rolling_weeks == weeks and whole.issuperset(rests_on[one.id])]
            if not wanted:
                continue
            con.execute("delete from position_basis")
            con.executemany("insert into position_basis values (?, ?)", extracts)
            show(con, catalogue, wanted)
            for one in wanted:
                for in_use, some in _by_values(catalogue, authority, one, ends):
                    _sum(con, in_use, newest, some, inputs)


def _by_extracts(con: duckdb.DuckDBPyConnection, newest: Position, weeks: int) -> list[tuple[list[Any], list[date]]]:
    """The extracts that weeks rest on, each with the Sundays that have the same."""
    found = con.execute(
        "select week_end, list((contract, extracted_on) order by contract) from week_extracts where weeks_id = ? group by all order by all",
        [str(weeks)],
    ).fetchall()
    groups: dict[tuple[Any, ...], list[date]] = {}
    for end, extracts in found:
        groups.setdefault(tuple(extracts), []).append(end)
    return [(list(extracts), ends) for extracts, ends in groups.items()]


def _by_values(
    catalogue: Catalogue, authority: Authority | None, indicator: Indicator, ends: list[date]
) -> list[tuple[Indicator, list[date]]]:
    """The indicator with the values that the authority has in force, each with the Sundays at which they are."""
    groups: dict[str, tuple[Indicator, list[date]]] = {}
    for end in ends:
        one = in_force(catalogue, authority, end).indicators[indicator.id]
        groups.setdefault(repr(one.said), (one, []))[1].append(end)
    return list(groups.values())


def _find_extracts(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, newest: Position, lengths: list[int]) -> None:
    ends = [(end, weeks) for end in sundays(newest.as_at) for weeks in lengths]
    con.execute(
        EXTRACTS,
        {
            "authority": newest.authority,
            "contracts": list(catalogue.contracts),
            "months": [one.reaches_back_months or one.holds_months for one in catalogue.contracts.values()],
            "ends": [end for end, _ in ends],
            "starts": [_first_day(end, weeks) for end, weeks in ends],
            "ids": [str(weeks) for _, weeks in ends],
        },
    )


def _first_day(end: date, weeks: int) -> date:
    return end - timedelta(weeks=weeks) + timedelta(days=1)


def _sum(con: duckdb.DuckDBPyConnection, indicator: Indicator, newest: Position, ends: list[date], inputs: str) -> None:
    members = indicator.members_sql.strip().rstrip(";")
    said = {name: value for name, value in indicator.said.items() if re.search(rf"\${name}\b", members)}
    for name in ("as_at", "period_start"):
        members = re.sub(rf"\${name}\b", f"week.{name}", members)
    con.execute(
        "create or replace temp table weeks as select unnest($ends::date[]) as as_at, unnest($starts::date[]) as period_start",
        {"ends": ends, "starts": [_first_day(end, indicator.rolling_weeks) for end in ends]},
    )
    con.execute(
        SUMS.format(members=members),
        {
            **said, "the_authority": newest.authority, "the_indicator": indicator.id, "is_count": indicator.measures == "count",
            "the_newest": newest.as_at, "the_inputs": inputs,
        },
    )  # fmt: skip
