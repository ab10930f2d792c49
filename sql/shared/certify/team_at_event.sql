-- Which teams held the cases of each figure when they counted. Nothing is said of a position of which no allocation was delivered.
create or replace table main.team_at_event as
select
    members.authority, members.indicator_id, members.as_at, members.team, members.team_at_event,
    count(*) filter (members.in_denominator)::integer as cases,
    case any_value(definitions.better)
        when 'high' then count(*) filter (members.in_denominator and not members.in_numerator)
        when 'low' then count(*) filter (members.in_numerator)
    end::integer as not_met
from facts.members as members
join facts.definitions as definitions
    on members.authority = definitions.authority and members.as_at = definitions.as_at and members.indicator_id = definitions.indicator_id
where exists (
    select 1 from facts.members as held
    where held.authority = members.authority and held.as_at = members.as_at and held.team_at_event is not null
)
group by all
having count(*) filter (members.in_denominator) > 0;
