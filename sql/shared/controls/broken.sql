-- One damage for each invariant, in the order in which invariants.sql asks them: each must be told by the invariant that it is named after.
-- breaks: bridges_add
delete from facts.items
where authority = 'CONTROL' and (indicator_id, team, measure, break_key) in (
    select (indicator_id, team, measure, break_key) from facts.items
    where authority = 'CONTROL' and effect <> 0 order by indicator_id, team, measure, break_key limit 1
);

-- breaks: cases_partition
insert into pairs
select * from pairs where measure = 'denominator' and (system_in or manual_in)
order by indicator_id, team, system_case, listed_case limit 1;

-- breaks: one_reason_each
update facts.items set reason = null
where authority = 'CONTROL' and (indicator_id, team, measure, break_key) in (
    select (indicator_id, team, measure, break_key) from facts.items
    where authority = 'CONTROL' order by indicator_id, team, measure, break_key limit 1
);

-- breaks: lists_add_to_counts
delete from facts.claim_rows
where authority = 'CONTROL' and row_id = (select min(row_id) from facts.claim_rows where authority = 'CONTROL');

-- breaks: teams_add_to_authority
update facts.bridges set manual = manual + 1
where authority = 'CONTROL' and team = 'ALL' and grade = 'sum of teams';

-- breaks: pairs_add
insert into facts.pairs by name
select 'CONTROL' as authority, day_before(0) as as_at, 'X00' as pair_id, 1 as left_cases, 2 as right_cases;

-- breaks: roll_forward_adds
update facts.roll_forward set closed = closed + 1 where authority = 'CONTROL';
