-- Figures about figures, published beside the others: sums over facts.members as for any other, and two checks of their own. Nobody
-- reconciles or signs them, so they are never certified.
insert into facts.figures by name
with sums as (
    select
        authority, as_at, indicator_id, basis, if(grouping(team) = 1, 'ALL', team) as team, grouping(team) = 1 as is_all,
        count(*) filter (in_numerator)::integer as numerator, count(*) filter (in_denominator)::integer as denominator,
        0 as not_countable, 0 as overtaken, 0 as unusable, 0 as pending,
        avg(value::decimal(18, 6)) filter (in_numerator) as average, median(value) filter (in_numerator) as middle,
        max(value) filter (in_numerator) as largest, 0 as children_numerator, 0 as children_denominator
    from facts.members
    where list_contains($own, indicator_id) and state is not null
    group by grouping sets ((authority, as_at, indicator_id, basis), (authority, as_at, indicator_id, basis, team))
)
select * exclude (is_all) from sums where is_all or team is not null
union all by name
select authority, as_at, indicator_id, 'now' as basis, 'ALL' as team, 0 as numerator, 0 as denominator, 0 as not_countable,
    0 as overtaken, 0 as unusable, 0 as pending, 0 as children_numerator, 0 as children_denominator
from facts.definitions as definitions
where list_contains($own, indicator_id) and not exists (
    select 1 from facts.members as members
    where members.authority = definitions.authority and members.indicator_id = definitions.indicator_id
        and members.as_at = definitions.as_at and members.state is not null
);

create or replace temp table own_rows as
select
    figures.* exclude (basis), definitions.* exclude (authority, as_at, indicator_id),
    case definitions.measures
        when 'count' then figures.numerator::double when 'average' then figures.average when 'median' then figures.middle
        else figures.numerator / nullif(figures.denominator, 0)::double
    end as system_value
from facts.figures as figures
join facts.definitions as definitions
    on figures.authority = definitions.authority and figures.as_at = definitions.as_at and figures.indicator_id = definitions.indicator_id
where list_contains($own, figures.indicator_id)
    and (figures.team = 'ALL' or if(definitions.measures = 'count', figures.numerator, figures.denominator) > 0);

insert into main.gates
select authority, indicator_id, as_at, team, gates.gate, gates.outcome, gates.says, false
from own_rows
cross join (values
    ('delivered', 'PASS', ''), ('valid', 'NOT_APPLICABLE', ''), ('counted', 'NOT_APPLICABLE', ''),
    ('reconciled', 'FAIL', 'it is worked out from what this product itself has published, and nobody counts it by hand or signs it'),
    ('plausible', 'PASS', ''), ('checked', 'NOT_APPLICABLE', ''), ('signed', 'NOT_APPLICABLE', '')
) as gates (gate, outcome, says);

insert into main.metrics by name
select
    authority, indicator_id, title, as_at, first_day as period_start, team, unit, case_unit, numerator as system_numerator,
    if(measures = 'count', null, denominator) as system_denominator, system_value, numerator as reconciled_numerator,
    if(measures = 'count', null, denominator) as reconciled_denominator, system_value as reconciled_value,
    system_value as range_low, system_value as range_high, 0 as not_countable, 0 as overtaken, 'provisional' as status,
    'Being checked: it is worked out from what this product itself has published, and nobody counts it by hand or signs it.'
        as status_reason,
    theme, headline, question, better, false as reconstructed, '' as range_says, 0 as unusable, 0 as pending,
    md5(concat_ws('|', definition_hash, numerator, denominator, system_value)) as facts_hash, measures,
    if(measures in ('average', 'median'), largest, null) as largest, 0 as children_numerator,
    if(measures = 'count', null, 0) as children_denominator
from own_rows;
