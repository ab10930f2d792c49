-- Faults that were put in on purpose must have been found, and the record of decisions must be whole: a position of which that is not known
-- has nothing certified, and says so.
create or replace temp table proven as
select
    positions.authority, positions.as_at,
    case
        when bool_or(controls.kind = 'record' and controls.outcome <> 'PASS') then max(controls.says) filter (controls.kind = 'record')
        when count_if(controls.kind <> 'record') = 0 then 'the checks were not tried with faults put in on purpose'
        when bool_and(controls.outcome = 'PASS') then ''
        else 'the checks did not find every fault that was put in on purpose to try them'
    end as says
from (select distinct authority, as_at from figure_rows) as positions
left join facts.controls as controls on positions.authority = controls.authority and positions.as_at = controls.as_at
group by positions.authority, positions.as_at;
