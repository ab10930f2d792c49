-- A team's differences at a date that want a look, one row each, in the order of the sheet: in four bands (1 moves a headline, 2 another
-- figure, 3 none, 4 decided already), in a band by reason, and what is one piece of work together, whatever its measures.
with mine as (
    select
        breaks.*, metrics.title, items.fact, items.rank, items.state as stands,
        coalesce(metrics.headline, false) and breaks.effect <> 0 as moves_headline
    from breaks
    join desk.items as items
        on breaks.authority = items.authority and breaks.as_at = items.as_at and breaks.break_id = items.item_id
    left join metrics
        on breaks.authority = metrics.authority and breaks.indicator_id = metrics.indicator_id and breaks.as_at = metrics.as_at
        and metrics.team = 'ALL'
    where
        breaks.authority = $authority and breaks.as_at = $as_at and items.state <> 'closed'
        and (breaks.team = $team or breaks.owner = $team)
    qualify (breaks.team = $team) = bool_or(breaks.team = $team) over (partition by breaks.break_id)
),
bound as (
    select break_id, string_agg(distinct bound_to, ' ' order by bound_to) as bound_to
    from breaks where authority = $authority and as_at = $as_at group by break_id
),
single as (
    select
        break_id, any_value(indicator_id) as indicator_id, any_value(title) as title, any_value(case_id) as case_id,
        if(bool_or(moves_headline), 'yes', 'no') as moves_headline, arg_max(reason, abs(effect)) as reason,
        arg_max(proof, abs(effect)) as proof,
        coalesce(list(distinct {'measure': measure, 'effect': effect} order by {'measure': measure, 'effect': effect})
            filter (state <> 'closed'), []) as moves,
        max(event_date) as event_date, max(manual_source) as manual_source, max(system_source) as system_source,
        min(first_seen) as first_seen, any_value(stands) as state, any_value(fact) as fact, any_value(rank) as rank,
        max(abs(effect)) as size,
        arg_max(effect, (abs(effect), measure)) as effect
    from mine group by break_id
),
banded as (
    select *,
        case
            when not bool_or(state = 'open') over (partition by fact) then 4
            else greatest(1, least(3, min(rank) over (partition by fact)))
        end as band,
        first_value(reason) over (partition by fact order by rank asc, size desc, break_id asc) as because
    from single
),
heads as (
    select band, because, count(distinct fact) as pieces, count(*) as differences, max(size) as most from banded group by band, because
),
moved as (
    select band, because, indicator_id, any_value(title) as title, coalesce(-sum(effect) filter (effect < 0), 0)::integer as list_more,
        coalesce(sum(effect) filter (effect > 0), 0)::integer as system_more, bool_or(moves_headline = 'yes') as headline
    from banded where effect <> 0 group by band, because, indicator_id
),
moving as (
    select band, because, list({'title': title, 'list_more': list_more, 'system_more': system_more}
        order by headline desc, list_more + system_more desc, indicator_id asc) as moved
    from moved group by band, because
)
select
    banded.band, banded.because, sum(heads.pieces) filter (is_first) over (partition by banded.band)::integer as band_pieces,
    count(*) over (partition by banded.band) as band_differences, heads.pieces, heads.differences, moving.moved,
    dense_rank() over (order by banded.band asc, heads.most = 0 asc, heads.pieces desc, banded.because asc, banded.fact asc) as piece,
    banded.* exclude (band, because, rank, size, effect), bound.bound_to
from (
    select *, row_number() over (partition by band, because order by break_id) = 1 as is_first from banded
) as banded
join heads on banded.band = heads.band and banded.because = heads.because
join bound on banded.break_id = bound.break_id
left join moving on banded.band = moving.band and banded.because = moving.because
order by piece asc, banded.moves_headline desc, banded.indicator_id asc, banded.case_id asc, banded.break_id asc
