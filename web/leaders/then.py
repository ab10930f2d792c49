"""Which team held the cases of a measure when they counted, by the allocations: beside the figure by team, never instead of it."""

from __future__ import annotations

from datetime import date

from web.context import person
from web.published import Row, Snapshot

HELD = """
select coalesce(team, '') as team, coalesce(team_at_event, '') as team_at_event, cases, not_met
from main.team_at_event
where authority = $authority and indicator_id = $indicator and as_at = $as_at
order by team, team_at_event = '', team_at_event
"""


def held_then(snapshot: Snapshot, authority: str, indicator: str, as_at: date, team: str) -> list[Row]:
    """One row per team now and team then, of a team those that it has now or had then; none where no allocation was delivered.

    A person who sees own teams only is shown those that one of them has now or had then.
    """
    if not snapshot.has("team_at_event"):  # a publication of an earlier version
        return []
    rows = snapshot.rows(HELD, {"authority": authority, "indicator": indicator, "as_at": as_at})
    return [row for row in rows if _shown(row, team)]


def _shown(row: Row, team: str) -> bool:
    both = {row["team"], row["team_at_event"]}
    return (team == "ALL" or team in both) and any(person().may_see_team(one) for one in both)
