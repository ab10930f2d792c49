-- What came of each conference: a return does not say, and has the plan itself. A plan that began on the day or within 45 days after it,
-- and before the child's next conference, was made by it (K: the sector's own reports attribute plans so; DfE's checks want the same day).
-- Where the return ends within 45 days of the conference and has no plan yet, nobody can say.
create or replace table typed.cin_conferences as
with held as (
    select authority, extracted_on, lachildid, dateofinitialcpc as held_on
    from typed.cin_section47
    where is_counted and dateofinitialcpc is not null
    union
    select authority, extracted_on, lachildid, dateofinitialcpc
    from typed.cin_details
    where is_counted and dateofinitialcpc is not null
),

ordered as (
    select
        *, lead(held_on) over (partition by authority, extracted_on, lachildid order by held_on) as next_on,
        make_date(year(extracted_on) - if(month(extracted_on) < 4 and (month(extracted_on), day(extracted_on)) <> (3, 31), 1, 0), 3, 31)
            as return_ends
    from held
),

plans as (
    select authority, extracted_on, lachildid, cppstartdate as began_on
    from typed.cin_protection_plans
    where is_counted and cppstartdate is not null
)

select
    ordered.authority, ordered.extracted_on, ordered.lachildid, ordered.held_on,
    case
        when bool_or(plans.began_on is not null) then 'yes'
        when any_value(ordered.held_on + 45 <= ordered.return_ends) then 'no'
    end as made_plan
from ordered
left join plans
    on
        ordered.authority = plans.authority and ordered.extracted_on = plans.extracted_on and ordered.lachildid = plans.lachildid
        and plans.began_on between ordered.held_on and ordered.held_on + 45
        and (ordered.next_on is null or plans.began_on < ordered.next_on)
group by all;
