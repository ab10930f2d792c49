insert into conformed.pre_proceedings by name
select
    authority, 'ssd.pre_proceedings' as contract, delivery_id, source_row, extracted_on,
    prep_person_id as person_id, prep_pre_pro_decision_date as pre_pro_start_date,
    prep_pre_pro_decision_date is null as pre_pro_start_date_unusable,
    prep_pre_pro_letter_date as pre_pro_letter_date, prep_pre_pro_letter_date_unusable as pre_pro_letter_date_unusable,
    prep_initial_pre_pro_meeting_date as initial_pre_pro_meeting_date,
    prep_initial_pre_pro_meeting_date_unusable as initial_pre_pro_meeting_date_unusable,
    prep_agree_stepdown_issue_date as agree_stepdown_issue_date,
    prep_agree_stepdown_issue_date_unusable as agree_stepdown_issue_date_unusable,
    prep_care_pro_letter_date as care_pro_letter_date, prep_care_pro_letter_date_unusable as care_pro_letter_date_unusable,
    prep_pre_pro_meetings_num as pre_pro_meetings_num, prep_pre_pro_outcome as pre_pro_outcome, prep_plo_family_id as family_id
from typed.ssd_pre_proceedings
where is_counted and prep_person_id is not null
