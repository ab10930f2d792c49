"""Published figures as people quote them: number, range in cases, status, revision, certificate. Reading a snapshot only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import duckdb

from countermark.certify.certify import CHOICES, FILES_THERE, without_files
from countermark.contracts.catalogue import Catalogue
from countermark.warehouse.connect import quiet

Rows = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
ALL = "ALL"


@dataclass(frozen=True)
class Figure:
    """One published row. `fewest` and `most` are cases on the side that worries: not met where high is better, else met."""

    authority: str
    indicator_id: str
    as_at: date
    team: str
    title: str
    question: str
    unit: str
    case_unit: str
    better: str
    theme: str
    headline: bool
    numerator: int | None
    denominator: int | None
    value: float | None
    manual_numerator: int | None
    manual_denominator: int | None
    reconciled_numerator: int | None
    reconciled_denominator: int | None
    range_low: float | None
    range_high: float | None
    range_says: str
    not_countable: int | None
    overtaken: int | None
    status: str
    status_reason: str
    revision: int
    published_at: datetime
    certificate_id: str | None
    facts_hash: str
    definition_hash: str
    fewest: int | None
    most: int | None
    children_numerator: int | None = None  # how many children the cases are; None in publications of an earlier version
    children_denominator: int | None = None
    open_moving: int = 0  # open cases that move its counts, whether or not the share moves
    open_apart: int = 0  # counts that cannot be compared with it, and are in no range

    @property
    def subject(self) -> str:
        """The name under which notes about this figure are kept."""
        return subject(self.indicator_id, self.as_at, self.team)

    @property
    def counts_unmet(self) -> bool:
        """Whether `fewest` and `most` count the cases that do not meet the indicator."""
        return self.unit == "percent" and self.better == "high"


class NoFigureError(LookupError):
    """No such figure has been published. The text is for people."""


def subject(indicator_id: str, as_at: date, team: str = ALL) -> str:
    """Indicator, date and team as the subject of a note: `PP1/2022-10-31/ALL`."""
    return f"{indicator_id}/{as_at.isoformat()}/{team}"


def rows_of(con: duckdb.DuckDBPyConnection) -> Rows:
    """Queries over an open snapshot, rows as dictionaries. EngineError, without values, where the engine fails."""

    def rows(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        with quiet("reading the published figures"):
            found = con.execute(sql, {name: value for name, value in parameters.items() if f"${name}" in sql})
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return rows


# The differences that bear on each row, and the ways they can fall, as certification has them (CHOICES), but for many figures at once.
FIGURES = f"""
with figure_rows as (
    select * from main.metrics
    where ($as_at is null or as_at = $as_at::date) and ($indicator is null or indicator_id = $indicator)
        and ($team is null or team = $team) and ($authority is null or authority = $authority)
    union all by name
    select null::integer as children_numerator, null::integer as children_denominator where false
),
differences as (
    select breaks.* from main.breaks as breaks
    where ($as_at is null or as_at = $as_at::date) and ($indicator is null or indicator_id = $indicator)
    union all by name
    select teams.* replace ('ALL' as team) from main.breaks as teams
    where teams.team <> 'ALL' and ($as_at is null or as_at = $as_at::date) and ($indicator is null or indicator_id = $indicator)
        and not exists (
            select 1 from facts.bridges as own
            where own.authority = teams.authority and own.as_at = teams.as_at and own.indicator_id = teams.indicator_id
                and own.team = 'ALL'
        )
),
open_items as (
    select authority, indicator_id, as_at, team, kind = 'line' as is_line, coalesce(case_id, '~' || coalesce(of_team, team)) as item,
        sum(effect) as effect
    from differences where state = 'open' group by authority, indicator_id, as_at, team, is_line, item, measure
),
tally as (
    select authority, indicator_id, as_at, team, count(distinct item) filter (not is_line)::integer as open_moving,
        count(distinct item) filter (is_line)::integer as open_apart
    from open_items where effect <> 0 group by all
),
moves as (
    select ways.*, list_transform(choices, lambda way: way.n) as met, list_transform(choices, lambda way: way.d - way.n) as unmet
    from ({CHOICES}) as ways
),
bounds as (
    select authority, indicator_id, as_at, team, sum(times * list_min(met)) as met_low, sum(times * list_max(met)) as met_high,
        sum(times * list_min(unmet)) as unmet_low, sum(times * list_max(unmet)) as unmet_high
    from moves group by all
)
select
    metrics.authority, metrics.indicator_id, metrics.as_at, metrics.team, metrics.title, metrics.question, metrics.unit,
    metrics.case_unit, metrics.better, metrics.theme, metrics.headline, metrics.system_numerator as numerator,
    metrics.system_denominator as denominator, metrics.system_value as value, metrics.manual_numerator, metrics.manual_denominator,
    metrics.reconciled_numerator, metrics.reconciled_denominator, metrics.range_low, metrics.range_high,
    coalesce(metrics.range_says, '') as range_says, metrics.not_countable, metrics.overtaken, metrics.status, metrics.status_reason,
    metrics.revision, metrics.published_at, metrics.certificate_id, metrics.facts_hash, definitions.definition_hash,
    metrics.children_numerator, metrics.children_denominator, coalesce(tally.open_moving, 0) as open_moving,
    coalesce(tally.open_apart, 0) as open_apart,
    case when metrics.unit = 'percent' and metrics.better = 'high'
        then greatest(0, metrics.system_denominator - metrics.system_numerator + coalesce(bounds.unmet_low, 0))
        else greatest(0, metrics.system_numerator + coalesce(bounds.met_low, 0))
    end::integer as fewest,
    case when metrics.unit = 'percent' and metrics.better = 'high'
        then greatest(0, metrics.system_denominator - metrics.system_numerator + coalesce(bounds.unmet_high, 0))
        else greatest(0, metrics.system_numerator + coalesce(bounds.met_high, 0))
    end::integer as most
