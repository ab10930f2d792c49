-- One row per young person; a member is a care leaver on the list, met where the pathway plan was reviewed in the last six months.
with leavers as (
    select
        *,
        case
            when care_leaver_in_touch = 'DIED' then 'died'
            when care_leaver_in_touch = 'RHOM' then 'returned_home'
            when count(pathway_plan_review_date) over () = 0
                and bool_or(pathway_plan_review_date_unusable) over () is not true then 'not_in_list'
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
        case when pathway_plan_review_date_unusable then 'unusable' when pathway_plan_review_date > $as_at then 'overtaken' end,
        pathway_plan_review_date > ($as_at::date - to_months($review_within_months))::date
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    null::date as starts_on,
    pathway_plan_review_date as decides_on,
    (pathway_plan_review_date + to_months($review_within_months))::date as due_on,
    if(pathway_plan_review_date <= $as_at, pathway_plan_review_date, null) as done_on,
    delivery_id,
    source_row
from leavers
