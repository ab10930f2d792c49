-- Every figure that has a target at its date: what it should be then, and how it stands. A target holds from its own day until the next
-- one of the same figure. On the way there the figure should lie on the straight line between the points of the trajectory around its
-- date; after the last of them, and without any, it should be at the target; before the first nothing is asked of it yet. Of a figure
-- that is not reliable enough to report nothing is said.
create or replace table main.targets as
with chosen as (
    select
        metrics.authority, metrics.indicator_id, metrics.as_at, metrics.team, metrics.system_value, metrics.status,
        definitions.better, said.* exclude (authority, indicator_id, team)
    from metrics
    join facts.definitions as definitions
        on metrics.authority = definitions.authority and metrics.as_at = definitions.as_at
        and metrics.indicator_id = definitions.indicator_id
    join targets_said as said
        on metrics.authority = said.authority and metrics.indicator_id = said.indicator_id and metrics.team = said.team
        and said.begins <= metrics.as_at
    qualify row_number() over (
        partition by metrics.authority, metrics.indicator_id, metrics.as_at, metrics.team order by said.begins desc, said.place desc
    ) = 1
),

ways as (
    select
        chosen.authority, chosen.indicator_id, chosen.as_at, chosen.team,
        max({'day': on_day, 'value': value}) filter (on_day <= chosen.as_at) as before,
        min({'day': on_day, 'value': value}) filter (on_day > chosen.as_at) as next
    from chosen
    join target_points as points on chosen.authority = points.authority and chosen.place = points.place
    group by all
),

aims as (
    select
        chosen.*,
        case
            when ways.next is null then target
            when ways.before is not null
                then ways.before.value + (ways.next.value - ways.before.value)
                    * ((chosen.as_at - ways.before.day) / (ways.next.day - ways.before.day)::double)
        end as aim,
        round(case better
            when 'high' then system_value - aim
            when 'low' then aim - system_value
            else if(abs(system_value - aim) <= band, 0, -abs(system_value - aim))
        end, 9) as ahead
    from chosen
    left join ways using (authority, indicator_id, as_at, team)
)

select
    authority, indicator_id, as_at, team, target, band, aim,
    case
        when status = 'withheld' or ahead is null then null
        when ahead >= 0 then 'on_target'
        when ahead >= round(-band, 9) then 'within_band'
        else 'off'
    end as standing,
    baseline, baseline_on, owner, action
from aims;
