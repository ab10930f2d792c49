-- One row per strategy discussion; a member is one held in the month of which is known what it led to, met where that is nothing: no
-- enquiry by its own answer or on the list, and no further action or no other outcome.
with listed as (
    select
        *,
        event_case(person_id, strategy_discussion_date, source_row) as case_id
    from strategy_discussions
    qualify row_number() over (partition by case_id order by extracted_on desc, delivery_id desc, source_row desc) = 1
),

enquired as (
    select listed.case_id, min(s47_start_date) as enquired_on
    from listed
    join s47_enquiry using (person_id)
    where
        s47_start_date <= $as_at
        and s47_start_date between strategy_discussion_date and add_working_days(strategy_discussion_date, $follow_within_working_days)
    group by listed.case_id
),

cases as (
    select
        listed.*,
        enquired_on,
        coalesce(led_to_s47 = 'yes', false) or enquired_on is not null as led,
        coalesce(outcome <> 'no_further_action', false) as led_elsewhere,
        case
            when strategy_discussion_date < $period_start or strategy_discussion_date > $as_at then 'not_in_period'
            when led_to_s47 is null and enquired_on is null and outcome is null and led_to_s47_unusable is not true then 'not_answered'
        end as outside
    from listed
    left join enquired using (case_id)
)

select
    case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside,
        outside = 'not_answered' and strategy_discussion_date is not null,
        strategy_discussion_date is not null,
        if(led_to_s47_unusable and not led and not led_elsewhere, 'unusable', null),
        not led and not led_elsewhere
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    strategy_discussion_date as starts_on,
    strategy_discussion_date as decides_on,
    null::date as due_on,
    enquired_on as done_on,
    delivery_id,
    source_row
from cases
