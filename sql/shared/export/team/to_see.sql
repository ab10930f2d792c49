-- The children whom a team is to see, in order of risk: those of whom any reason names the team, each with every reason.
select place, child_id, reasons, worker, overdue_since, days_overdue
from to_see
where
    authority = $authority and as_at = $as_at
    and (team = $team or contains('; ' || teams || '; ', '; ' || $team::varchar || '; '))
order by place
