-- The log of challenges. A row rejected for its date names a challenge all the same: it is kept, its date marked unusable.
insert into conformed.challenges by name
select
    authority, 'trackers.challenges' as contract, delivery_id, source_row, extracted_on,
    challenge_number, challenge_raised_date as raised_date, challenge_raised_date is null as raised_date_unusable,
    challenge_kind, challenge_kind_unusable, child_id as person_id, indicator as indicator_id,
    challenge_due_date as due_date, challenge_due_date_unusable as due_date_unusable,
    challenge_answered_date as answered_date, challenge_answered_date_unusable as answered_date_unusable,
    answered_with_action, answered_with_action_unusable, challenge_closed_date as closed_date,
    challenge_closed_date_unusable as closed_date_unusable, raised_by, team
from typed.trackers_challenges
where is_counted and challenge_number is not null;
