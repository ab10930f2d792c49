-- Children on a child in need plan at a date, one row each. A list that says what a child is open to decides (cin_plan); where it says
-- nothing, an open plan does. on_plan is null where a date that decides cannot be used; plan_on is the day the plan began, else the
-- day the episode did.
create or replace macro need_plans(episodes, plans, as_at) as table
with dated as (
    select
        person_id,
        bool_or(open_at(cin_plan_start_date, cin_plan_end_date, cin_plan_end_date_unusable, as_at)) as open_plan,
        bool_or(open_at(cin_plan_start_date, cin_plan_end_date, cin_plan_end_date_unusable, as_at) is null) as unknown_plan,
        max(cin_plan_start_date) filter (
            open_at(cin_plan_start_date, cin_plan_end_date, cin_plan_end_date_unusable, as_at)
        ) as open_since
    from query_table(plans)
    group by person_id
),

children as (
    select
        episode.*,
        coalesce(dated.open_plan, false) as open_plan,
        coalesce(dated.unknown_plan, false) and not coalesce(dated.open_plan, false) as unknown_plan,
        dated.open_since,
        open_at(cin_start_date, cin_close_date, cin_close_date_unusable, as_at) as is_open,
        coalesce(
            outside_open(cin_start_date, cin_close_date, as_at),
            if(coalesce(case_status = 'cin_plan', open_plan or unknown_plan), null, 'no_plan')
        ) as outside_plan
    from query_table(episodes) as episode
    left join dated using (person_id)
    qualify row_number() over (
        partition by person_id order by outside_plan is not null, cin_start_date is null, delivery_id desc, source_row desc
    ) = 1
)

select
    *,
    case
        when outside_plan is not null then false
        when is_open and (case_status is not null or not unknown_plan) then true
    end as on_plan,
    coalesce(open_since, cin_start_date) as plan_on
from children;
