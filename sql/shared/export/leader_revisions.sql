-- What was certified stays readable. A revision that was withheld shows no value, and while the figure is withheld now, neither does
-- one that was provisional.
select
    revisions.* replace (
        case when shown then revisions.system_numerator end as system_numerator,
        case when shown then revisions.system_denominator end as system_denominator,
        case when shown then revisions.system_value end as system_value
    )
from revisions
left join metrics as now
    on revisions.authority = now.authority and revisions.indicator_id = now.indicator_id and revisions.as_at = now.as_at
    and revisions.team = now.team
cross join lateral (
    select case revisions.status when 'certified' then true when 'provisional' then coalesce(now.status, 'withheld') <> 'withheld'
        else false end as shown
) as statuses
