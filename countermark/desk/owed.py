"""Who still owes what, by when: the counts of a date and what came of each, and the dip samples drawn. Reading a publication only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from typing import Any

from countermark.calendar.working_days import working_dates
from countermark.certify.certify import FILES_THERE
from countermark.certify.dip import Rules
from countermark.desk.figures import Rows

DUE_WORKING_DAYS = (
    5  # L: a count is wanted within a working week of the date; the parameter count_due_working_days overrides it
)
OWED = """
select owes.as_at, owes.indicator_id, owes.team, definitions.title, claims.counted_by, claims.counted_at, claims.method,
    claims.numerator, claims.denominator, claims.grade_denominator, claims.grade_numerator, definitions.measures,
    claims.indicator_id is not null as handed_in,
    claims.indicator_id is null and coalesce(gates.outcome = 'PASS', false) as is_sampled
from facts.owes as owes
join facts.definitions as definitions
    on owes.authority = definitions.authority and owes.as_at = definitions.as_at and owes.indicator_id = definitions.indicator_id
left join facts.claims as claims
    on owes.authority = claims.authority and owes.as_at = claims.as_at and owes.indicator_id = claims.indicator_id
    and owes.team = claims.team
left join main.gates as gates
    on owes.authority = gates.authority and owes.as_at = gates.as_at and owes.indicator_id = gates.indicator_id
    and owes.team = gates.team and gates.gate = 'counted'
where owes.authority = $authority and owes.as_at = $as_at and ($teams is null or list_contains($teams::varchar[], owes.team))
order by handed_in, owes.team, owes.indicator_id
"""
SAMPLES = """
select indicator_id, as_at, min(drawn_on) as drawn_on, count(*) as drawn, count(file_says) as looked, count(*) filter (is_wrong) as wrong
from desk.dip_files where authority = $authority and as_at = $as_at group by all order by indicator_id
"""


def owed(ask: Rows, authority: str, as_at: date, teams: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """Every count owed at a date, those not handed in first. `teams` None: of every team."""
    said: dict[str, Any] = {"authority": authority, "as_at": as_at, "teams": list(teams) if teams is not None else None}
    return ask(OWED, said)


def due_on(as_at: date, parameters: Mapping[str, Any]) -> date:
    """By when a count of this date is wanted."""
    said, dates = parameters.get("count_due_working_days", DUE_WORKING_DAYS), working_dates()
    return dates[bisect_right(dates, as_at) - 1 + (said if isinstance(said, int) else DUE_WORKING_DAYS)]


def samples(ask: Rows, authority: str, as_at: date, numbers: Rules) -> list[dict[str, Any]]:
    """The dip samples of a date: how many files were drawn, read and found wrong, in words; none of an earlier version's publication."""
    found = ask(SAMPLES, {"authority": authority, "as_at": as_at}) if ask(FILES_THERE, {}) else []
    for row in found:
        left, wrong = row["drawn"] - row["looked"], row["wrong"]
        verdict = "it fails" if wrong > numbers.most_wrong else f"{left} still to read" if left else "it passes"
        row["says"] = (
            f"{row['looked']} of {row['drawn']} files read, {wrong or 'none'} wrong, {numbers.most_wrong} allowed: {verdict}"
        )
    return found
