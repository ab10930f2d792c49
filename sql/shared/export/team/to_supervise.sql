-- A team's workers without supervision, the longest without first.
select coalesce(worker, worker_id) as worker, reason, overdue_since, last_on, days_overdue
from to_supervise
where authority = $authority and as_at = $as_at and team = $team
order by place
