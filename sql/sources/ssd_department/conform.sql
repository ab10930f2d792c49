insert into conformed.department by name
select
    authority, 'ssd.department' as contract, delivery_id, source_row, extracted_on,
    dept_team_id as team_id, dept_team_name as team_name, dept_team_parent_id as team_parent_id,
    dept_team_parent_name as team_parent_name, team
from typed.ssd_department
where is_counted and reject_reason is null
