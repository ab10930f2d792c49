-- One row per child; a member is a child looked after at the as-at date, under sixteen, who has been for two and a half years or more, met
-- where it has lived in the same placement for two years, or is placed for adoption and that and the placement before make two years.
with births as (
    select
        person_id,
        max(date_of_birth) as born_on,
        bool_or(coalesce(date_of_birth_unusable, false)) as birth_unusable
    from person
    group by person_id
),

homes as (
    select
        person_id,
        cla_placement_start_date as placed_on,
        cla_placement_type in ('A3', 'A4', 'A5', 'A6') as for_adoption,
        lag(cla_placement_start_date) over (partition by person_id order by cla_placement_start_date) as home_before
    from (
        from cla_placement
        where cla_placement_start_date is not null and coalesce(left(cla_placement_type, 1) <> 'T', true)
        qualify row_number() over (
            partition by person_id, cla_placement_start_date order by delivery_id desc, source_row desc
        ) = 1
    )
),

home as (
    select *
    from homes
    where placed_on <= $as_at
    qualify row_number() over (partition by person_id order by placed_on desc) = 1
),

moved_since as (select distinct person_id from homes where placed_on > $as_at),

children as (
    select
        care.* exclude (outside, countable),
        born_on,
        placed_on,
        (placed_on + to_years($same_home_for_years))::date as settled_on,
        coalesce(for_adoption, false) as for_adoption,
        moved_since.person_id is not null as moved_since,
        care.countable and born_on is not null as countable,
        placed_on <= years_before($as_at, $same_home_for_years)
        or (for_adoption and home_before <= years_before($as_at, $same_home_for_years)) as settled,
        case
            when outside is not null then outside
            when born_on <= years_before($as_at, $under_age) then 'sixteen'
            when cla_start_date > ($as_at::date - to_months($in_care_for_months))::date then 'not_long'
        end as outside,
        home_before
    from care_at('cla_episodes', $as_at) as care
    left join births using (person_id)
    left join home using (person_id)
    left join moved_since using (person_id)
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    worker,
    case_state(
        outside, false, countable,
        case
            when settled then null
            when placed_on is null then if(moved_since, 'overtaken', 'unusable')
            when for_adoption and home_before is null then 'unusable'
        end,
        settled
    ) as state,
    counts(state) as in_denominator,
    is_met(state) as in_numerator,
    outside,
    cla_start_date as starts_on,
    placed_on as decides_on,
    settled_on as due_on,
    null::date as done_on,
    delivery_id,
    source_row
from children
