-- What a team's records fail, errors first. Rules have no date of position: this is what stands now.
select
    failures.failure_id, failures.rule_code, failures.severity, failures.message, failures.child_id, failures.contract, failures.source_row,
    failures."column", failures.first_seen
from failures
where failures.authority = $authority and failures.team = $team
order by
    case failures.severity when 'blocking' then 1 when 'warning' then 2 else 3 end,
    failures.rule_code, failures.child_id, failures.source_row, failures."column"
