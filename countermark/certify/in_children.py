"""The exact range of each figure in cases: at least so many, at most so many on the side that worries. Table main.ranges.

The side that worries is not meeting it where high is better, else being counted. The ways in which open cases can fall are those of the
range of the value (`certify.CHOICES`); here they are added up as whole cases, at the authority and at each team.
"""

from __future__ import annotations

import duckdb

from countermark.certify.certify import CHOICES

RANGES = f"""
create or replace table main.ranges as
with moves as (
    select ways.*, list_transform(choices, lambda way: way.n) as met, list_transform(choices, lambda way: way.d - way.n) as unmet
    from ({CHOICES}) as ways
),
bounds as (
    select authority, indicator_id, as_at, team, sum(times * list_min(met)) as met_low, sum(times * list_max(met)) as met_high,
        sum(times * list_min(unmet)) as unmet_low, sum(times * list_max(unmet)) as unmet_high
    from moves group by all
),
tally as (
    select authority, indicator_id, as_at, team, count(distinct break_id) filter (state = 'open' and effect <> 0)::integer as open,
        count(distinct break_id) filter (state = 'decided' and effect <> 0)::integer as decided
    from differences group by all
),
sides as (
    select metrics.*, measures = 'share' and better = 'high' as is_unmet,
        range_low is not null and measures in ('share', 'count') as has_range
    from main.metrics as metrics
)
select
    sides.authority, sides.indicator_id, sides.as_at, sides.team, sides.case_unit, if(is_unmet, 'not_met', 'met') as side,
    if(is_unmet, system_denominator - system_numerator, system_numerator) as recorded,
    if(is_unmet, manual_denominator - manual_numerator, manual_numerator) as counted,
    if(is_unmet, reconciled_denominator - reconciled_numerator, reconciled_numerator) as reconciled,
    case when has_range then greatest(0, if(is_unmet, system_denominator - system_numerator + coalesce(unmet_low, 0),
        system_numerator + coalesce(met_low, 0))) end::integer as fewest,
    case when has_range then greatest(0, if(is_unmet, system_denominator - system_numerator + coalesce(unmet_high, 0),
        system_numerator + coalesce(met_high, 0))) end::integer as most,
    reconciled_value, range_low, range_high, coalesce(tally.open, 0) as open, coalesce(tally.decided, 0) as decided, sides.status
from sides
left join bounds
    on sides.authority = bounds.authority and sides.indicator_id = bounds.indicator_id and sides.as_at = bounds.as_at
    and sides.team = bounds.team
left join tally
    on sides.authority = tally.authority and sides.indicator_id = tally.indicator_id and sides.as_at = tally.as_at
    and sides.team = tally.team
"""


def add_ranges(con: duckdb.DuckDBPyConnection) -> None:
    """Make main.ranges in the open snapshot, whose metrics, `differences` and `figure_rows` are there."""
    con.execute(RANGES)
