-- Items: one per pair and case. {reasons} is the ordered list of the reasons that hold, asked of the side that lacks the case; where
-- that is the left one, what is on one side alone changes its name.
insert into facts.pair_items by name
with judged as (
    select *, {reasons} as proofs from pair_cases
),

named as (
    select
        *,
        case
            when is_twin and coalesce(proofs[1].code in ('MANUAL_ONLY', 'UNEXPLAINED'), true)
                then if(held_by = 'left', 'DUPLICATE_MANUAL', 'DUPLICATE_SYSTEM')
            when proofs[1].code = 'MANUAL_ONLY' and held_by = 'right' then 'SYSTEM_ONLY'
            else proofs[1].code
        end as reason,
        coded_cases || ' of the ' || coded_of || ' that the first codes like it ' || if(coded_cases = 1, 'differs', 'differ')
        || ' in this way' as pattern,
        if(held_by = 'left', left_name, right_name) as holder, if(held_by = 'left', right_name, left_name) as other
    from judged
)

select
    $authority as authority, $as_at as as_at, pair_id, coalesce(left_case, right_case) as case_id, child_id,
    moves as effect, reason,
    nullif(
        array_to_string(
            [if(proof.code = 'MANUAL_ONLY' and held_by = 'right', 'SYSTEM_ONLY', proof.code) for proof in proofs[2:] if not proof.fallback],
            ' '
        ), ''
    ) as secondary_reasons,
    case when match = 'near' then 'probable' when match in ('zeros', 'link') or is_twin then 'rule' else proofs[1].evidence end as evidence,
    case
        when reason like 'DUPLICATE%' then 'Another id of the same child is in both; ' || holder || ' has this one beside it.'
        when reason = 'IDENTITY' and match = 'near' then 'In both, on days that are no more than five working days apart.'
        when reason = 'IDENTITY' then 'In both, under two ids.'
        when reason = 'MAPPING' and moves = 0 then 'In both, with another ' || coded || ' in each; ' || pattern || '.'
        when reason = 'MAPPING'
            then other || ': ' || outside_says || '; ' || holder || ' has another ' || coded || ' of the same day; ' || pattern || '.'
        when outside_says is not null then other || ': ' || outside_says || '.'
        when reason = 'INVALID' then other || ': what decides is blank or cannot be read.'
        when reason = 'AS_AT' then 'It began after ' || other || ' was taken.'
        when reason = 'RESTRICTED' then 'The record is known to be locked; ' || other || ' does not have it.'
        when reason = 'UNBORN' then 'Not yet born at the date; ' || other || ' does not have it.'
        else 'In ' || holder || ', nowhere in ' || other || '.'
    end as why,
    match, left_case, right_case, left_team, right_team, left_starts_on, right_starts_on, left_says, right_says, left_delivery_id,
    left_source_row, right_delivery_id, right_source_row, bare_key(coalesce(left_case, right_case)) as break_key
from named
where reason is not null;
