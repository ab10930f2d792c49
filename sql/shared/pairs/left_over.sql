-- Of one pair: what is left over, and which rows of either side are told in full: those, and the cases whose id could be another one of a
-- child that is left over: it has fewer zeros, or is the one that the crosswalk calls the child's. One with more zeros begins with a zero,
-- and is on both sides where it is not left over itself.
insert into pair_left_over select $pair, * from pair_residue;

create or replace temp table pair_wanted as
with lone as (
    select left_case as case_id from pair_residue where right_case is null and left_counted
    union all
    select right_case from pair_residue where left_case is null and right_counted
)

select left_case as case_id from pair_residue where left_case is not null
union all
select right_case from pair_residue where right_case is not null
union all
select bare_key(case_id) from lone
union all
select roots.root from lone join pair_roots as roots on bare_key(lone.case_id) = roots.bare_child
union all
select roots.root || substr(bare_key(lone.case_id), length(roots.bare_child) + 1)
from lone join pair_roots as roots on split_part(bare_key(lone.case_id), '/', 1) = roots.bare_child
where contains(lone.case_id, '/')
union all
select case_id from pair_left where counted and starts_with(case_id, '0');

-- What is joined is done with: a national list would stand in the way of what follows.
drop table pair_left;
drop table if exists pair_right;
