-- A team's differences at a date that want a look, one row each: those that move a headline first, then alike together.
with mine as (
    select breaks.*, metrics.title, coalesce(metrics.headline, false) and breaks.effect <> 0 as moves_headline
    from breaks
    left join metrics
        on breaks.authority = metrics.authority and breaks.indicator_id = metrics.indicator_id and breaks.as_at = metrics.as_at
        and metrics.team = 'ALL'
    where breaks.authority = $authority and breaks.as_at = $as_at and breaks.team = $team and breaks.state <> 'closed'
),
bound as (
    select break_id, string_agg(distinct bound_to, ' ' order by bound_to) as bound_to
    from breaks where authority = $authority and as_at = $as_at group by break_id
)
select
    mine.break_id, any_value(mine.indicator_id) as indicator_id, any_value(mine.title) as title, any_value(mine.case_id) as case_id,
    if(bool_or(mine.moves_headline), 'yes', 'no') as moves_headline, arg_max(mine.reason, abs(mine.effect)) as reason,
    arg_max(mine.proof, abs(mine.effect)) as proof,
    list(distinct {'measure': mine.measure, 'effect': mine.effect} order by {'measure': mine.measure, 'effect': mine.effect}) as moves,
    max(mine.event_date) as event_date, max(mine.manual_source) as manual_source, max(mine.system_source) as system_source,
    min(mine.first_seen) as first_seen, min(mine.state) as state, any_value(bound.bound_to) as bound_to
from mine
join bound on mine.break_id = bound.break_id
group by mine.break_id
order by
    bool_or(mine.moves_headline) desc, max(abs(mine.effect)) = 0, any_value(mine.indicator_id),
    arg_max(mine.reason, abs(mine.effect)), min(mine.first_seen), any_value(mine.case_id), mine.break_id
