"""What a team manager's pages ask: which teams there are, and whose children are overdue on what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from web.published import Row, snapshot

OVERDUE = """
select members.indicator_id, definitions.title, definitions.better, members.case_id, members.child_id, members.team, members.worker,
    members.due_on, members.done_on, members.state
from main.members as members
join facts.definitions as definitions
    on members.authority = definitions.authority and members.as_at = definitions.as_at and members.indicator_id = definitions.indicator_id
where members.authority = $authority and members.as_at = $as_at and members.team = $team and definitions.headline
    and definitions.period = 'snapshot' and definitions.measures = 'share'
    and case definitions.better when 'low' then members.state = 'met' else members.state in ('not_met', 'unusable') end
order by members.indicator_id, members.due_on nulls first, members.done_on nulls first, members.case_id
"""


@dataclass(frozen=True)
class Overdue:
    """The children of one measure who are overdue, in the order in which they fell due."""

    indicator_id: str
    title: str
    rows: list[Row]


def teams(authority: str, as_at: date) -> list[str]:
    """Every team that has a figure at the date."""
    rows = snapshot().rows(
        "select distinct team from main.metrics where authority = $authority and as_at = $as_at and team <> 'ALL' order by 1",
        {"authority": authority, "as_at": as_at},
    )
    return [row["team"] for row in rows]


def overdue(authority: str, as_at: date, team: str) -> list[Overdue]:
    """Of each headline measure taken at a date: the team's children of whom it is not as it should be."""
    rows = snapshot().rows(OVERDUE, {"authority": authority, "as_at": as_at, "team": team})
    names = {row["indicator_id"]: row["title"] for row in rows}
    return [Overdue(name, title, [row for row in rows if row["indicator_id"] == name]) for name, title in names.items()]
