-- The gate that asks whether every team that owes a count gave one, figure by figure.
-- From count to dip sample: where a team's count was in tolerance at $months month ends running, and every month end since it was, or a
-- sample passed, a sample that passes stands in the place of the count.
create or replace temp table sampled_counts as
with months as (
    select
        owes.authority, owes.indicator_id, owes.as_at, owes.team,
        claims.team is not null and coalesce(gates.outcome = 'PASS', false) as in_tolerance, coalesce(samples.passes, false) as passes
    from facts.owes as owes
    left join facts.claims as claims
        on owes.authority = claims.authority and owes.indicator_id = claims.indicator_id and owes.as_at = claims.as_at
        and owes.team = claims.team
    left join main.gates as gates
        on owes.authority = gates.authority and owes.indicator_id = gates.indicator_id and owes.as_at = gates.as_at
        and owes.team = gates.team and gates.gate = 'reconciled'
    left join dip_samples as samples
        on owes.authority = samples.authority and owes.indicator_id = samples.indicator_id and owes.as_at = samples.as_at
    where owes.as_at = last_day(owes.as_at)
),
runs as (
    select this.*, this.in_tolerance and count_if(coalesce(before.in_tolerance, false)) = $months - 1 as is_run
    from months as this
    left join months as before
        on this.authority = before.authority and this.indicator_id = before.indicator_id and this.team = before.team
        and before.as_at < this.as_at and before.as_at > last_day(this.as_at - to_months($months::integer))
    group by this.authority, this.indicator_id, this.as_at, this.team, this.in_tolerance, this.passes
)
select this.authority, this.indicator_id, this.as_at, this.team
from runs as this
join runs as before
    on this.authority = before.authority and this.indicator_id = before.indicator_id and this.team = before.team
    and before.as_at < this.as_at
group by this.authority, this.indicator_id, this.as_at, this.team, this.passes
having
    this.passes and bool_or(before.is_run)
    and count(*) filter (
        before.as_at >= last_day(this.as_at - to_months($months::integer)) and (before.in_tolerance or before.passes)
    ) = $months;

insert into main.gates
with owed as (
    select
        owes.authority, owes.indicator_id, owes.as_at, owes.team, claims.team is not null or sampled.team is not null as given,
        claims.team is null and sampled.team is not null as is_sampled
    from facts.owes as owes
    left join facts.claims as claims
        on owes.authority = claims.authority and owes.indicator_id = claims.indicator_id and owes.as_at = claims.as_at
        and owes.team = claims.team
    left join sampled_counts as sampled
        on owes.authority = sampled.authority and owes.indicator_id = sampled.indicator_id and owes.as_at = sampled.as_at
        and owes.team = sampled.team
),
verdicts as (
    select figure_rows.authority, figure_rows.indicator_id, figure_rows.as_at, figure_rows.team,
        count(owed.team) as owing, string_agg(owed.team, ', ' order by owed.team) filter (not owed.given) as missing,
        string_agg(owed.team, ', ' order by owed.team) filter (owed.is_sampled) as sampled
    from figure_rows
    left join owed
        on figure_rows.authority = owed.authority and figure_rows.indicator_id = owed.indicator_id and figure_rows.as_at = owed.as_at
        and (figure_rows.team = 'ALL' or figure_rows.team = owed.team)
    group by all
)
select authority, indicator_id, as_at, team, 'counted',
    case when owing = 0 then 'NOT_APPLICABLE' when missing is null then 'PASS' else 'FAIL' end,
    concat_ws('; ', 'no count has come from ' || missing, 'a dip sample of files stands in the place of the count of ' || sampled), false
from verdicts;
