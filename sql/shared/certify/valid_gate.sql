-- The second gate of the data: blocking failures that could touch a figure, taken at their worst, lie within its tolerance.
insert into main.gates
with rule_state as (
    select figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at,
        count(*) filter (results.status = 'ERROR') as errors, count(*) filter (results.status in ('PASS', 'FAIL')) as ran
    from (select distinct authority, indicator_id, as_at, contracts from figure_rows) as figure_rows
    left join facts.rule_results as results
        on figure_rows.authority = results.authority and list_contains(figure_rows.contracts, results.contract)
    group by all
),
failing_cells as (
    select failures.*, reads.indicator_id, deliveries.extracted_on
    from facts.failures as failures
    join facts.reads as reads on failures.contract = reads.contract and failures.column_name = reads.header
    left join facts.deliveries as deliveries on failures.delivery_id = deliveries.delivery_id
    where failures.severity = 'blocking'
),
-- A failing cell of an extract that came too late for a date cannot touch its figure.
touched as (
    select members.authority, members.indicator_id, members.as_at, members.team, coalesce(failures.child_id, failures.source_row) as failing
    from failing_cells as failures
    join (select distinct authority, indicator_id, as_at, team, child_id from facts.members) as members
        on failures.authority = members.authority and failures.indicator_id = members.indicator_id
        and failures.child_id = members.child_id
    anti join facts.extracts as settled
        on failures.authority = settled.authority and members.as_at = settled.as_at and failures.contract = settled.contract
        and settled.extracted_on < failures.extracted_on
    union
    select failures.authority, failures.indicator_id, definitions.as_at, failures.team, failures.source_row
    from failing_cells as failures
    join facts.definitions as definitions
        on failures.authority = definitions.authority and failures.indicator_id = definitions.indicator_id
    anti join facts.extracts as settled
        on failures.authority = settled.authority and definitions.as_at = settled.as_at and failures.contract = settled.contract
        and settled.extracted_on < failures.extracted_on
    where failures.child_id is null
),
worst as (
    select authority, indicator_id, as_at, case when grouping(team) = 1 then 'ALL' else team end as team,
        count(distinct failing) as failing
    from touched group by grouping sets ((authority, indicator_id, as_at), (authority, indicator_id, as_at, team))
    having grouping(team) = 1 or team is not null
)
select
    figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team, 'valid',
    case
        when rule_state.errors > 0 then 'ERROR'
        when rule_state.ran = 0 then case when figure_rows.cohort = 0 then 'NOT_APPLICABLE' else 'ERROR' end
        when coalesce(worst.failing, 0) > figure_rows.tolerance then 'FAIL'
        else 'PASS'
    end,
    case
        when rule_state.errors > 0 then 'a validation rule could not be run'
        when rule_state.ran = 0 and figure_rows.cohort > 0 then 'no validation rule was run over its source'
        when coalesce(worst.failing, 0) > figure_rows.tolerance
            then worst.failing || ' records have a blocking error, more than the ' || figure_rows.tolerance || ' allowed'
        else ''
    end,
    true
from figure_rows
join rule_state
    on figure_rows.authority = rule_state.authority and figure_rows.indicator_id = rule_state.indicator_id
    and figure_rows.as_at = rule_state.as_at
left join worst
    on figure_rows.authority = worst.authority and figure_rows.indicator_id = worst.indicator_id and figure_rows.as_at = worst.as_at
    and figure_rows.team = worst.team;
