-- One row per child in need, on a plan or looked after; a member is one whose work has been open for longer than the interval, met where
-- a supervision about the child, or a manager's decision, is recorded within it.
with talked as (
    select
        person_id,
        max(supervision_date) filter (supervision_date <= $as_at) as last_on,
        bool_or(supervision_date is null) as odd
    from supervision
    where person_id is not null and coalesce(supervision_kind, 'case') in ('case', 'oversight')
    group by person_id
),

cases as (
    select
        children.* exclude (odd, outside),
        coalesce(outside, if($as_at - began <= $supervise_within_days, 'too_new', null)) as outside,
        last_on,
        coalesce(talked.odd, false) as odd,
        coalesce($as_at - last_on <= $supervise_within_days, false) as met
    from open_children('cin_episodes', 'cp_plans', 'cla_episodes', $as_at) as children
    left join talked using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, countable, if(odd and not met, 'unusable', null), met) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    began as starts_on,
    last_on as decides_on,
    coalesce(last_on, began) + $supervise_within_days as due_on,
    last_on as done_on,
    delivery_id,
    source_row
from cases
