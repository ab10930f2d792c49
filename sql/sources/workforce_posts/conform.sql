-- One row per team and role of the newest list.
insert into conformed.posts by name
select
    authority, 'workforce.posts' as contract, delivery_id, source_row, extracted_on,
    team, role as professional_role, budgeted_fte, filled_fte, vacant_fte, agency_fte,
    agency_headcount
from typed.workforce_posts
where is_counted and reject_reason is null;
