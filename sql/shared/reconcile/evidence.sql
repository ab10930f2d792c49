-- What the record of visits says of a day on which a list has a child seen: of the child, and of the children of its family. Of each child
-- the newest extract of the record that names it. Where no record of visits was delivered all of this is empty, and proves nothing.
create or replace temp table visit_kinds as
select
    indicator_id,
    case
        when list_contains(reads, 'cp_visits') then 'cp'
        when list_contains(reads, 'cla_visits') then 'cla'
        when list_contains(reads, 'cin_visits') then 'cin'
    end as visit_type
from indicator_facts
where visit_type is not null;

create or replace temp table allocated as
select coalesce(apart.root, bare_key(held.person_id)) as root_child, held.involvement_start_date as first_day,
    coalesce(held.involvement_end_date, date '9999-12-31') as last_day, person_key(who.professional_name) as worker
from conformed.involvements as held
join conformed.professionals as who on held.authority = who.authority and held.professional_id = who.professional_id
left join apart on held.person_id = apart.person_id
where held.authority = $authority and held.professional_role_id = 'allocated' and held.involvement_start_date is not null
    and who.professional_name is not null;

-- by_other: somebody else than the allocated worker, by the record's own word, else by who held the case on the day.
create or replace temp table recorded_visits as
with newest as (
    select coalesce(apart.root, bare_key(visits.person_id)) as root_child, visits.visit_date, visits.visit_type,
        -- what a case system holds without saying draft is on the record
        coalesce(visits.status, if(starts_with(visits.contract, 'trackers.'), null, 'finalised')) as status,
        visits.seen, visits.lead_worker, person_key(visits.worker) as worker
    from conformed.visits as visits
    left join apart on visits.person_id = apart.person_id
    where visits.authority = $authority
    qualify visits.extracted_on = max(visits.extracted_on) over (partition by visits.contract, visits.person_id)
),

dated as (
    select * from newest
    where visit_date is not null and (
        root_child in (select sides.root_child from sides) or root_child in (select siblings.sibling from siblings)
    )
)

select
    dated.root_child, dated.visit_date, dated.visit_type, dated.status, dated.seen,
    coalesce(
        dated.lead_worker = 'no',
        count(allocated.worker) > 0 and dated.worker <> '' and not bool_or(coalesce(allocated.worker = dated.worker, false))
    ) as by_other
from dated
left join allocated
    on dated.root_child = allocated.root_child and dated.visit_date between allocated.first_day and allocated.last_day
group by dated.root_child, dated.visit_date, dated.visit_type, dated.status, dated.seen, dated.lead_worker, dated.worker;

-- One row per indicator, child and day asked for. A visit that counts is finalised, of the indicator's kind, the child seen, by the
-- allocated worker; near_days are such visits within five working days where the record has none at all on the day itself.
create or replace temp table visit_evidence as
with asked as (
    select distinct sides.indicator_id, visit_kinds.visit_type as kind, sides.root_child, sides.event_date
    from sides
    join visit_kinds on sides.indicator_id = visit_kinds.indicator_id
    where sides.listed_as_met and sides.event_date is not null
),

own as (
    select
        asked.*, visits.visit_date = asked.event_date as that_day, coalesce(visits.visit_type, asked.kind) = asked.kind as of_kind,
        visits.status, visits.seen, visits.by_other, visits.visit_date
    from asked
    join recorded_visits as visits on asked.root_child = visits.root_child
),

on_siblings as (
    select distinct asked.indicator_id, asked.root_child, asked.event_date
    from asked
    join siblings on asked.root_child = siblings.root_child
    join recorded_visits as visits
        on siblings.sibling = visits.root_child and asked.event_date = visits.visit_date
        and coalesce(visits.visit_type, asked.kind) = asked.kind and visits.status = 'finalised' and visits.seen = 'yes'
),

judged as (
    select
        indicator_id, root_child, event_date,
        bool_or(that_day and of_kind and status = 'finalised' and seen = 'yes' and not by_other) as counted,
        bool_or(that_day and of_kind and status = 'draft') as draft,
        bool_or(that_day and of_kind and status = 'finalised' and seen = 'no') as unseen,
        bool_or(that_day and not of_kind and status = 'finalised' and seen = 'yes') as other_form,
        bool_or(that_day and of_kind and status = 'finalised' and seen = 'yes' and by_other) as other_worker,
        bool_or(that_day) as any_that_day,
        list(distinct visit_date) filter (
            of_kind and status = 'finalised' and seen = 'yes'
            and abs(working_days(calendar_day(visit_date), calendar_day(event_date))) <= 5
        ) as near_days
    from own
    group by indicator_id, root_child, event_date
)

select
    asked.indicator_id, asked.root_child, asked.event_date,
    coalesce(judged.counted, false) as visit_recorded,
    not visit_recorded and coalesce(judged.draft, false) as visit_draft,
    not visit_recorded and coalesce(judged.unseen, false) as visit_unseen,
    not visit_recorded and coalesce(judged.other_form, false) as visit_other_form,
    not visit_recorded and coalesce(judged.other_worker, false) as visit_other_worker,
    coalesce(judged.any_that_day, false) as visit_that_day,
    not visit_that_day and siblings_visit.root_child is not null as visit_on_sibling,
    if(judged.any_that_day or len(judged.near_days) <> 1, null, judged.near_days[1]) as visit_other_day
from asked
left join judged
    on asked.indicator_id = judged.indicator_id and asked.root_child = judged.root_child and asked.event_date = judged.event_date
left join on_siblings as siblings_visit
    on asked.indicator_id = siblings_visit.indicator_id and asked.root_child = siblings_visit.root_child
    and asked.event_date = siblings_visit.event_date;
