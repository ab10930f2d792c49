-- The published figures: system, manual and reconciled value, range, status and why.
create or replace temp table reconstructed as
select figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at
from (select distinct authority, indicator_id, as_at, contracts, period from figure_rows) as figure_rows
where figure_rows.period = 'snapshot' and exists (
    select 1 from unnest(figure_rows.contracts) as wanted (contract)
    where not exists (
        select 1 from facts.taken as taken
        where taken.authority = figure_rows.authority and taken.contract = wanted.contract and taken.extracted_on >= figure_rows.as_at
            and taken.extracted_on <= add_working_days(figure_rows.as_at, 5)
    )
);

create or replace temp table moved as
select
    authority, indicator_id, as_at, team,
    sum(case
        when measure = 'numerator' and decision = 'manual_right' then -effect
        when measure = 'numerator' and decision = 'not_comparable' and kind = 'case' then -system_in::integer
        else 0
    end)::integer as numerator,
    sum(case
        when measure = 'denominator' and decision = 'manual_right' then -effect
        when measure = 'denominator' and decision = 'not_comparable' and kind = 'case' then -system_in::integer
        else 0
    end)::integer as denominator
from differences where state = 'decided' group by all;

create or replace table main.metrics as
with summary as (
    select
        authority, indicator_id, as_at, team,
        bool_or(outcome = 'ERROR' or (withholds and outcome = 'FAIL')) as is_withheld,
        bool_and(outcome in ('PASS', 'NOT_APPLICABLE')) as holds,
        string_agg(says, '; ' order by list_position($gate_order, gate)) filter (outcome in ('FAIL', 'ERROR') and says <> '') as failing,
        string_agg(says, '; ' order by list_position($gate_order, gate))
            filter (outcome = 'ERROR' or (withholds and outcome = 'FAIL')) as withholding
    from main.gates group by all
),
manual as (
    select authority, indicator_id, as_at, team,
        max(manual) filter (measure = 'numerator') as numerator, max(manual) filter (measure = 'denominator') as denominator
    from facts.bridges group by all
),
standing as (
    select certificates.authority, certificates.indicator_id, certificates.as_at, max(certificates.id) as certificate_id
    from book.certificates as certificates
    join facts_hashes as prints
        on certificates.authority = prints.authority and certificates.indicator_id = prints.indicator_id
        and certificates.as_at = prints.as_at and certificates.facts_hash = prints.facts_hash
    where certificates.lapsed_at is null group by all
),
joined as (
    select
        figure_rows.*, manual.numerator as manual_n, manual.denominator as manual_d,
        figure_rows.numerator + coalesce(moved.numerator, 0) as reconciled_n,
        figure_rows.denominator + coalesce(moved.denominator, 0) as reconciled_d,
        ranges.low, ranges.high, ranges.says as range_says, rebuilt.indicator_id is not null as is_reconstructed,
        case
            when summary.is_withheld then 'withheld'
            when summary.holds and not is_reconstructed and proven.says = '' then 'certified'
            else 'provisional'
        end as status,
        nullif(proven.says, '') as not_proven,
        summary.failing, summary.withholding, standing.certificate_id as standing_certificate, prints.facts_hash
    from figure_rows
    join summary
        on figure_rows.authority = summary.authority and figure_rows.indicator_id = summary.indicator_id
        and figure_rows.as_at = summary.as_at and figure_rows.team = summary.team
    join facts_hashes as prints
        on figure_rows.authority = prints.authority and figure_rows.indicator_id = prints.indicator_id and figure_rows.as_at = prints.as_at
    left join manual
        on figure_rows.authority = manual.authority and figure_rows.indicator_id = manual.indicator_id
        and figure_rows.as_at = manual.as_at and figure_rows.team = manual.team
    left join moved
        on figure_rows.authority = moved.authority and figure_rows.indicator_id = moved.indicator_id
        and figure_rows.as_at = moved.as_at and figure_rows.team = moved.team
    left join ranges
        on figure_rows.authority = ranges.authority and figure_rows.indicator_id = ranges.indicator_id
        and figure_rows.as_at = ranges.as_at and figure_rows.team = ranges.team
    join proven on figure_rows.authority = proven.authority and figure_rows.as_at = proven.as_at
    left join reconstructed as rebuilt
        on figure_rows.authority = rebuilt.authority and figure_rows.indicator_id = rebuilt.indicator_id
            and figure_rows.as_at = rebuilt.as_at
    left join standing
        on figure_rows.authority = standing.authority and figure_rows.indicator_id = standing.indicator_id
        and figure_rows.as_at = standing.as_at
)
select
    authority, indicator_id, title, as_at, first_day as period_start, team, unit, case_unit,
    numerator as system_numerator, case when measures <> 'count' then denominator end as system_denominator,
    system_value,
    manual_n as manual_numerator, case when measures <> 'count' then manual_d end as manual_denominator,
    case measures when 'count' then manual_n::double when 'share' then manual_n / nullif(manual_d, 0)::double end as manual_value,
    reconciled_n as reconciled_numerator, case when measures <> 'count' then reconciled_d end as reconciled_denominator,
    case
        when measures = 'count' then reconciled_n::double
        when measures = 'share' then reconciled_n / nullif(reconciled_d, 0)::double
        -- a decision says whether a case counts and not what its value is
        when reconciled_n = numerator and reconciled_d = denominator then system_value
    end as reconciled_value,
    low as range_low, high as range_high, not_countable, overtaken, status,
    case status
        when 'certified' then 'Every check holds.'
        when 'withheld' then 'Not reliable enough to report: ' || withholding || '.'
        else 'Being checked: '
            || concat_ws('; ', case when is_reconstructed
                then 'reconstructed, no extract was taken within five working days of the date' end, not_proven, failing)
            || '.'
    end as status_reason,
    null::integer as revision, null::timestamp as published_at,
    case when status = 'certified' then standing_certificate end as certificate_id,
    theme, headline, question, better, is_reconstructed as reconstructed, range_says, unusable, pending, facts_hash,
    measures, case when measures in ('average', 'median') then largest end as largest, children_numerator,
    case when measures <> 'count' then children_denominator end as children_denominator
from joined;
