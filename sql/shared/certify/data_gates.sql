-- The first gate of the data, delivered, figure by figure; valid is in valid_gate.sql. Each gate says PASS, FAIL, ERROR or
-- NOT_APPLICABLE, and why in a clause.
-- `figure_rows` are the published rows: the authority, and each team with a denominator.
create or replace temp table figure_rows as
select
    figures.* exclude (basis), definitions.* exclude (authority, as_at, indicator_id),
    case when definitions.measures = 'count' then figures.numerator else figures.denominator end as cohort,
    case definitions.measures
        when 'count' then figures.numerator::double when 'average' then figures.average when 'median' then figures.middle
        else figures.numerator / nullif(figures.denominator, 0)::double
    end as system_value,
    greatest(definitions.tolerance_cases, floor(definitions.tolerance_share * cohort)::integer) as tolerance
from facts.figures as figures
join facts.definitions as definitions
    on figures.authority = definitions.authority and figures.as_at = definitions.as_at and figures.indicator_id = definitions.indicator_id
where figures.basis = 'now' and (figures.team = 'ALL' or cohort > 0);

create or replace table main.gates (
    authority varchar, indicator_id varchar, as_at date, team varchar, gate varchar, outcome varchar, says varchar, withholds boolean
);

insert into main.gates
with sources as (
    select
        figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, wanted.contract, extracts.extracted_on, extracts.complete,
        extracts.stated, extracts.extracted_on >= figure_rows.as_at as covers, extracts.whole_file, titles.title
    from (select distinct authority, indicator_id, as_at, contracts from figure_rows) as figure_rows
    cross join unnest(figure_rows.contracts) as wanted (contract)
    left join facts.extracts as extracts
        on figure_rows.authority = extracts.authority and figure_rows.as_at = extracts.as_at and wanted.contract = extracts.contract
    left join facts.contracts as titles on wanted.contract = titles.contract
),
without as (
    select lacking.authority, lacking.indicator_id, lacking.as_at, string_agg(distinct told.says, ', ' order by told.says) as columns
    from facts.lacking as lacking
    join (select distinct authority, indicator_id, as_at, unnest(contracts) as contract from figure_rows) as wanted
        on lacking.authority = wanted.authority and lacking.indicator_id = wanted.indicator_id and lacking.as_at = wanted.as_at
        and lacking.contract = wanted.contract
    join facts.contracts as titles on lacking.contract = titles.contract
    cross join lateral (select titles.title || ' came without ' || lacking.header as says) as told
    group by all
),
verdicts as (
    select
        authority, indicator_id, as_at,
        string_agg(title, ', ' order by title) filter (not coalesce(complete, false)) as lacking,
        string_agg(title, ', ' order by title) filter (complete and stated and not covers) as stale,
        string_agg(title, ', ' order by title) filter (complete and not whole_file) as partial,
        string_agg(title, ', ' order by title) filter (complete and not stated) as inferred
    from sources group by all
)
select
    figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team, 'delivered',
    case
        when coalesce(lacking, without.columns, stale, partial, inferred) is not null or overtaken_too_many then 'FAIL' else 'PASS'
    end,
    concat_ws(
        '; ', 'no complete delivery of ' || lacking, without.columns, 'the newest delivery of ' || stale || ' was taken before the date',
        'the file that brought ' || partial || ' has a sheet that could not be read',
        'the extract date of ' || inferred || ' is inferred and not stated',
        case
            when overtaken_too_many
                then figure_rows.overtaken || ' ' || if(figure_rows.overtaken = 1, 'case is', 'cases are')
                    || ' overtaken by a later event, more than the definition allows'
        end
    ),
    coalesce(lacking, without.columns, stale) is not null
from figure_rows
join verdicts
    on figure_rows.authority = verdicts.authority and figure_rows.indicator_id = verdicts.indicator_id
        and figure_rows.as_at = verdicts.as_at
left join without
    on figure_rows.authority = without.authority and figure_rows.indicator_id = without.indicator_id
        and figure_rows.as_at = without.as_at
cross join lateral (
    select figure_rows.overtaken > 0
        and figure_rows.overtaken >= figure_rows.overtaken_share * (figure_rows.denominator + figure_rows.overtaken) as overtaken_too_many
) as overtaking;
