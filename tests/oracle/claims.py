"""Manual counts and lists for hypothesis, made from a population's own figures and faults. Not here: the bridge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from tests.oracle import figures
from tests.oracle.population import Count, ListRow, Population, populations, typed

CLAIMING = ["North", "South", "South West"]
FAULTS = [
    "right", "right", "right", "drop", "twice", "other_team", "zeros", "flip", "late_date", "early_date", "unlist",
    "elsewhere", "near",
]  # fmt: skip
STRANGERS = ["9999", "0777"]


@st.composite
def claimed_populations(draw: st.DrawFn, indicator_id: str) -> Population:
    """A population at a month's end with one to three teams' claims of one indicator."""
    days = [date(2022, 9, 30), date(2022, 10, 31), date(2024, 2, 29)]
    population = draw(populations(as_at=draw(st.sampled_from(days))))
    members = figures.members(indicator_id, population.as_at, typed(population))
    rows: list[ListRow] = []
    counts: list[Count] = []
    for team in draw(st.sampled_from([CLAIMING, CLAIMING[:2], CLAIMING[:1], ["ALL"], [*CLAIMING, "ALL"]])):
        own = draw(team_rows(indicator_id, team, members, population.as_at))
        kind = draw(st.sampled_from(["listed", "listed", "short", "long", "count_only", "no_count"]))
        if kind != "count_only":
            rows += own
        if kind != "no_count" or not own:
            extra = {"short": 1, "long": -1}.get(kind, 0)
            counts.append(_count(indicator_id, team, own, extra))
    return replace(population, counts=tuple(counts), list_rows=tuple(rows))


def _count(indicator_id: str, team: str, rows: list[ListRow], extra: int) -> Count:
    """The count that goes with a list, or one more or fewer."""
    denominator = max(0, len([row for row in rows if row.in_denominator]) + extra)
    numerator = min(denominator, max(0, len([row for row in rows if row.in_numerator]) + extra))
    return Count(indicator_id, team, numerator, denominator)


@st.composite
def team_rows(
    draw: st.DrawFn, indicator_id: str, team: str, members: dict[str, figures.Member], as_at: date
) -> list[ListRow]:
    """A team's list: what the system has for it, faults and strangers put in."""
    rows: list[ListRow] = []
    for case_id, member in members.items():
        mine = team in ("ALL", member.team)
        fault = draw(st.sampled_from(FAULTS))
        listed = fault == "other_team" if not mine else member.in_denominator or fault in ("late_date", "elsewhere")
        if not listed or fault == "drop" or "unusable" in case_id:
            continue
        row = ListRow(indicator_id, team, case_id, True, member.in_numerator, as_at - timedelta(days=5))
        rows += _with_fault(row, fault, as_at)
    by_event = indicator_id in figures.INDICATORS and figures.INDICATORS[indicator_id][0] in figures.BY_EVENT
    for stranger in draw(st.lists(st.sampled_from(STRANGERS), max_size=1)):
        case_id = f"{stranger}/{as_at - timedelta(days=20)}" if by_event else stranger
        rows.append(ListRow(indicator_id, team, case_id, True, True, as_at))
    return rows


def _with_fault(row: ListRow, fault: str, as_at: date) -> list[ListRow]:
    """One row as the team wrote it."""
    if fault == "twice":
        return [row, row]
    if fault == "zeros":
        bare = row.case_id.lstrip("0")
        return [replace(row, case_id=bare if bare != row.case_id else "0" + row.case_id)]
    if fault == "flip":
        return [replace(row, in_numerator=not row.in_numerator)]
    if fault == "near" and "/" in row.case_id:
        child, _, start = row.case_id.rpartition("/")
        return [replace(row, case_id=f"{child}/{date.fromisoformat(start) + timedelta(days=1)}")]
    if fault == "late_date":
        return [replace(row, in_numerator=True, event_date=as_at + timedelta(days=2))]
    if fault == "early_date":
        return [replace(row, event_date=as_at - timedelta(days=70))]
    if fault == "unlist":
        return [replace(row, in_denominator=False, in_numerator=False, event_date=None)]
    return [row]
