-- Who held each case when it counted: the team that the allocations name on that day. The figures' team stays the one at extract.
-- The day: on time, the day it was done; late or not done, the day by which it was due; where no event decides, the position's date.
-- Of several allocations that cover a day the allocated worker's counts, then the latest; reviewing officers and carers' workers hold
-- no case. An allocation whose end cannot be read covers nothing: nobody can say that it was still open.
create or replace temp table member_events as
with clocks as (
    select unnest($indicators) as indicator_id, unnest($decides) as event_decides, unnest($last_event) as last_event
),
timed as (
    select
        members.indicator_id, members.case_id, members.child_id,
        case
            when clocks.event_decides = 'none' then $as_at
            when clocks.last_event and members.in_numerator then coalesce(members.done_on, members.decides_on, members.starts_on)
            when not clocks.last_event and members.done_on <= members.due_on then members.done_on
            else coalesce(members.due_on, members.done_on, members.decides_on, members.starts_on)
        end as decided_on
    from facts.members as members join clocks on members.indicator_id = clocks.indicator_id
    where
        members.authority = $authority and members.as_at = $as_at and members.basis = $basis and members.state is not null
)
select indicator_id, case_id, child_id, if(decided_on > $as_at, $as_at, decided_on) as event_on from timed;

create or replace temp table member_teams as
select events.indicator_id, events.case_id, events.event_on, held.professional_team as team
from member_events as events
left join involvements as held
    on events.child_id = held.person_id and held.involvement_start_date <= events.event_on
    and (held.involvement_end_date >= events.event_on or held.involvement_end_date is null)
    and held.involvement_end_date_unusable is not true and held.professional_team is not null
    and list_contains($contracts, held.contract)
    and coalesce(held.professional_role_id, '') not in ('reviewing_officer', 'supervising_social_worker')
qualify row_number() over (
    partition by events.indicator_id, events.case_id
    order by
        case held.professional_role_id when 'allocated' then 0 else 1 end asc, held.involvement_start_date desc,
        held.involvement_end_date desc nulls first, held.professional_team asc
) = 1;

update facts.members
set event_on = told.event_on, team_at_event = told.team
from member_teams as told
where
    members.authority = $authority and members.as_at = $as_at and members.basis = $basis
    and members.indicator_id = told.indicator_id and members.case_id = told.case_id and members.state is not null;
