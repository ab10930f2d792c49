-- What other sources than the record say of the same children: a source is another where its family is not the one that the table's
-- figures are made of (facts.sources). Empty where nothing else was delivered.
create or replace temp table case_rows as
with rows as (
    select 'cp_plans' as table_name, contract, extracted_on, person_id, cp_plan_start_date as began_on, cp_plan_end_date as ended_on
    from conformed.cp_plans where authority = $authority
    union all by name
    select 'cin_episodes' as table_name, contract, extracted_on, person_id, cin_start_date as began_on, cin_close_date as ended_on,
        cin_close_reason = 'RC5' as transferred
    from conformed.cin_episodes where authority = $authority
    union all by name
    select 'cla_episodes' as table_name, contract, extracted_on, person_id, cla_start_date as began_on, cla_ceased_date as ended_on,
        cla_ceased_reason = 'E3' as transferred
    from conformed.cla_episodes where authority = $authority and coalesce(legal_status not in ('V3', 'V4'), true)
    union all by name
    select 'cin_assessments' as table_name, contract, extracted_on, person_id, assessment_start_date as began_on,
        assessment_auth_date as ended_on
    from conformed.cin_assessments where authority = $authority
    union all by name
    select 's47_enquiry' as table_name, contract, extracted_on, person_id, s47_start_date as began_on
    from conformed.s47_enquiry where authority = $authority
    union all by name
    select 'referrals' as table_name, contract, extracted_on, person_id, referral_date as began_on
    from conformed.referrals where authority = $authority
)

select rows.*, coalesce(apart.root, bare_key(rows.person_id)) as root_child, sources.contract is not null as is_record
from rows
join facts.basis as basis
    on rows.contract = basis.contract and rows.extracted_on = basis.extracted_on and basis.authority = $authority
    and basis.as_at = $as_at and basis.basis = 'now'
left join facts.sources as sources
    on sources.authority = $authority and sources.as_at = $as_at and sources.table_name = rows.table_name
    and sources.contract = rows.contract
left join apart on rows.person_id = apart.person_id
where rows.began_on is not null and coalesce(apart.root, bare_key(rows.person_id)) in (select sides.root_child from sides);

-- Another source has the case: open at the date by an extract taken on or after it, or, of an event, begun on the same day.
create or replace temp table held_elsewhere as
select distinct facts.indicator_id, others.root_child, if(facts.is_event, others.began_on, null) as began_on
from indicator_facts as facts
join case_rows as others on facts.reads[1] = others.table_name and not others.is_record
where facts.is_event or (
    others.extracted_on >= $as_at and others.began_on <= $as_at and (others.ended_on is null or others.ended_on > $as_at)
);

-- Another source has the same episode ended by the date, which the record has not, or a review that ended the plan.
create or replace temp table ended_elsewhere as
select facts.indicator_id, others.root_child, others.began_on
from indicator_facts as facts
join case_rows as others on facts.reads[1] = others.table_name and not others.is_record
left join case_rows as ours
    on others.table_name = ours.table_name and others.root_child = ours.root_child and others.began_on = ours.began_on
    and ours.is_record and ours.ended_on <= $as_at
where others.ended_on <= $as_at and ours.root_child is null
union
select facts.indicator_id, coalesce(apart.root, bare_key(reviews.person_id)), reviews.cp_plan_start_date
from indicator_facts as facts
join conformed.cp_reviews as reviews on facts.reads[1] = 'cp_plans'
left join apart on reviews.person_id = apart.person_id
where
    reviews.authority = $authority and reviews.cp_review_outcome_continue_cp = 'no' and reviews.cp_review_date <= $as_at
    and reviews.cp_plan_start_date is not null;

-- Another source has the event of that day.
create or replace temp table events_elsewhere as
with events as (
    select 'cp_visits' as table_name, contract, person_id, cp_visit_date as happened_on from conformed.cp_visits
    where authority = $authority
    union all
    select 'cin_visits', contract, person_id, cin_visit_date from conformed.cin_visits where authority = $authority
    union all
    select 'cla_visits', contract, person_id, cla_visit_date from conformed.cla_visits where authority = $authority
    union all
    select 'cla_health', contract, person_id, health_check_date from conformed.cla_health
    where authority = $authority and health_check_type = 'dental check'
)

select distinct facts.indicator_id, coalesce(apart.root, bare_key(events.person_id)) as root_child, events.happened_on
from events
join indicator_facts as facts on list_contains(facts.reads, events.table_name)
left join apart on events.person_id = apart.person_id
where events.happened_on is not null and (events.table_name, events.contract) not in (
    select (s.table_name, s.contract) from facts.sources as s where s.authority = $authority and s.as_at = $as_at
);
