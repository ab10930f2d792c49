-- Child in need plans.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.cin_plans by name
select
    authority, 'cin.plans' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    cinplanstartdate as cin_plan_start_date,
    cinplanstartdate is null as cin_plan_start_date_unusable,
    cinplanenddate as cin_plan_end_date,
    cinplanenddate_unusable as cin_plan_end_date_unusable,
    cinreferraldate as referral_date
from typed.cin_plans
where is_counted and lachildid is not null;
