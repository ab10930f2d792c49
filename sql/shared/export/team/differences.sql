-- A team's differences at a date that want a look, those that move a figure first.
select
    breaks.break_id, metrics.title, breaks.measure, breaks.case_id, breaks.effect, breaks.reason, breaks.proof, breaks.event_date,
    breaks.manual_source, breaks.system_source, breaks.first_seen, breaks.state
from breaks
left join metrics
    on breaks.authority = metrics.authority and breaks.indicator_id = metrics.indicator_id and breaks.as_at = metrics.as_at
    and metrics.team = 'ALL'
where breaks.authority = $authority and breaks.as_at = $as_at and breaks.team = $team and breaks.state <> 'closed'
order by breaks.effect = 0, breaks.indicator_id, breaks.first_seen, breaks.case_id, breaks.measure, breaks.break_id
