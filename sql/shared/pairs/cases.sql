-- One row per case on which the sides differ, or which they know by two ids, with what each side says of it. What is asked of a case is
-- asked of the side that lacks it: the columns have the names that the reasons' tests know (sql/shared/reconcile/pairs.sql), the side
-- that counts the case standing for the list and the one that does not for the system.
create or replace temp table pair_cases as
with met as (
    select pair_id, left_case, right_case, 'exact' as match
    from pair_left_over where left_case is not null and right_case is not null
    union all
    from pair_matched
    union all
    select pair_id, if(side = 'left', case_id, null), if(side = 'right', case_id, null), null from pair_unmet
),

both_sides as (
    select
        met.*, coalesce(mine.counted, false) as left_in, coalesce(theirs.counted, false) as right_in,
        right_in::integer - left_in::integer as moves, coalesce(mine.child_id, theirs.child_id) as child_id,
        mine.team as left_team, theirs.team as right_team, mine.starts_on as left_starts_on, theirs.starts_on as right_starts_on,
        mine.says as left_says, theirs.says as right_says, mine.delivery_id as left_delivery_id, mine.source_row as left_source_row,
        theirs.delivery_id as right_delivery_id, theirs.source_row as right_source_row,
        if(moves < 0, 'left', 'right') as held_by, if(moves < 0, 'right', 'left') as lacked_by,
        if(moves < 0, theirs.outside, mine.outside) as outside, if(moves < 0, theirs.countable, mine.countable) as countable,
        if(moves < 0, met.right_case, met.left_case) is not null as in_system,
        if(moves < 0, mine.starts_on, theirs.starts_on) as held_since,
        coalesce(mine.code <> theirs.code and mine.coded_on = theirs.coded_on, false) as codes_differ,
        mine.code as left_code, theirs.code as right_code
    from met
    left join pair_named as mine on met.pair_id = mine.pair_id and mine.side = 'left' and met.left_case = mine.case_id
    left join pair_named as theirs on met.pair_id = theirs.pair_id and theirs.side = 'right' and met.right_case = theirs.case_id
    where coalesce(mine.counted, false) or coalesce(theirs.counted, false)
)

select
    both_sides.* exclude (countable, codes_differ), asked.left_name, asked.right_name, asked.is_event, asked.coded,
    rules.says as outside_says, codes_differ and (moves = 0 or coalesce(rules.by_code, false)) as coded_otherwise,
    if(coded_otherwise, 'VALUE', rules.reason) as outside_reason, codes.cases as coded_cases, codes.of_cases as coded_of,
    'denominator' as measure, -abs(moves) as effect, true as listed, true as manual_in,
    moves = 0 as system_in,
    case
        when not countable or rules.reason = 'INVALID' then 'not_countable'
        when outside_reason = 'VALUE' then 'not_met'
    end as state,
    coalesce(both_sides.held_since > taken.extracted_on, false) as event_outside, twins.case_id is not null as is_twin,
    not in_system and coalesce(hidden.is_locked, false) as restricted, not in_system and coalesce(hidden.is_unborn, false) as unborn,
    false as contradicts, false as in_other_team, false as in_other_list, false as twin_listed, false as late, false as child_known,
    false as status_differs, false as child_not_countable, false as visit_draft, false as visit_unseen, false as visit_other_form,
    false as visit_other_worker, false as visit_on_sibling, false as visit_other_day, false as event_elsewhere,
    coalesce(rules.reason = 'EXTRACT_RULE', false) as held_elsewhere, false as ended_elsewhere,
    coalesce(rules.reason = 'TRANSFER_IN_OUT', false) as transferred, false as counted_as_other, false as other_days,
    false as in_lost_block
from both_sides
join pair_asked as asked on both_sides.pair_id = asked.pair_id
left join pair_rules as rules
    on both_sides.pair_id = rules.pair_id and both_sides.outside = rules.name and both_sides.lacked_by = rules.side
left join pair_codes as codes
    on both_sides.pair_id = codes.pair_id and both_sides.left_code = codes.left_code and both_sides.right_code = codes.right_code
left join pair_taken as taken on both_sides.pair_id = taken.pair_id and both_sides.lacked_by = taken.side
left join pair_twins as twins
    on both_sides.pair_id = twins.pair_id and both_sides.held_by = twins.side
    and twins.case_id = if(held_by = 'left', left_case, right_case)
left join pair_hidden as hidden on bare_key(both_sides.child_id) = hidden.bare_child;
