-- Pairs of systems as they are published: each with its net and how many differences it has, and its cases with names that last.
create or replace table main.pairs as
select
    pairs.*, coalesce(sum(lines.effect), 0)::integer as net, coalesce(sum(lines.moved), 0)::integer as gross
from facts.pairs as pairs
left join (
    select authority, as_at, pair_id, sum(effect) as effect, sum(gross) as moved from facts.pair_lines group by all
) as lines
    on pairs.authority = lines.authority and pairs.as_at = lines.as_at and pairs.pair_id = lines.pair_id
group by all;

create or replace table main.pair_lines as
select authority, pair_id, as_at, reason, says, effect, cases, evidence from facts.pair_lines;

-- A decision counts on the fields that were read alone, and until its day; it moves no figure. Where two ids are all that differs there is
-- nothing to decide. How many others differ as this one does is told with a code's sentence, and binds nothing.
create or replace table main.pair_items as
with named as (
    select
        items.*, ids.break_id,
        md5(concat_ws(
            '|', items.effect, items.reason, if(items.reason = 'MAPPING', '', items.why), ltrim(coalesce(items.left_case, '-'), '0'),
            ltrim(coalesce(items.right_case, '-'), '0'), coalesce(items.left_starts_on::varchar, '-'),
            coalesce(items.right_starts_on::varchar, '-'), coalesce(items.left_says, '-'), coalesce(items.right_says, '-')
        )) as bound_to
    from facts.pair_items as items
    join pair_ids as ids
        on items.authority = ids.authority and items.pair_id = ids.pair_id and items.break_key = ids.break_key
),

judged as (
    select
        named.*, decisions.decision, decisions.cause,
        coalesce(
            list_contains(string_split(decisions.bound_to, ' '), named.bound_to)
            and coalesce(named.as_at <= decisions.until_day, true), false
        ) as decision_holds,
        decisions.break_id is not null and not decision_holds as decision_lapsed
    from named
    left join book.decisions as decisions on named.authority = decisions.authority and named.break_id = decisions.break_id
)

select
    items.authority, items.break_id as difference_id, items.pair_id, items.as_at, items.case_id, items.child_id, items.effect, items.reason,
    items.secondary_reasons, items.evidence, items.why, items.left_case, items.right_case, items.left_team, items.right_team,
    items.left_starts_on, items.right_starts_on, items.left_says, items.right_says,
    mine.file || ' ' || items.left_source_row as left_source, theirs.file || ' ' || items.right_source_row as right_source,
    items.left_delivery_id, items.left_source_row, items.right_delivery_id, items.right_source_row, seen.first_seen,
    case
        when items.effect = 0 and items.reason = 'IDENTITY' then 'closed'
        when items.decision_holds and items.decision <> 'both_wrong' then 'decided' else 'open'
    end as state,
    case when items.decision_holds then items.decision end as decision, case when items.decision_holds then items.cause end as cause,
    items.decision_lapsed, items.bound_to
from judged as items
left join book.seen as seen on items.authority = seen.authority and items.break_id = seen.break_id and seen.kind = 'pair'
left join facts.deliveries as mine on items.left_delivery_id = mine.delivery_id
left join facts.deliveries as theirs on items.right_delivery_id = theirs.delivery_id;
