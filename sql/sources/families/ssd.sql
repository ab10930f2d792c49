-- What the tables of a case system's database say together. Each is read for itself, and one that could not be read on a day stands as it
-- was last read: typed.ssd_beside has, for every day on which a table was read, the read of every other table that stands beside it.
create or replace table typed.ssd_beside as
select
    days.authority, days.extracted_on, beside.contract,
    coalesce(
        max(beside.extracted_on) filter (beside.extracted_on <= days.extracted_on), min(beside.extracted_on)
    ) as beside_on
from (select distinct authority, extracted_on from typed.extracts where contract like 'ssd.%') as days
join typed.extracts as beside on days.authority = beside.authority and beside.contract like 'ssd.%'
group by all;

-- A team by its id. Where a system writes the team's name into its id, the name is known as such.
create or replace table typed.ssd_team_of as
select
    beside.authority, beside.extracted_on, department.dept_team_id as team_id, any_value(department.team) as team
from typed.ssd_beside as beside
join typed.ssd_department as department
    on
        beside.authority = department.authority and beside.beside_on = department.extracted_on
        and beside.contract = 'ssd.department'
where department.is_counted and department.reject_reason is null
group by all
union all by name
select days.authority, days.extracted_on, upper(teams.team) as team_id, teams.team
from (select distinct authority, extracted_on from typed.ssd_beside) as days
join typed.teams on days.authority = teams.authority and teams.known and teams.spelling = fold_name(teams.team)
where
    not exists (
        select 1 from typed.ssd_department as department
        where department.authority = days.authority and department.dept_team_id = upper(teams.team)
    );

create or replace table typed.ssd_worker_of as
select
    beside.authority, beside.extracted_on, workers.prof_professional_id as worker_id,
    any_value(workers.prof_professional_name) as worker
from typed.ssd_beside as beside
join typed.ssd_professionals as workers
    on beside.authority = workers.authority and beside.beside_on = workers.extracted_on and beside.contract = 'ssd.professionals'
where workers.is_counted and workers.reject_reason is null
group by all;

-- Who holds a child's case on the day of the read: the open involvement of the allocated worker, the latest where there are several.
create or replace table typed.ssd_holder as
select beside.authority, beside.extracted_on, held.invo_person_id as person_id, teams.team, workers.worker
from typed.ssd_beside as beside
join typed.ssd_involvements as held
    on beside.authority = held.authority and beside.beside_on = held.extracted_on and beside.contract = 'ssd.involvements'
left join typed.ssd_team_of as teams
    on
        beside.authority = teams.authority and beside.extracted_on = teams.extracted_on
        and held.invo_professional_team = teams.team_id
left join typed.ssd_worker_of as workers
    on
        beside.authority = workers.authority and beside.extracted_on = workers.extracted_on
        and held.invo_professional_id = workers.worker_id
where
    held.is_counted and held.reject_reason is null and held.invo_involvement_start_date <= beside.extracted_on
    and coalesce(held.invo_involvement_end_date > beside.extracted_on, held.invo_involvement_end_date_unusable is not true)
qualify row_number() over (
    partition by beside.authority, beside.extracted_on, held.invo_person_id
    order by held.invo_professional_role_id is distinct from 'allocated', held.invo_involvement_start_date desc, held.row_number desc
) = 1;

-- Protection plans of the authority's own: one that another authority made is that authority's to count.
create or replace table typed.ssd_plan as
select
    beside.authority, beside.extracted_on, plans.cppl_person_id as person_id, plans.cppl_cp_plan_id as plan_id,
    plans.cppl_cp_plan_start_date as start_on, plans.cppl_cp_plan_end_date as end_on
from typed.ssd_beside as beside
join typed.ssd_cp_plans as plans
    on beside.authority = plans.authority and beside.beside_on = plans.extracted_on and beside.contract = 'ssd.cp_plans'
where plans.is_counted and plans.cppl_person_id is not null and plans.cppl_cp_plan_ola is distinct from 'yes';

-- Periods of care: episodes that follow one another without a day between are one (clae_cla_id); one that ceased with X1 went on.
create or replace table typed.ssd_period as
select
    beside.authority, beside.extracted_on, episodes.clae_person_id as person_id,
    coalesce(episodes.clae_cla_id, episodes.source_row) as period_id,
    arg_max(
        {'delivery': episodes.delivery_id, 'row': episodes.source_row},
        {'on': coalesce(episodes.clae_cla_episode_start_date, date '1990-01-01'), 'row': episodes.row_number}
    ) as last_row,
    any_value(episodes.extracted_on) as read_on,
    least(min(episodes.clae_cla_episode_start_date), min(episodes.clae_entered_care_date)) as start_on,
    arg_max(
        {
            'ceased': if(episodes.clae_cla_episode_ceased_reason = 'X1', null, episodes.clae_cla_episode_ceased_date),
            'unusable': episodes.clae_cla_episode_ceased_date_unusable
        },
        {'on': coalesce(episodes.clae_cla_episode_start_date, date '1990-01-01'), 'row': episodes.row_number}
    ) as ended
from typed.ssd_beside as beside
join typed.ssd_cla_episodes as episodes
    on beside.authority = episodes.authority and beside.beside_on = episodes.extracted_on and beside.contract = 'ssd.cla_episodes'
where episodes.is_counted and episodes.clae_person_id is not null
group by all
