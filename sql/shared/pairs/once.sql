-- A case that a side names more than once counts once, where any of its rows counts.
create or replace temp table pair_left as
select case_id, bool_or(counted) as counted from pair_left group by case_id;

create or replace temp table pair_right as
select theirs.case_id, bool_or(theirs.counted) as counted from {right_side} as theirs group by theirs.case_id;
