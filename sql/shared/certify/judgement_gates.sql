-- Plausible, checked, signed: the gates that rest on people and on earlier figures. A check from before a withdrawal holds no more.
-- Fewer than 13 earlier points: inside the declared range, with the officer's note. From 13 on: inside the control limits (mean
-- ± 2.66 × mean moving range, ranges of 3.267 × their mean and more screened out first), or with a note. A go-live cuts the series.
insert into main.gates
with points as (
    select figures.authority, figures.indicator_id, figures.as_at, 
        case definitions.measures
            when 'count' then figures.numerator::double when 'average' then figures.average when 'median' then figures.middle
            else figures.numerator / nullif(figures.denominator, 0)::double
        end as value
    from facts.figures as figures
    join facts.definitions as definitions
        on figures.authority = definitions.authority and figures.as_at = definitions.as_at
            and figures.indicator_id = definitions.indicator_id
    where figures.team = 'ALL' and figures.basis = 'now'
),
cut_points as (
    select points.*, coalesce(max(changed.on_day), date '0001-01-01') as since
    from points
    left join facts.go_lives as changed on changed.authority = points.authority and changed.on_day <= points.as_at
    group by all
),
series as (
    select this.authority, this.indicator_id, this.as_at, earlier.as_at as point_at, earlier.value,
        abs(earlier.value - lag(earlier.value) over (
            partition by this.authority, this.indicator_id, this.as_at order by earlier.as_at
        )) as moved
    from cut_points as this
    left join points as earlier
        on this.authority = earlier.authority and this.indicator_id = earlier.indicator_id and earlier.as_at < this.as_at
        and earlier.as_at >= this.since
),
screened as (
    select *, avg(moved) over (partition by authority, indicator_id, as_at) as first_mean from series
),
limits as (
    select authority, indicator_id, as_at, count(value) as earlier_points, avg(value) as centre,
        2.66 * avg(moved) filter (moved < 3.267 * first_mean or first_mean = 0) as reach
    from screened group by all
),
noted as (
    select checks.authority, checks.indicator_id, checks.as_at, checks.note
    from book.checks as checks
    join facts_hashes as prints
        on checks.authority = prints.authority and checks.indicator_id = prints.indicator_id and checks.as_at = prints.as_at
        and checks.facts_hash = prints.facts_hash
),
verdicts as (
    select points.*, limits.earlier_points, coalesce(trim(noted.note), '') <> '' as has_note,
        points.value is null or points.value between definitions.range_low and definitions.range_high as in_range,
        coalesce(abs(points.value - limits.centre) <= limits.reach, false) as in_limits
    from points
    join facts.definitions as definitions
        on points.authority = definitions.authority and points.as_at = definitions.as_at and points.indicator_id = definitions.indicator_id
    join limits
        on points.authority = limits.authority and points.as_at = limits.as_at and points.indicator_id = limits.indicator_id
    left join noted
        on points.authority = noted.authority and points.as_at = noted.as_at and points.indicator_id = noted.indicator_id
)
select
    figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team, 'plausible',
    case
        when not sane then 'FAIL'
        when verdicts.earlier_points < 13 then case when in_range and has_note then 'PASS' else 'FAIL' end
        when in_limits or has_note then 'PASS'
        else 'FAIL'
    end,
    case
        when not sane then 'the arithmetic of the figure is not sane'
        when verdicts.earlier_points < 13 and not in_range then 'the figure lies outside the range that its definition declares'
        when verdicts.earlier_points < 13 and not has_note then 'no limits yet: an officer''s note is needed'
        when verdicts.earlier_points >= 13 and not (in_limits or has_note)
            then 'the figure lies outside its control limits and no note says why'
        else ''
    end,
    not sane
from figure_rows
join verdicts
    on figure_rows.authority = verdicts.authority and figure_rows.indicator_id = verdicts.indicator_id
        and figure_rows.as_at = verdicts.as_at
cross join lateral (
    select figure_rows.numerator >= 0 and figure_rows.denominator >= 0 and figure_rows.numerator <= figure_rows.denominator as sane
) as arithmetic;

insert into main.gates
select
    figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team, 'checked',
    case when checks.facts_hash = prints.facts_hash and not checks.is_void then 'PASS' else 'FAIL' end,
    case
        when checks.facts_hash is null then 'no officer has checked it'
        when checks.facts_hash <> prints.facts_hash then 'what was checked has changed since'
        when checks.is_void then 'its certificate was withdrawn, and no officer has checked it since'
        else ''
    end,
    false
from figure_rows
join facts_hashes as prints
    on figure_rows.authority = prints.authority and figure_rows.indicator_id = prints.indicator_id and figure_rows.as_at = prints.as_at
left join book.checks as checks
    on figure_rows.authority = checks.authority and figure_rows.indicator_id = checks.indicator_id and figure_rows.as_at = checks.as_at;

insert into main.gates
select
    figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team, 'signed',
    case when bool_or(certificates.lapsed_at is null and certificates.facts_hash = prints.facts_hash) then 'PASS' else 'FAIL' end,
    case
        when bool_or(certificates.lapsed_at is null and certificates.facts_hash = prints.facts_hash) then ''
        when arg_max(certificates.ended, certificates.issued_at) = 'withdrawn' then 'the certificate was withdrawn'
        when count(certificates.id) > 0 then 'the certificate has lapsed'
        else 'the accountable head has not signed it'
    end,
    false
from figure_rows
join facts_hashes as prints
    on figure_rows.authority = prints.authority and figure_rows.indicator_id = prints.indicator_id and figure_rows.as_at = prints.as_at
left join book.certificates as certificates
    on figure_rows.authority = certificates.authority and figure_rows.indicator_id = certificates.indicator_id
    and figure_rows.as_at = certificates.as_at
group by figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team;
