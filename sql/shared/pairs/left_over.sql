-- Of one pair: what is left over, and the cases of each side whose id could be another one of a child that is: one with other zeros, or
-- the one that the crosswalk calls the child's.
insert into pair_left_over select $pair, * from pair_residue;

insert into pair_beside
with lone as (
    select left_case as case_id from pair_residue where right_case is null and left_counted
    union all
    select right_case from pair_residue where left_case is null and right_counted
),

ids as (
    select bare_key(case_id) as other_id from lone
    union
    select roots.root from lone join pair_roots as roots on bare_key(lone.case_id) = roots.bare_child
)

select $pair, 'left', case_id from pair_left where counted and (starts_with(case_id, '0') or case_id in (select other_id from ids))
union all
select $pair, 'right', case_id from pair_right where counted and (starts_with(case_id, '0') or case_id in (select other_id from ids));
