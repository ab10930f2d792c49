-- One team's own cases of one measure, as recorded: those that count, and those of which nobody can tell by the record.
select
    members.case_id, known.initials, members.worker,
    case
        when members.state in ('overtaken', 'not_countable') then 'not_known' when members.in_numerator then 'met' else 'not_met'
    end as as_recorded,
    members.decides_on as last_recorded, members.due_on as due_by
from facts.members as members
left join facts.initials as known on members.authority = known.authority and members.child_id = known.child_id
where
    members.authority = $authority and members.as_at = $as_at and members.indicator_id = $indicator and members.team = $team
    and (members.in_denominator or members.state in ('overtaken', 'not_countable'))
order by members.worker nulls last, known.initials nulls last, members.case_id
