-- One row per child with an enquiry, that which came farthest; it counts where its conference was held in the months up to the date and
-- made a plan.
select
    person_id as case_id,
    person_id as child_id,
    team,
    case
        when icpc_date > $as_at then 'after'
        when icpc_date <= $as_at - to_months($over_months) then 'before'
        when icpc_date is null and icpc_date_unusable is not true then 'no_conference'
        when icpc_outcome_cp = 'no' then 'no_plan_made'
    end as outside,
    outside is not null or (icpc_date is not null and icpc_outcome_cp is not null) as countable,
    s47_start_date as starts_on,
    case when icpc_date is not null then 'conference ' || strftime(icpc_date, '%d/%m/%Y') else 'no conference' end as says,
    delivery_id,
    source_row
from s47_enquiry
where person_id is not null
qualify row_number() over (
    partition by person_id
    order by outside is not null, not countable, icpc_date desc nulls last, s47_start_date desc, delivery_id desc, source_row desc
) = 1
