-- One row per young person; a member is a care leaver on the list, met where the home is suitable.
with leavers as (
    select
        *,
        case
            when care_leaver_in_touch = 'DIED' then 'died'
            when care_leaver_in_touch = 'RHOM' then 'returned_home'
        end as outside,
        care_leaver_in_touch_unusable is not true as countable
    from care_leavers
    qualify row_number() over (
        partition by person_id order by care_leaver_in_touch in ('DIED', 'RHOM') is true, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        if(care_leaver_accom_suitable_unusable, 'unusable', null),
        care_leaver_accom_suitable = 'suitable'
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from leavers
