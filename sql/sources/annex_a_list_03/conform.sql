-- Referrals.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.person by name
select
    authority, 'annex_a.list_03' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, gender as sex, ethnicity, date_of_birth, date_of_birth_unusable
from typed.annex_a_list_03
where is_counted and child_unique_id is not null;

insert into conformed.referrals by name
select
    authority, 'annex_a.list_03' as contract, delivery_id, source_row, extracted_on,
    child_unique_id as person_id, date_of_referral as referral_date, date_of_referral is null as referral_date_unusable,
    referral_source, referral_nfa, referral_nfa_unusable, number_of_referrals_in_last_12_months as referrals_last_12_months,
    number_of_referrals_in_last_12_months_unusable as referrals_last_12_months_unusable, team, worker
from typed.annex_a_list_03
where is_counted and child_unique_id is not null;
