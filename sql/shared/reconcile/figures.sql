-- Sums over members: each team with a denominator, and the authority always.
insert into facts.figures
with members as (
    select * from facts.members where authority = $authority and as_at = $as_at and state is not null
),
sums as (
    select
        indicator_id, basis, case when grouping(team) = 1 then 'ALL' else team end as team, grouping(team) = 1 as is_all,
        count(*) filter (in_numerator)::integer as numerator, count(*) filter (in_denominator)::integer as denominator,
        count(*) filter (state = 'not_countable')::integer as not_countable, count(*) filter (state = 'overtaken')::integer as overtaken,
        count(*) filter (state = 'unusable')::integer as unusable, count(*) filter (state = 'pending')::integer as pending,
        -- a value is a decimal here: a sum of those is the same in whatever order the rows come
        (sum(value::decimal(18, 6)) filter (in_numerator)
        / nullif(sum(coalesce(weight, 1)::decimal(18, 6)) filter (in_numerator), 0))::double as average,
        median(value) filter (in_numerator) as middle, max(value) filter (in_numerator) as largest,
        count(distinct child_id) filter (in_numerator)::integer as children_numerator,
        count(distinct child_id) filter (in_denominator)::integer as children_denominator
    from members group by grouping sets ((indicator_id, basis), (indicator_id, basis, team))
)
select $authority, $as_at, * exclude (is_all) from sums where is_all or team is not null
union all
select $authority, $as_at, due.indicator_id, basis.basis, 'ALL', 0, 0, 0, 0, 0, 0, null, null, null, 0, 0
from position_windows as due
cross join (values ('now'), ('at_hand')) as basis (basis)
where
    not exists (select 1 from members where members.indicator_id = due.indicator_id and members.basis = basis.basis)
    and (basis.basis = 'now' or due.indicator_id in (select indicator_id from differing_bases));

-- What each claim is held against. The figure at hand is the newest one where the bases are the same extracts.
insert into facts.bridges
select
    $authority, $as_at, claims.indicator_id, claims.team, claims.measure, claims.manual,
    coalesce(case claims.measure when 'numerator' then now.numerator else now.denominator end, 0),
    case
        when differing_bases.indicator_id is null
            then coalesce(case claims.measure when 'numerator' then now.numerator else now.denominator end, 0)
        else coalesce(case claims.measure when 'numerator' then before.numerator else before.denominator end, 0)
    end,
    claims.unlisted, claims.grade
from claim_measures as claims
left join differing_bases on claims.indicator_id = differing_bases.indicator_id
left join facts.figures as now
    on now.authority = $authority and now.as_at = $as_at and now.basis = 'now' and now.indicator_id = claims.indicator_id
    and now.team = claims.team
left join facts.figures as before
    on before.authority = $authority and before.as_at = $as_at and before.basis = 'at_hand'
    and before.indicator_id = claims.indicator_id and before.team = claims.team;
