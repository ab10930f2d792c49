-- Children adopted from care, and by whom.
insert into conformed.permanence by name
select
    authority, 'ssda903.ad1' as contract, delivery_id, source_row, extracted_on,
    child as person_id, date_int as adm_decision_date, date_int_unusable as adm_decision_date_unusable, date_match as matched_date,
    date_match_unusable as matched_date_unusable, foster_care as adopted_by_carer_flag, nb_adoptr as number_of_adopters,
    sex_adoptr as adopter_sex, ls_adoptr as adopter_legal_status
from typed.ssda903_ad1
where is_counted and child is not null;
