-- Pre-proceedings in the ten fields of the census.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.pre_proceedings by name
select
    authority, 'trackers.pre_proceedings' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, family_id, ppstartdate as pre_pro_start_date,
    ppstartdate is null as pre_pro_start_date_unusable, lbpsentdate as pre_pro_letter_date,
    lbpsentdate_unusable as pre_pro_letter_date_unusable, fgdmmeetingoffer as fgdm_offered,
    fgdmmeetingfac as fgdm_facilitated, initialppmeetingdate as initial_pre_pro_meeting_date,
    initialppmeetingdate_unusable as initial_pre_pro_meeting_date_unusable,
    reviewmeetingscount as pre_pro_meetings_num, stepdecisiondate as agree_stepdown_issue_date,
    stepdecisiondate_unusable as agree_stepdown_issue_date_unusable, ppoutcome as pre_pro_outcome,
    courtappdate as court_application_date, courtappdate_unusable as court_application_date_unusable,
    letterinitcpdate as care_pro_letter_date, letterinitcpdate_unusable as care_pro_letter_date_unusable,
    last_review_meeting_date, last_review_meeting_date_unusable, worker, team
from typed.trackers_pre_proceedings
where is_counted and child_id is not null;
