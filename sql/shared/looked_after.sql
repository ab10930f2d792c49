-- Children looked after at a date, where they live and under which order. A name in quotes, where a macro is used, is the table that is
-- read, since the bare names exist only once a position is looked at.

-- One row per child: a period of care that is not outside goes before one that is, one with readable dates before one without.
create or replace macro care_at(episodes, as_at) as table
select
    *,
    outside_care(cla_start_date, cla_ceased_date, legal_status, as_at) as outside,
    in_care_is_known(cla_start_date, cla_ceased_date_unusable) as countable
from query_table(episodes)
qualify row_number() over (
    partition by person_id
    order by outside is not null, cla_start_date is null, coalesce(cla_ceased_date_unusable, false), delivery_id desc, source_row desc
) = 1;

-- The placement in which a child is at a date, temporary ones aside; none where it is not known.
create or replace macro placement_at(placements, as_at) as table
select person_id, cla_placement_start_date as placed_on, cla_placement_type as place
from query_table(placements)
where cla_placement_start_date <= as_at and coalesce(cla_placement_end_date > as_at, true)
    and coalesce(left(cla_placement_type, 1) <> 'T', true)
qualify row_number() over (partition by person_id order by cla_placement_start_date desc, delivery_id desc, source_row desc) = 1;

-- The legal status of a child at a date.
create or replace macro status_at(statuses, as_at) as table
select person_id, legal_status, legal_status_start_date as ordered_on
from query_table(statuses)
where legal_status_start_date <= as_at and coalesce(legal_status_end_date > as_at, true)
qualify row_number() over (partition by person_id order by legal_status_start_date desc, delivery_id desc, source_row desc) = 1;

-- A child placed with carers approved for now, or with parents, as a list of its own says: open at the date.
create or replace macro listed_at(rows_of, as_at) as table
select *
from as_it_stands(rows_of)
where placement_start_date <= as_at and coalesce(placement_end_date > as_at, true)
qualify row_number() over (partition by person_id order by placement_start_date desc, delivery_id desc, source_row desc) = 1;

-- What a child's care plan is for at a date, of sources that keep care plans.
create or replace macro care_plan_at(care_plans, as_at) as table
select person_id, permanence_plan
from query_table(care_plans)
where cla_care_plan_start_date <= as_at and coalesce(cla_care_plan_end_date > as_at, true) and nullif(permanence_plan, '') is not null
qualify row_number() over (partition by person_id order by cla_care_plan_start_date desc, delivery_id desc, source_row desc) = 1;

-- Children accommodated under section 20 at a date, since when, and whether there is a plan for where they are to grow up. Where the
-- status at the date is not known, because a later one has replaced it, nobody can say.
create or replace macro section_20(episodes, statuses, care_plans, as_at) as table
select
    care.* exclude (outside, countable),
    ordered_on as since,
    coalesce(care.outside, if(legal.legal_status <> 'V2', 'other_status', null)) as outside,
    care.countable and legal.legal_status is not null as countable,
    coalesce(care.permanence_plan, plans.permanence_plan) is not null as planned
from care_at(episodes, as_at) as care
left join status_at(statuses, as_at) as legal using (person_id)
left join care_plan_at(care_plans, as_at) as plans using (person_id);
