-- A case that a side names more than once counts once, where any of its rows counts.
create or replace temp table pair_left as
select mine.* from pair_left as mine
qualify row_number() over (partition by mine.case_id order by mine.counted desc, mine asc) = 1;

create or replace temp table pair_right as
select theirs.* from {right_side} as theirs
qualify row_number() over (partition by theirs.case_id order by theirs.counted desc, theirs asc) = 1;
