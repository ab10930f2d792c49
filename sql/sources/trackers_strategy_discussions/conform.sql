-- Strategy discussions, with or without a section 47 enquiry.
-- A row rejected for its date names a child all the same: it is kept, its date marked unusable.
insert into conformed.strategy_discussions by name
select
    authority, 'trackers.strategy_discussions' as contract, delivery_id, source_row, extracted_on,
    child_id as person_id, strategy_discussion_date,
    strategy_discussion_date is null as strategy_discussion_date_unusable, led_to_section_47 as led_to_s47,
    led_to_section_47_unusable as led_to_s47_unusable, strategy_outcome as outcome, requested_by, police_took_part,
    health_took_part, chaired_by, worker, team
from typed.trackers_strategy_discussions
where is_counted and child_id is not null;
