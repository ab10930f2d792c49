"""When counting by hand may end: how many month ends each team's count has been in tolerance, and what is still wanted. Reading only.

The rule itself is certification's (`certify/counted_gate.sql`); here is told how far each team and measure has come by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from countermark.certify.certify import FILES_THERE
from countermark.certify.dip import Rules
from countermark.desk.figures import Rows

# Month ends running whose count was in tolerance, or for which a sample stood in: up to the one before, and up to this one.
RUNS = """
with months as (
    select
        owes.indicator_id, owes.team, owes.as_at, claims.team is not null as is_counted,
        coalesce(
            if(claims.team is not null, reconciled.outcome = 'PASS', counted.outcome = 'PASS'), false
        ) as is_fine, claims.team is null and coalesce(counted.outcome = 'PASS', false) as is_sampled,
        year(owes.as_at) * 12 + month(owes.as_at) as number
    from facts.owes as owes
    left join facts.claims as claims
        on owes.authority = claims.authority and owes.as_at = claims.as_at and owes.indicator_id = claims.indicator_id
        and owes.team = claims.team
    left join main.gates as reconciled
        on owes.authority = reconciled.authority and owes.as_at = reconciled.as_at and owes.indicator_id = reconciled.indicator_id
        and owes.team = reconciled.team and reconciled.gate = 'reconciled'
    left join main.gates as counted
        on owes.authority = counted.authority and owes.as_at = counted.as_at and owes.indicator_id = counted.indicator_id
        and owes.team = counted.team and counted.gate = 'counted'
    where owes.authority = $authority and owes.as_at <= $as_at and owes.as_at = last_day(owes.as_at)
),
islands as (
    select *, number - row_number() over (partition by indicator_id, team order by number) as island from months where is_fine
),
runs as (
    select *, row_number() over (partition by indicator_id, team, island order by number) as run from islands
)
select
    this.indicator_id, this.team, definitions.title, this.is_counted, this.is_sampled, coalesce(here.run, 0) as run,
    coalesce(earlier.run, 0) as run_before
from months as this
join facts.definitions as definitions
    on definitions.authority = $authority and definitions.as_at = this.as_at and definitions.indicator_id = this.indicator_id
left join runs as here on this.indicator_id = here.indicator_id and this.team = here.team and this.number = here.number
left join runs as earlier on this.indicator_id = earlier.indicator_id and this.team = earlier.team and this.number - 1 = earlier.number
where this.as_at = $as_at and ($teams is null or list_contains($teams::varchar[], this.team))
order by this.indicator_id, this.team
"""
SAMPLES = """
select indicator_id, count(*) as drawn, count(file_says) as looked, count(*) filter (is_wrong) as wrong
from desk.dip_files where authority = $authority and as_at = $as_at group by all
"""


@dataclass(frozen=True)
class Standing:
    """How far one team and measure has come. `run` month ends running of `wanted`; `says` is what is wanted next, in a sentence."""

    indicator_id: str
    title: str
    team: str
    run: int
    wanted: int
    sample: str
    says: str


def verdict(drawn: int, looked: int, wrong: int, numbers: Rules) -> str:
    """What a sample comes to: passes, fails, reading, short (fewer files than the rules want), or none."""
    if not drawn:
        return "none"
    if wrong > numbers.most_wrong:
        return "fails"
    if looked < drawn:
        return "reading"
    return "passes" if drawn >= numbers.files else "short"


def standings(ask: Rows, authority: str, as_at: date, teams: tuple[str, ...] | None, numbers: Rules) -> list[Standing]:
    """Every team and measure that owes a count at a month end; nothing at any other date. `teams` None: of every team."""
    said: dict[str, Any] = {"authority": authority, "as_at": as_at}
    found = ask(SAMPLES, said) if ask(FILES_THERE, {}) else []
    samples = {row["indicator_id"]: (row["drawn"], row["looked"], row["wrong"]) for row in found}
    rows = ask(RUNS, {**said, "teams": list(teams) if teams is not None else None})
    return [_standing(row, samples.get(row["indicator_id"], (0, 0, 0)), numbers) for row in rows]


def _standing(row: dict[str, Any], sample: tuple[int, int, int], numbers: Rules) -> Standing:
    state = verdict(*sample, numbers)
    drawn, looked, wrong = sample
    told = {
        "none": "none drawn", "fails": f"fails: {wrong} of {drawn} wrong", "reading": f"{looked} of {drawn} read",
        "passes": f"passes: {drawn} read", "short": f"{drawn} read, {numbers.files} wanted",
    }[state]  # fmt: skip
    run = row["run_before"] if row["is_sampled"] else row["run"]
    return Standing(
        row["indicator_id"], row["title"], row["team"], min(run, numbers.months), numbers.months, told,
        _says(row, state, sample, numbers),
    )  # fmt: skip


def _says(row: dict[str, Any], state: str, sample: tuple[int, int, int], numbers: Rules) -> str:
    months, counted = numbers.months, row["is_counted"]
    if row["is_sampled"]:
        return "Nothing: the dip sample stands in the place of the count, as long as one passes at each month end."
    if counted and not row["run"]:
        return f"This count is not in tolerance: counting goes on, until {_ends(months)} running are."
    if row["run_before"] < months:
        more = months - row["run"]
        if more > 0:
            return f"Counting goes on: {_ends(more)} more in tolerance{'' if counted else ', this one first'}."
        return "A dip sample at the next month end may take the place of the count."
    drawn, looked, _ = sample
    if state == "fails":
        if counted:
            return "The dip sample fails: counting goes on. While it is in tolerance the next month end may be sampled again."
        return f"The dip sample fails: the count is wanted again. Without it, {_ends(months)} in tolerance start anew."
    if state == "passes":
        return "Nothing: the count came, and the sample would have stood in its place. It need not be counted at the next month end."
    wanted = {
        "none": f"a dip sample of {numbers.files} files, none drawn yet",
        "reading": f"{drawn - looked} of {drawn} files still to read",
        "short": f"{numbers.files - drawn} files more",
    }[state]
    return f"To end counting by hand: {wanted}." if counted else f"The count, or in its place {wanted}."


def _ends(number: int) -> str:
    return f"{number} month end{'' if number == 1 else 's'}"
