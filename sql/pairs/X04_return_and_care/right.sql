-- One row per child that List 8 names; it counts where the child is looked after on the last day of the year, short breaks aside. Of one
-- whom the list does not name the case system may have the period of care that was open then, and its end since.
with listed as (
    select * from cla_episodes where contract = 'annex_a.list_08'
),

named as (
    select *, outside_care(cla_start_date, cla_ceased_date, legal_status, $as_at) as outside
    from listed
    qualify row_number() over (
        partition by person_id order by outside is not null, cla_start_date is null, delivery_id desc, source_row desc
    ) = 1
),

ended as (
    select * from cla_episodes
    where contract = 'ssd.cla_episodes' and cla_start_date <= $as_at and cla_ceased_date > $as_at
        and cla_ceased_date < (select max(extracted_on) from listed) - interval 6 months
        and person_id not in (select person_id from listed where person_id is not null)
    qualify row_number() over (partition by person_id order by cla_start_date desc, source_row desc) = 1
)

select
    person_id as case_id, person_id as child_id, team, outside,
    in_care_is_known(cla_start_date, cla_ceased_date_unusable) and legal_status_unusable is not true as countable,
    cla_start_date as starts_on, legal_status as says,
    break_or_care(legal_status) as code, cla_start_date as coded_on, delivery_id, source_row
from named
union all
select
    person_id as case_id, person_id as child_id, team, 'ended_since' as outside, true as countable, cla_start_date as starts_on,
    'ended ' || strftime(cla_ceased_date, '%d/%m/%Y') as says, null::varchar as code, null::date as coded_on, delivery_id, source_row
from ended
