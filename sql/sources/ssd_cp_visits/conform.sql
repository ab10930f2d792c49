-- Every visit, and apart from it the days on which the child was seen, alone where any visit of the day says so. A child with a plan and no
-- such day has a row without a date: that the read shows none is known.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cp_visits by name
select
    entry.authority, 'ssd.cp_visits' as contract, entry.delivery_id, entry.source_row, entry.extracted_on,
    entry.cppv_person_id as person_id, entry.cppv_cp_visit_date as cp_visit_date,
    entry.cppv_cp_visit_date is null as cp_visit_date_unusable, entry.cppv_cp_visit_seen_alone as seen_alone,
    entry.cppv_cp_visit_seen_alone_unusable as seen_alone_unusable, of_plan.start_on as cp_plan_start_date
from typed.ssd_cp_visits as entry
left join (
    select
        visits.delivery_id, visits.source_row,
        coalesce(
            max(plans.start_on) filter (plans.plan_id = visits.cppv_cp_plan_id),
            max(plans.start_on) filter (plans.start_on <= visits.cppv_cp_visit_date),
            min(plans.start_on)
        ) as start_on
    from typed.ssd_cp_visits as visits
    join typed.ssd_plan as plans
        on
            visits.authority = plans.authority and visits.extracted_on = plans.extracted_on
            and visits.cppv_person_id = plans.person_id
    group by all
) as of_plan on entry.delivery_id = of_plan.delivery_id and entry.source_row = of_plan.source_row
where entry.is_counted and entry.cppv_person_id is not null and entry.cppv_cp_visit_seen = 'yes'
qualify row_number() over (
    partition by entry.authority, entry.extracted_on, entry.cppv_person_id, entry.cppv_cp_visit_date
    order by entry.cppv_cp_visit_seen_alone is distinct from 'yes', entry.cppv_cp_visit_seen_alone is null, entry.source_row
) = 1;

insert into conformed.cp_visits by name
select
    reads.authority, 'ssd.cp_visits' as contract, reads.delivery_id, 'ssd_cp_visits!0' as source_row, reads.extracted_on,
    plans.person_id, false as cp_visit_date_unusable, false as seen_alone_unusable, max(plans.start_on) as cp_plan_start_date
from (
    select authority, extracted_on, max(delivery_id) as delivery_id from typed.ssd_cp_visits where is_counted group by all
) as reads
join typed.ssd_plan as plans on reads.authority = plans.authority and reads.extracted_on = plans.extracted_on
where
    not exists (
        select 1 from typed.ssd_cp_visits as lost
        where
            lost.authority = plans.authority and lost.extracted_on = plans.extracted_on and lost.is_counted
            and lost.cppv_person_id = plans.person_id and lost.cppv_cp_visit_seen = 'yes' and lost.cppv_cp_visit_date is null
    )
group by all;

insert into conformed.visits by name
select
    authority, 'ssd.cp_visits' as contract, delivery_id, source_row, extracted_on,
    cppv_person_id as person_id, cppv_cp_visit_date as visit_date, cppv_cp_visit_date is null as visit_date_unusable,
    'cp' as visit_type, cppv_cp_visit_seen as seen, cppv_cp_visit_seen_unusable as seen_unusable,
    cppv_cp_visit_seen_alone as seen_alone, cppv_cp_visit_seen_alone_unusable as seen_alone_unusable
from typed.ssd_cp_visits
where is_counted and cppv_person_id is not null
