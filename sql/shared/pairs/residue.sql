-- The two sides, joined once: what is left are the cases that one of them alone counts, or names. The right side is put in as it is asked,
-- read as it comes and kept nowhere.
create or replace temp table pair_residue as
select
    mine.case_id as left_case, theirs.case_id as right_case, coalesce(mine.counted, false) as left_counted,
    coalesce(theirs.counted, false) as right_counted
from pair_left as mine
full join {right_side} as theirs on mine.case_id = theirs.case_id
where mine.counted is distinct from theirs.counted or {coded_otherwise};

-- Whether a side names a case more than once: then what is counted is not what was joined, or a case is left over twice.
create or replace temp table pair_totals as
with counts as (
    select
        (select count(*) from pair_left where counted)::integer as left_cases,
        (select count(*) filter (theirs.counted) from {right_side} as theirs)::integer as right_cases,
        coalesce(sum(right_counted::integer - left_counted::integer), 0) as net,
        count(left_case) <> count(distinct left_case) or count(right_case) <> count(distinct right_case) as left_over_twice
    from pair_residue
)

select left_cases, right_cases, left_cases + net <> right_cases or left_over_twice as repeated from counts;
