-- A team's children not seen, or for whom something is overdue at a date: where high is good those that do not meet the measure, where
-- low is good those that do, with the day by which it was due.
select
    metrics.title, members.case_id, members.child_id, members.worker, members.due_on, members.done_on, members.state
from members
join metrics
    on members.authority = metrics.authority and members.indicator_id = metrics.indicator_id and members.as_at = metrics.as_at
    and metrics.team = 'ALL'
where
    members.authority = $authority and members.as_at = $as_at and members.team = $team and members.in_denominator
    and case metrics.better
        when 'high' then not members.in_numerator and coalesce(members.due_on <= members.as_at, true)
        when 'low' then members.in_numerator and members.due_on <= members.as_at
        else false
    end
order by members.due_on nulls first, metrics.title, members.case_id
