-- Rows that Ofsted's own scope of each list asks for at the position's date: (contract, delivery_id, source_row), of any extract.
-- Source: the Annex A template, update of August 2019. Rows that began after the date are on no list of that date.
create or replace temp table in_scope as
with window_of as (
    select $as_at - to_months(6) as half_year, $as_at - to_months(12) as a_year
),

enquiries as (
    select enquiry.*
    from typed.annex_a_list_05 as enquiry
    cross join window_of
    where
        strategy_discussion_initiating_section_47_enquiry_start_date <= $as_at
        and (
            strategy_discussion_initiating_section_47_enquiry_start_date > half_year
            or (
                date_of_initial_child_protection_conference is null
                and was_an_initial_child_protection_conference_deemed_unnecessary is distinct from 'yes'
            )
        )
)

-- contacts of the last six months
select 'annex_a.list_01' as contract, delivery_id, source_row
from typed.annex_a_list_01
cross join window_of
where date_of_contact > half_year and date_of_contact <= $as_at
union all
-- early help assessments of the last six months, and help that goes on
select 'annex_a.list_02' as contract, delivery_id, source_row
from typed.annex_a_list_02
cross join window_of
where
    assessment_start_date <= $as_at
    and (assessment_start_date > half_year or coalesce(assessment_completion_date > half_year, true))
union all
-- referrals of the last six months
select 'annex_a.list_03' as contract, delivery_id, source_row
from typed.annex_a_list_03
cross join window_of
where date_of_referral > half_year and date_of_referral <= $as_at
union all
-- assessments of the last six months, and those still open
select 'annex_a.list_04' as contract, delivery_id, source_row
from typed.annex_a_list_04
cross join window_of
where
    continuous_assessment_start_date <= $as_at
    and (continuous_assessment_start_date > half_year or coalesce(continuous_assessment_date_of_authorisation > half_year, true))
union all
select 'annex_a.list_05' as contract, delivery_id, source_row
from enquiries
union all
-- in need at the date, or until less than six months before it
select 'annex_a.list_06' as contract, delivery_id, source_row
from typed.annex_a_list_06
cross join window_of
where cin_start_date <= $as_at and coalesce(cin_closure_date > half_year, true)
union all
-- on a plan at the date or until less than six months before it; and the plan that an enquiry's row has to be read with
select 'annex_a.list_07' as contract, delivery_id, source_row
from typed.annex_a_list_07 as plan
cross join window_of
where
    child_protection_plan_start_date <= $as_at
    and (
        coalesce(child_protection_plan_end_date > half_year, true)
        or exists (select 1 from enquiries where enquiries.child_unique_id = plan.child_unique_id)
    )
union all
-- looked after at the date, or until less than six months before it
select 'annex_a.list_08' as contract, delivery_id, source_row
from typed.annex_a_list_08
cross join window_of
where date_started_to_be_looked_after <= $as_at and coalesce(date_ceased_to_be_looked_after > half_year, true);
