-- Family group conferences and meetings, from their offer.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.family_meetings by name
select
    authority, 'trackers.family_meetings' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, family_id, family_meeting_offered_date as offered_date,
    family_meeting_offered_date is null as offered_date_unusable, family_meeting_kind as meeting_kind, offer_accepted,
    offer_accepted_unusable, family_meeting_held_date as held_date,
    family_meeting_held_date_unusable as held_date_unusable, family_plan_agreed,
    family_meeting_review_date as review_date, family_meeting_review_date_unusable as review_date_unusable,
    co_ordinator as worker, team
from typed.trackers_family_meetings
where is_counted and child_id is not null;
