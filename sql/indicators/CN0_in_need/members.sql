-- One row per child that List 6 names; a member is a child with an episode of need open at the as-at date.
with episodes as (
    select
        *,
        outside_open(cin_start_date, cin_close_date, $as_at) as outside,
        open_at(cin_start_date, cin_close_date, cin_close_date_unusable, $as_at) as open
    from cin_episodes
    qualify row_number() over (
        partition by person_id order by outside is not null, cin_start_date is null, delivery_id desc, source_row desc
    ) = 1
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(outside, false, open is not null, null, true) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cin_start_date as starts_on,
    null::date as decides_on,
    null::date as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from episodes
