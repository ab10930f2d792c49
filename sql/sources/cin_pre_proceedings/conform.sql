-- Times in pre-proceedings.
-- A row rejected for its start date names a child all the same: it is kept, its date marked unusable.
insert into conformed.pre_proceedings by name
select
    authority, 'cin.pre_proceedings' as contract, delivery_id, source_row, extracted_on,
    lachildid as person_id,
    ppstartdate as pre_pro_start_date,
    ppstartdate is null as pre_pro_start_date_unusable,
    lbpsentdate as pre_pro_letter_date,
    lbpsentdate_unusable as pre_pro_letter_date_unusable,
    initialppmeetingdate as initial_pre_pro_meeting_date,
    initialppmeetingdate_unusable as initial_pre_pro_meeting_date_unusable,
    stepdecisiondate as agree_stepdown_issue_date,
    stepdecisiondate_unusable as agree_stepdown_issue_date_unusable,
    courtappdate as court_application_date,
    courtappdate_unusable as court_application_date_unusable,
    letterinitcpdate as care_pro_letter_date,
    letterinitcpdate_unusable as care_pro_letter_date_unusable,
    reviewmeetingscount as pre_pro_meetings_num,
    ppoutcome as pre_pro_outcome,
    fgdmmeetingoffer as fgdm_offered,
    fgdmmeetingfac as fgdm_facilitated
from typed.cin_pre_proceedings
where is_counted and lachildid is not null;
