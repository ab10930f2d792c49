-- Cases that one side alone names, matched one to one: leading zeros aside, then as one child by the crosswalk or a person's word; events
-- of one child that begin within five working days of each other, where each is the only one so placed.
create or replace temp table pair_lone as
select
    named.*, bare_key(named.case_id) as bare, coalesce(roots.root, bare_key(named.child_id)) as root_child,
    if(named.child_id is null, bare, root_key(bare, bare_key(named.child_id), root_child)) as root
from pair_named as named
left join pair_roots as roots on bare_key(named.child_id) = roots.bare_child
where (named.pair_id, named.side, named.case_id) in (
    select (pair_id, 'left', left_case) from pair_left_over where right_case is null
    union all
    select (pair_id, 'right', right_case) from pair_left_over where left_case is null
);

create or replace temp table pair_matched as
select mine.pair_id, mine.case_id as left_case, theirs.case_id as right_case, 'zeros' as match
from pair_lone as mine join pair_lone as theirs on mine.pair_id = theirs.pair_id and mine.bare = theirs.bare
where mine.side = 'left' and theirs.side = 'right'
qualify
    count(*) over (partition by mine.pair_id, mine.case_id) = 1 and count(*) over (partition by theirs.pair_id, theirs.case_id) = 1;

insert into pair_matched
select mine.pair_id, mine.case_id as left_case, theirs.case_id as right_case, 'link' as match
from pair_lone as mine
join pair_lone as theirs on mine.pair_id = theirs.pair_id and mine.root = theirs.root
anti join pair_matched as left_met on mine.pair_id = left_met.pair_id and mine.case_id = left_met.left_case
anti join pair_matched as right_met on theirs.pair_id = right_met.pair_id and theirs.case_id = right_met.right_case
where mine.side = 'left' and theirs.side = 'right' and (mine.root <> mine.bare or theirs.root <> theirs.bare)
qualify
    count(*) over (partition by mine.pair_id, mine.case_id) = 1 and count(*) over (partition by theirs.pair_id, theirs.case_id) = 1;

insert into pair_matched
select mine.pair_id, mine.case_id as left_case, theirs.case_id as right_case, 'near' as match
from pair_lone as mine
join pair_asked as asked on mine.pair_id = asked.pair_id and asked.is_event
join pair_lone as theirs
    on mine.pair_id = theirs.pair_id and mine.root_child = theirs.root_child
    and abs(working_days(calendar_day(mine.starts_on), calendar_day(theirs.starts_on))) <= 5
anti join pair_matched as left_met on mine.pair_id = left_met.pair_id and mine.case_id = left_met.left_case
anti join pair_matched as right_met on theirs.pair_id = right_met.pair_id and theirs.case_id = right_met.right_case
where mine.side = 'left' and theirs.side = 'right'
qualify
    count(*) over (partition by mine.pair_id, mine.case_id) = 1 and count(*) over (partition by theirs.pair_id, theirs.case_id) = 1;

-- Cases without a counterpart.
create or replace temp table pair_unmet as
select lone.* from pair_lone as lone
anti join pair_matched as met
    on lone.pair_id = met.pair_id and lone.case_id = if(lone.side = 'left', met.left_case, met.right_case);

-- One child under two ids on one side: a case that the other side lacks, beside another of the same child that the other side has.
create or replace temp table pair_twins as
with keys as (
    select pair_id, side, case_id, bare as other_id from pair_unmet where counted and child_id is not null
    union
    select pair_id, side, case_id, root as other_id from pair_unmet where counted and child_id is not null
)

select keys.pair_id, keys.side, keys.case_id
from keys
join pair_named as others
    on keys.pair_id = others.pair_id and keys.side = others.side and keys.other_id = bare_key(others.case_id)
    and keys.case_id <> others.case_id and others.counted
anti join pair_unmet as also_lone
    on others.pair_id = also_lone.pair_id and others.side = also_lone.side and others.case_id = also_lone.case_id
group by all;
