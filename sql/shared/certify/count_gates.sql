-- The gate that asks whether the two counts agree, figure by figure.
-- Reconciled: every claim of the row (the authority: every team's too) fully listed, unexplained 0, gross of open items in tolerance; and
-- no child's file that was read says that the system is wrong, whatever the counts agree on and whoever decided otherwise.
insert into main.gates
with gross as (
    select authority, indicator_id, as_at, team, measure,
        coalesce(sum(abs(effect)) filter (state = 'open'), 0)::integer as open_gross,
        count(*) filter (reason = 'UNEXPLAINED' and state <> 'decided') as unexplained
    from main.breaks group by all
),
worst as (
    select authority, indicator_id, as_at, team, max(open_gross) as open_gross, max(unexplained) as unexplained from gross group by all
),
claims as (
    select
        claims.authority, claims.indicator_id, claims.as_at, claims.team,
        coalesce(worst.open_gross, 0) as open_gross, coalesce(worst.unexplained, 0) as unexplained,
        greatest(
            definitions.tolerance_cases,
            floor(definitions.tolerance_share * coalesce(
                case when definitions.measures = 'count' then figures.numerator else figures.denominator end, 0))::integer
        ) as tolerance,
        (definitions.independent_evidence = 'dip_sample' and coalesce(samples.passes, false))
        -- a measure that was left blank has no grade: it was compared with nothing
        or (
            coalesce(claims.grade_numerator = 'listed', false)
            and (definitions.measures <> 'share' or coalesce(claims.grade_denominator = 'listed', false))
        ) as is_listed,
        coalesce(claims.method = 'system_report', false) as is_copied, claims.conflict, not claims.comparable as in_other_unit
    from facts.claims as claims
    join facts.definitions as definitions
        on claims.authority = definitions.authority and claims.as_at = definitions.as_at and claims.indicator_id = definitions.indicator_id
    left join dip_samples as samples
        on claims.authority = samples.authority and claims.indicator_id = samples.indicator_id and claims.as_at = samples.as_at
    left join worst
        on claims.authority = worst.authority and claims.indicator_id = worst.indicator_id and claims.as_at = worst.as_at
        and claims.team = worst.team
    left join facts.figures as figures
        on claims.authority = figures.authority and claims.indicator_id = figures.indicator_id and claims.as_at = figures.as_at
        and claims.team = figures.team and figures.basis = 'now'
),
considered as (
    select figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team as row_team,
        claims.* exclude (authority, indicator_id, as_at)
    from figure_rows
    join claims
        on figure_rows.authority = claims.authority and figure_rows.indicator_id = claims.indicator_id and figure_rows.as_at = claims.as_at
        and (figure_rows.team = 'ALL' or figure_rows.team = claims.team)
    union all
    select figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, 'ALL', 'the authority', worst.open_gross, worst.unexplained,
        figure_rows.tolerance, true, false, false, false
    from figure_rows
    join worst
        on figure_rows.authority = worst.authority and figure_rows.indicator_id = worst.indicator_id and figure_rows.as_at = worst.as_at
        and worst.team = 'ALL'
    where figure_rows.team = 'ALL' and not exists (
        select 1 from facts.claims as own
        where own.authority = figure_rows.authority and own.indicator_id = figure_rows.indicator_id and own.as_at = figure_rows.as_at
            and own.team = 'ALL'
    )
),
verdicts as (
    select
        authority, indicator_id, as_at, row_team as team,
        string_agg(team, ', ' order by team) filter (unexplained > 0) as with_unexplained,
        string_agg(team, ', ' order by team) filter (conflict) as with_conflict,
        string_agg(team, ', ' order by team) filter (in_other_unit) as with_other_unit,
        string_agg(team, ', ' order by team) filter (not is_listed) as without_list,
        string_agg(team, ', ' order by team) filter (is_copied) as copied,
        string_agg(team || ' (' || open_gross || ' open, ' || tolerance || ' allowed)', ', ' order by team)
            filter (open_gross > tolerance) as too_many
    from considered group by all
),
misread as (
    select rows.authority, rows.indicator_id, rows.as_at, rows.team,
        string_agg(distinct coalesce(files.team, 'no team'), ', ' order by coalesce(files.team, 'no team')) as wrong_by_file
    from figure_rows as rows
    join desk.dip_files as files
        on rows.authority = files.authority and rows.indicator_id = files.indicator_id and rows.as_at = files.as_at
        and (rows.team = 'ALL' or rows.team = files.team)
    where files.system_is_wrong group by all
)
select
    figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team, 'reconciled',
    case
        when misread.team is not null then 'FAIL'
        when verdicts.team is null then 'NOT_APPLICABLE'
        when coalesce(with_unexplained, with_conflict, with_other_unit, without_list, copied, too_many) is null then 'PASS'
        else 'FAIL'
    end,
    concat_ws(
        '; ', 'a child''s own file says that the system is wrong: ' || wrong_by_file,
        'differences that nothing explains: ' || with_unexplained, 'two people counted differently on one day: ' || with_conflict,
        'counted in another unit: ' || with_other_unit, 'counted without a full list: ' || without_list,
        'the count was copied from the system''s own report: ' || copied, 'open differences: ' || too_many
    ),
    false
from figure_rows
left join verdicts
    on figure_rows.authority = verdicts.authority and figure_rows.indicator_id = verdicts.indicator_id
    and figure_rows.as_at = verdicts.as_at and figure_rows.team = verdicts.team
left join misread
    on figure_rows.authority = misread.authority and figure_rows.indicator_id = misread.indicator_id
    and figure_rows.as_at = misread.as_at and figure_rows.team = misread.team;
