-- One row per open dispute about a child whom the case system knows; it counts where the child is in care at the date, and was when the
-- dispute was raised. Beside them the challenges of reviewing officers in the log, about children in care, of which the tracker has none
-- open that was raised within five working days.
with cared as (
    select *, outside_open(cla_start_date, cla_ceased_date, $as_at) as outside
    from cla_episodes
    qualify row_number() over (
        partition by person_id
        order by outside_open(cla_start_date, cla_ceased_date, $as_at) is not null, cla_start_date desc, delivery_id desc, source_row desc
    ) = 1
),

raised as (
    select
        *, event_case(person_id, raised_date, source_row) || '/' || coalesce(dispute_number, '') as case_id,
        open_at(raised_date, resolved_date, resolved_date_unusable, $as_at) is not null as is_known
    from as_it_stands('iro_disputes')
    where person_id is not null and outside_open(raised_date, resolved_date, $as_at) is null
    qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
),

known as (
    select person_id, max(delivery_id) as delivery_id, max(source_row) as source_row
    from person
    where person_id not in (select person_id from cared where person_id is not null)
    group by person_id
),

logged as (
    select challenges.*
    from as_it_stands('challenges') as challenges
    join cared on challenges.person_id = cared.person_id and cared.outside is null
    where challenges.challenge_kind = 'iro' and outside_open(challenges.raised_date, challenges.closed_date, $as_at) is null
        and not exists (
            select 1 from raised
            where raised.person_id = challenges.person_id
                and abs(working_days(calendar_day(raised.raised_date), calendar_day(challenges.raised_date))) <= 5
        )
)

select
    raised.case_id, raised.person_id as child_id, cared.team,
    case
        when cared.outside = 'closed' then 'care_ended'
        when cared.outside = 'not_begun' then 'care_not_begun'
        when raised.raised_date < cared.cla_start_date then 'raised_before_care'
    end as outside,
    raised.is_known
    and open_at(cared.cla_start_date, cared.cla_ceased_date, cared.cla_ceased_date_unusable, $as_at) is not null as countable,
    raised.raised_date as starts_on, 'looked after since ' || strftime(cared.cla_start_date, '%d/%m/%Y') as says,
    cared.delivery_id, cared.source_row
from raised
join cared on raised.person_id = cared.person_id
union all
select
    raised.case_id, raised.person_id as child_id, null as team, 'never_in_care' as outside, true as countable,
    raised.raised_date as starts_on, 'known, not in care' as says, known.delivery_id, known.source_row
from raised
join known on raised.person_id = known.person_id
union all
select
    event_case(person_id, raised_date, source_row) || '/log ' || coalesce(challenge_number, '') as case_id, person_id as child_id, team,
    null as outside, open_at(raised_date, closed_date, closed_date_unusable, $as_at) is not null as countable, raised_date as starts_on,
    'in the log of challenges' as says, delivery_id, source_row
from logged
qualify row_number() over (partition by case_id order by delivery_id desc, source_row desc) = 1
