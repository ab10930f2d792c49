-- One row per child; a member is a child in pre-proceedings at the as-at date whose first six weeks are over, met where the latest review
-- meeting lies no further back. The first meeting with the parents is where they begin. A tracker keeps the latest review alone.
with cases as (
    select
        *,
        greatest(pre_pro_start_date, if(initial_pre_pro_meeting_date <= $as_at, initial_pre_pro_meeting_date, null)) as since,
        last_review_meeting_date <= $as_at and $as_at - last_review_meeting_date <= $review_within_days as met,
        coalesce(
            not_open,
            if(
                $as_at - since <= $review_within_days and not coalesce(last_review_meeting_date <= $as_at, false)
                and last_review_meeting_date_unusable is not true and is_open is not null,
                'not_due', null
            )
        ) as outside
    from times_in_pre_proceedings('pre_proceedings', $as_at)
    qualify row_number() over (
        partition by person_id
        order by outside is not null, pre_pro_start_date is null, pre_pro_start_date asc, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, outside = 'not_due', is_open is not null,
        case when last_review_meeting_date_unusable then 'unusable' when last_review_meeting_date > $as_at then 'overtaken' end, met
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    pre_pro_start_date as starts_on,
    last_review_meeting_date as decides_on,
    if(last_review_meeting_date <= $as_at, last_review_meeting_date, since) + $review_within_days as due_on,
    if(last_review_meeting_date <= $as_at, last_review_meeting_date, null) as done_on,
    delivery_id,
    source_row
from cases
