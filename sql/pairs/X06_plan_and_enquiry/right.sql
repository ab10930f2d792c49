-- One row per child with an enquiry, that which came farthest; it counts where List 5 has a conference in the months up to the date that
-- made a plan. Where the list has none, the case system may have the conference, and the enquiry behind it.
with enquiries as (
    select
        person_id, team, contract = 'annex_a.list_05' as in_the_list, s47_start_date, icpc_date, icpc_date_unusable, icpc_outcome_cp,
        false as moved_in, delivery_id, source_row
    from s47_enquiry
    where person_id is not null
    union all by name
    -- a conference that no enquiry led to, as far as the case system knows
    select
        person_id, team, false as in_the_list, s47_start_date, icpc_date, icpc_date_unusable, icpc_outcome_cp,
        coalesce(icpc_transfer_in = 'yes', false) as moved_in, delivery_id, source_row
    from initial_cp_conference
    where contract = 'ssd.initial_cp_conference' and person_id is not null
        and (s47_start_date is null or coalesce(icpc_transfer_in = 'yes', false))
),

told as (
    select
        *,
        case
            when icpc_date > $as_at then 'after'
            when icpc_date <= $as_at - to_months($over_months) then 'before'
            when icpc_date is null and icpc_date_unusable is not true then 'no_conference'
            when icpc_outcome_cp = 'no' then 'no_plan_made'
            when in_the_list or icpc_date is null or icpc_outcome_cp is null then null
            when moved_in then 'moved_in'
            when s47_start_date is null then 'no_enquiry'
            else 'left_out'
        end as outside,
        outside is not null or (icpc_date is not null and icpc_outcome_cp is not null) as countable
    from enquiries
)

select
    person_id as case_id,
    person_id as child_id,
    team,
    outside,
    countable,
    coalesce(s47_start_date, icpc_date) as starts_on,
    case when icpc_date is not null then 'conference ' || strftime(icpc_date, '%d/%m/%Y') else 'no conference' end as says,
    delivery_id,
    source_row
from told
where in_the_list or (countable and outside is not null)
qualify row_number() over (
    partition by person_id
    order by
        case
            when in_the_list and outside is null then if(countable, 1, 2)
            when in_the_list and outside = 'no_plan_made' then 3
            when outside in ('moved_in', 'left_out', 'no_enquiry') then 4
            else if(in_the_list, 5, 6)
        end,
        outside = 'no_enquiry' asc, outside = 'left_out' asc, icpc_date desc nulls last, s47_start_date desc, delivery_id desc,
        source_row desc
) = 1
