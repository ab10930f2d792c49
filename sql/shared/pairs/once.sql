-- A case that a side names more than once counts once, where any of its rows counts.
create or replace temp table pair_left as
select case_id, bool_or(counted) as counted from pair_left group by case_id;

create or replace temp table pair_right as
select case_id, bool_or(counted) as counted from pair_right group by case_id;