from figure_rows as metrics
left join bounds
    on metrics.authority = bounds.authority and metrics.indicator_id = bounds.indicator_id and metrics.as_at = bounds.as_at
    and metrics.team = bounds.team
left join tally
    on metrics.authority = tally.authority and metrics.indicator_id = tally.indicator_id and metrics.as_at = tally.as_at
    and metrics.team = tally.team
join facts.definitions as definitions
    on metrics.authority = definitions.authority and metrics.as_at = definitions.as_at
    and metrics.indicator_id = definitions.indicator_id
order by metrics.headline desc, metrics.theme, regexp_replace(metrics.indicator_id, '_[0-9]+M$', ''),
    try_cast(regexp_extract(metrics.indicator_id, '_([0-9]+)M$', 1) as integer) desc nulls last, metrics.as_at,
    metrics.team <> 'ALL', metrics.team
"""


def figures(
    rows: Rows,
    as_at: date | None = None,
    indicator: str | None = None,
    team: str | None = ALL,
    authority: str | None = None,
    nouns: Mapping[str, str] = MappingProxyType({}),
) -> list[Figure]:
    """The published figures asked for (None: all), headline ones first, then by theme and id.

    `nouns` says by indicator what one case is called (`case_nouns`); without it the unit says so.
    """
    query = FIGURES if rows(FILES_THERE, {}) else without_files(FIGURES)
    found = rows(query, {"as_at": as_at, "indicator": indicator, "team": team, "authority": authority})
    names = [field.name for field in fields(Figure)]
    for row in found:
        row["case_unit"] = nouns.get(row["indicator_id"], row["case_unit"])
    return [Figure(**{name: row[name] for name in names}) for row in found]


def case_nouns(catalogue: Catalogue) -> dict[str, str]:
    """What one case of each indicator is called, where the definition says so: assessment, referral."""
    return {one.id: one.case_name for one in catalogue.indicators.values() if one.case_name}


def figure(
    rows: Rows,
    indicator: str,
    as_at: date,
    team: str = ALL,
    authority: str | None = None,
    nouns: Mapping[str, str] = MappingProxyType({}),
) -> Figure:
    """One published figure. NoFigureError where there is none, or where several councils have it."""
    found = figures(rows, as_at, indicator, team, authority, nouns)
    if not found:
        of = "" if team == ALL else f" for {team}"
        raise NoFigureError(f"There is no figure of {indicator} at {as_at.isoformat()}{of}.")
    if len(found) > 1:
        raise NoFigureError("Several councils have that figure: say which.")
    return found[0]
