"""How far a figure could be off where its own records are in error: the cases with a blocking error, and the teams that hold them.

The range of a figure speaks of known differences. Where a figure is not reliable enough to report, every case with a blocking error may
be on either side as well, and one that could not be counted may belong to it: `at_least` and `at_most` take all of them at their worst.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

Rows = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
Key = tuple[str, str]  # indicator, team

# `worries`: on the side that is bad, or is counted. Overtaken and unusable cases are in the range already.
DOUBTS = """
with failing as (
    select distinct failures.authority, reads.indicator_id, failures.child_id, failures.source_row, failures.team
    from main.failures as failures
    join facts.reads as reads on failures.contract = reads.contract and failures."column" = reads.header
    where failures.severity = 'blocking' and failures.authority = $authority
),
cases as (
    select
        members.indicator_id, members.case_id, members.team,
        case when definitions.measures = 'share' and definitions.better = 'high' then members.in_denominator and not members.in_numerator
            else members.in_numerator end as worries
    from main.members as members
    join facts.definitions as definitions
        on members.authority = definitions.authority and members.as_at = definitions.as_at
        and members.indicator_id = definitions.indicator_id
    where members.authority = $authority and members.as_at = $as_at and members.state not in ('overtaken', 'unusable') and (
        members.state = 'not_countable' or exists (
            select 1 from failing
            where failing.indicator_id = members.indicator_id and failing.child_id = members.child_id
        )
    )
    union all
    select indicator_id, source_row, team, false from failing where child_id is null
),
held as (
    select indicator_id, case_id, of_team as team from main.breaks
    where authority = $authority and as_at = $as_at and state = 'open' and team <> 'ALL'
)
select indicator_id, case when grouping(team) = 1 then 'ALL' else team end as team,
    count(distinct case_id) filter (worries) as on_that_side, count(distinct case_id) filter (not worries) as on_the_other,
    (
        select list(distinct coalesce(every.team, '') order by coalesce(every.team, ''))
        from (select indicator_id, team from cases union all select indicator_id, team from held) as every
        where every.indicator_id = sides.indicator_id and (grouping(sides.team) = 1 or every.team = sides.team)
    ) as teams
from (
    select indicator_id, case_id, team, worries from cases
    union all
    select indicator_id, null, team, false from held
) as sides
group by grouping sets ((indicator_id), (indicator_id, team))
having grouping(team) = 1 or team is not null
"""


@dataclass(frozen=True)
class Doubt:
    """Cases in error on the side that worries and on the other one, and the teams that hold the list; '' is no team."""

    on_that_side: int
    on_the_other: int
    teams: tuple[str, ...]

    def at_least(self, fewest: int) -> int:
        """The fewest cases on the side that worries, where every one in error there may not belong to it."""
        return max(0, fewest - self.on_that_side)

    def at_most(self, most: int) -> int:
        """The most cases on the side that worries, where every other one in error may belong to it."""
        return most + self.on_the_other


NONE = Doubt(0, 0, ())


def doubts(rows: Rows, authority: str, as_at: date) -> dict[Key, Doubt]:
    """The doubts of every figure of a position that has any, by indicator and team."""
    found = rows(DOUBTS, {"authority": authority, "as_at": as_at})
    return {
        (row["indicator_id"], row["team"]): Doubt(row["on_that_side"], row["on_the_other"], tuple(row["teams"]))
        for row in found
    }
