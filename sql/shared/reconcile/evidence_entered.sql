-- When visits of a day were entered, by the word of their own source: of each child the newest extract of the record that names it. Late
-- are those entered after the position's date. A row that does not say when it was entered proves nothing of its day, nor does one beside
-- another that came in time.
create or replace temp table entered_days as
with newest as (
    select
        coalesce(apart.root, bare_key(visits.person_id)) as root_child, visits.contract, visits.visit_date, visits.visit_type,
        visits.status, visits.seen, visits.recorded_date
    from conformed.visits as visits
    left join apart on visits.person_id = apart.person_id
    where visits.authority = $authority
    qualify visits.extracted_on = max(visits.extracted_on) over (partition by visits.contract, visits.person_id)
),

entered as (
    select
        visit_kinds.indicator_id, newest.root_child, newest.contract, newest.visit_date,
        if(count(*) = count(newest.recorded_date), min(newest.recorded_date), null) as entered_on,
        count(newest.recorded_date) > 0 as says
    from newest
    join visit_kinds on coalesce(newest.visit_type, visit_kinds.visit_type) = visit_kinds.visit_type
    where
        newest.visit_date <= $as_at and newest.status = 'finalised' and newest.seen is distinct from 'no'
        and newest.root_child in (select sides.root_child from sides)
    group by all
)

select indicator_id, root_child, visit_date, min(entered_on) as written_on
from entered
where says
group by all
having count(*) = count(entered_on);

create or replace temp table entered_late as
select indicator_id, root_child, visit_date, written_on as entered_on from entered_days where written_on > $as_at;
