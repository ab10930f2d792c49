-- The authority's figures for the public. `is_small(n)` and `mark()` come from countermark/exports/suppression.py.
-- A small numerator or complement, on any of the three sides, empties every numerator, value and range of the row; a small denominator
-- and a small count of odd cases are emptied too. An overtaken case widens the range by itself, so with a small number of them hidden
-- the range goes as well: its two ends would give that number away.
-- Reasons are fixed sentences: the officers' own hold small numbers and teams' names.
with judged as (
    select
        *, status = 'withheld' as hidden, is_small(overtaken) as few_overtaken,
        is_small(system_numerator) or is_small(system_denominator - system_numerator)
        or is_small(manual_numerator) or is_small(manual_denominator - manual_numerator)
        or is_small(reconciled_numerator) or is_small(reconciled_denominator - reconciled_numerator)
        or is_small(system_denominator) or is_small(manual_denominator) or is_small(reconciled_denominator) as small
    from metrics where team = 'ALL'
),
emptied as (
    select
        * replace (
            case when not (small or hidden) then system_numerator end as system_numerator,
            case when not (is_small(system_denominator) or hidden) then system_denominator end as system_denominator,
            case when not (small or hidden) then system_value end as system_value,
            case when not (small or hidden) then manual_numerator end as manual_numerator,
            case when not (is_small(manual_denominator) or hidden) then manual_denominator end as manual_denominator,
            case when not (small or hidden) then manual_value end as manual_value,
            case when not (small or hidden) then reconciled_numerator end as reconciled_numerator,
            case when not (is_small(reconciled_denominator) or hidden) then reconciled_denominator end as reconciled_denominator,
            case when not (small or hidden) then reconciled_value end as reconciled_value,
            case when not (small or hidden or few_overtaken) then range_low end as range_low,
            case when not (small or hidden or few_overtaken) then range_high end as range_high,
            case when not is_small(not_countable) then not_countable end as not_countable,
            case when not few_overtaken then overtaken end as overtaken
        ),
        system_denominator as sd, manual_denominator as md, reconciled_denominator as rd, not_countable as nc
    from judged
)
select
    * replace (
        case status
            when 'certified' then 'Checked: safe to quote.'
            when 'provisional' then 'Being checked: quote with its range.'
            else 'Not reliable enough to report.'
        end as status_reason
    ),
    case when small then mark() end as suppressed,
    nullif(concat_ws(
        ' ', case when is_small(sd) then 'system_denominator' end, case when is_small(md) then 'manual_denominator' end,
        case when is_small(rd) then 'reconciled_denominator' end,
        case when few_overtaken and not (small or hidden) then 'range_low range_high' end,
        case when is_small(nc) then 'not_countable' end, case when few_overtaken then 'overtaken' end
    ), '') as suppressed_cells
from emptied
