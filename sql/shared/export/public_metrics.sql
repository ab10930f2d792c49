-- Figures for the public. Table `emptied` (which figures have lost what, small numbers and what would give them away) and the macros
-- `is_small(n)`, `mark()`, `gives(side)`, `gives_teams()` and `rounded(share)` come from countermark/exports/suppression.py.
-- A figure is emptied whole: every numerator, value and range of the row. A small denominator goes by itself. An overtaken case widens
-- the range by itself, so with their number hidden the range goes as well: its two ends would give that number away.
-- Teams' rows are left out where the authority's own cohort is small: that they are there would say that it holds so many at least.
-- Reasons are fixed sentences: the officers' own hold small numbers and teams' names.
with judged as (
    select
        metrics.*, metrics.status = 'withheld' as hidden, coalesce(emptied.figure, false) as small,
        coalesce(emptied.overtaken, false) as few_overtaken, coalesce(emptied.not_countable, false) as few_not_countable,
        not (hidden or coalesce(emptied.figure, false)) as is_told,
        is_small(metrics.system_denominator)
        or (metrics.system_denominator is not null and coalesce(emptied.denominator, false)) as no_sd,
        gives('manual') and (is_small(metrics.manual_denominator)
        or (metrics.manual_denominator is not null and coalesce(emptied.denominator, false))) as no_md,
        gives('reconciled') and (is_small(metrics.reconciled_denominator)
        or (metrics.reconciled_denominator is not null and coalesce(emptied.denominator, false))) as no_rd
    from metrics
    left join emptied
        on metrics.authority = emptied.authority and metrics.indicator_id = emptied.indicator_id
        and metrics.as_at = emptied.as_at and metrics.team = emptied.team
    left join metrics as whole
        on metrics.authority = whole.authority and metrics.indicator_id = whole.indicator_id
        and metrics.as_at = whole.as_at and whole.team = 'ALL'
    where metrics.team = 'ALL' or (
        -- from the averages of teams that of a small one can be worked out
        gives_teams() and metrics.measures in ('share', 'count')
        and not is_small(if(whole.measures = 'count', whole.system_numerator, whole.system_denominator))
    )
)
select
    * replace (
        case when is_told then system_numerator end as system_numerator,
        case when not (no_sd or hidden) then system_denominator end as system_denominator,
        case when is_told then if(measures <> 'share', system_value, rounded(system_value)) end as system_value,
        case when is_told and gives('manual') then manual_numerator end as manual_numerator,
        case when gives('manual') and not (no_md or hidden) then manual_denominator end as manual_denominator,
        case when is_told and gives('manual') then if(measures <> 'share', manual_value, rounded(manual_value)) end as manual_value,
        case when is_told and gives('reconciled') then reconciled_numerator end as reconciled_numerator,
        case when gives('reconciled') and not (no_rd or hidden) then reconciled_denominator end as reconciled_denominator,
        case when is_told and gives('reconciled') then if(measures <> 'share', reconciled_value, rounded(reconciled_value)) end
            as reconciled_value,
        case when is_told and not few_overtaken then if(measures <> 'share', range_low, rounded(range_low)) end as range_low,
        case when is_told and not few_overtaken then if(measures <> 'share', range_high, rounded(range_high)) end as range_high,
        case when not few_not_countable then not_countable end as not_countable,
        case when not few_overtaken then overtaken end as overtaken,
        case status
            when 'certified' then 'Checked: safe to quote.'
            when 'provisional' then 'Being checked: quote with its range.'
            else 'Not reliable enough to report.'
        end as status_reason
    ),
    case when small then mark() end as suppressed,
    nullif(concat_ws(
        ' ', case when no_sd then 'system_denominator' end, case when no_md then 'manual_denominator' end,
        case when no_rd then 'reconciled_denominator' end, case when few_overtaken and is_told then 'range_low range_high' end,
        case when few_not_countable then 'not_countable' end, case when few_overtaken then 'overtaken' end
    ), '') as suppressed_cells
from judged
