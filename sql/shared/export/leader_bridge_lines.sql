-- A bridge tells the value at both its ends: of a withheld figure the reasons stay and the numbers go. A team without a figure of its
-- own (its cohort is empty) goes by the authority's status.
select
    lines.* replace (
        case when shown then lines.manual end as manual,
        case when shown then lines.system end as system,
        case when shown then lines.effect end as effect,
        case when shown then lines.cases end as cases
    )
from bridge_lines as lines
left join metrics as own
    on lines.authority = own.authority and lines.indicator_id = own.indicator_id and lines.as_at = own.as_at and lines.team = own.team
left join metrics as whole
    on lines.authority = whole.authority and lines.indicator_id = whole.indicator_id and lines.as_at = whole.as_at and whole.team = 'ALL'
cross join lateral (select coalesce(own.status, whole.status, 'withheld') <> 'withheld' as shown) as statuses
