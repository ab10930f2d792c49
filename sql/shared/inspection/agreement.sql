-- Case by case: the figure's children against those that the written workbook gives when it is counted anew. `recounted` are its members.
create or replace temp table compared as
with figure as (
    select indicator_id, case_id, state, in_denominator, in_numerator
    from frozen.facts.members
    where authority = $authority and as_at = $as_at and basis = 'now' and state is not null
),

lists as (
    select indicator_id, case_id, state, in_denominator, in_numerator
    from recounted
    where state is not null
)

select
    coalesce(figure.indicator_id, lists.indicator_id) as indicator_id,
    coalesce(figure.case_id, lists.case_id) as case_id,
    figure.state as figure_state,
    lists.state as list_state,
    coalesce(figure.in_denominator, false) as figure_denominator,
    coalesce(figure.in_numerator, false) as figure_numerator,
    coalesce(lists.in_denominator, false) as list_denominator,
    coalesce(lists.in_numerator, false) as list_numerator,
    figure_denominator <> list_denominator or figure_numerator <> list_numerator as differs,
    -- One row of a list cannot say of one visit that it proves a child seen and that a later one may have overwritten it.
    coalesce(figure.state = 'overtaken' and lists.state <> 'overtaken', false) as is_overtaken
from figure
full join lists
    on figure.indicator_id = lists.indicator_id
    and regexp_replace(figure.case_id, '/unusable:.*', '/unusable') = regexp_replace(lists.case_id, '/unusable:.*', '/unusable');

create or replace temp table agreement as
with figures as (
    select
        definitions.indicator_id, definitions.title, definitions.measures <> 'count' as is_share, definitions.contracts,
        metrics.system_numerator as numerator, metrics.system_denominator as denominator
    from frozen.facts.definitions as definitions
    join frozen.main.metrics as metrics using (authority, as_at, indicator_id)
    where definitions.authority = $authority and definitions.as_at = $as_at and metrics.team = 'ALL'
),

sums as (
    select
        indicator_id,
        count(*) filter (list_denominator) as denominator,
        count(*) filter (list_numerator) as numerator,
        count(*) filter (differs) as cases,
        count(*) filter (differs and is_overtaken) as overtaken,
        count(*) filter (differs and is_overtaken and list_denominator) as overtaken_denominator,
        count(*) filter (differs and is_overtaken and list_numerator) as overtaken_numerator
    from compared
    group by all
)

select
    figures.indicator_id, figures.title, figures.numerator as figure_numerator, figures.denominator as figure_denominator,
    coalesce(sums.numerator, 0) as list_numerator,
    if(figures.is_share, coalesce(sums.denominator, 0), null) as list_denominator,
    coalesce(sums.cases, 0) as cases_apart,
    coalesce(sums.overtaken, 0) as cases_explained,
    coalesce(sums.numerator, 0) - coalesce(sums.overtaken_numerator, 0) - figures.numerator as numerator_difference,
    if(figures.is_share, coalesce(sums.denominator, 0) - coalesce(sums.overtaken_denominator, 0) - figures.denominator, 0)
        as denominator_difference,
    figures.contracts
from figures
left join sums using (indicator_id)
order by figures.indicator_id;
