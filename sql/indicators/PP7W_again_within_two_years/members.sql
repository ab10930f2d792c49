-- One row per child that List 7 names; a member is a child whose plan started in the period, met where an earlier plan of the child had
-- ended within the time before. Where the earlier plans of that time are not all delivered, only a child's first plan is known to be none.
with latest as (
    select
        *,
        if(cp_plan_start_date < $period_start or cp_plan_start_date > $as_at, 'not_in_period', null) as outside,
        (cp_plan_start_date - to_months($within_months))::date as since
    from cp_plans
    qualify row_number() over (
        partition by person_id
        order by
            coalesce(cp_plan_start_date < $period_start or cp_plan_start_date > $as_at, false), cp_plan_start_date is null,
            cp_plan_start_date desc, delivery_id desc, source_row desc
    ) = 1
),

returned as (
    select * from as_returned('cp_plan_history')
),

earlier as (
    select
        latest.person_id,
        max(returned.cp_plan_end_date) as ended_on,
        bool_or(returned.cp_plan_end_date_unusable) as unclear
    from latest
    join returned using (person_id)
    where returned.cp_plan_start_date < latest.cp_plan_start_date
        and (returned.cp_plan_end_date <= latest.cp_plan_start_date or returned.cp_plan_end_date_unusable)
    group by latest.person_id
),

covered as (
    select latest.person_id
    from latest
    join (select distinct complete_from, complete_to from returned) as kept
        on latest.since >= kept.complete_from and latest.cp_plan_start_date <= kept.complete_to
    group by latest.person_id
),

cases as (
    select
        latest.*,
        ended_on,
        coalesce(ended_on >= since, false) as met,
        coalesce(previous_plans, 0) > 0 or coalesce(previous_plans_unusable, false) as had_earlier,
        coalesce(unclear, false) or (had_earlier and covered.person_id is null) as unknown
    from latest
    left join earlier using (person_id)
    left join covered using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, cp_plan_start_date is not null, if(unknown and not met, 'unusable', null), met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cp_plan_start_date as starts_on,
    cp_plan_start_date as decides_on,
    null::date as due_on,
    if(outside is null, ended_on, null) as done_on,
    delivery_id,
    source_row
from cases
