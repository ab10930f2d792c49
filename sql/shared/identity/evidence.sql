-- What was weighed, in words: each comparison's level, for one child or against. Shown are the pairs from the threshold on and those of the
-- rules. Of two children whom one extract holds, at most one is the third's: pairs that exclude one another share the probability.
create table pairs as
select
    p.place_l as first, p.place_r as second, p.match_probability as probability, p.match_weight as weight,
    list_intersect(a.events, b.events) as days, list_has_any(a.rules, b.rules) as by_rule
from predicted as p
join people as a on p.place_l = a.place
join people as b on p.place_r = b.place
where p.match_probability >= $listed_from or list_has_any(a.rules, b.rules);

create table rivals as
with ends as (
    select first as one, second as other, probability from pairs
    union all
    select second, first, probability from pairs
),

beside as (
    select distinct least(x.one, x.other) as first, greatest(x.one, x.other) as second, y.one, y.other, y.probability
    from ends as x
    join ends as y on x.one = y.one and x.other <> y.other
    join people as a on x.other = a.place
    join people as b on y.other = b.place
    where list_has_any(a.extracts, b.extracts) and a.born_on = b.born_on
)

select first, second, sum(probability / greatest(1 - probability, 1e-12)) as odds from beside group by first, second;

create table told as
with said as (
    select p.place_l as first, p.place_r as second, levels.*
    from (unpivot predicted on columns('gamma_.*') into name shown value gamma) as p
    join levels on p.shown = 'gamma_' || levels.name and p.gamma = levels.gamma
),

worded as (
    select
        pairs.first, pairs.second,
        string_agg(
            replace(said.says, '{events}', array_to_string(list_sort(list_distinct(
                list_transform(pairs.days, lambda one: regexp_replace(one, ' \S+$', ''))
            )), ', ')), '; ' order by said.place
        ) filter (said.speaks_for and said.says <> '') as evidence,
        string_agg(said.says, '; ' order by said.place) filter (not said.speaks_for and said.says <> '') as doubts,
        bool_or(said.twins) as twins, bool_or(said.beyond) as beyond, bool_or(said.settles) as settles
    from pairs
    join said on pairs.first = said.first and pairs.second = said.second
    group by pairs.first, pairs.second
)

select
    pairs.first, pairs.second,
    round(if(
        rivals.odds is null, pairs.probability,
        pairs.probability / greatest(1 - pairs.probability, 1e-12)
        / (1 + pairs.probability / greatest(1 - pairs.probability, 1e-12) + rivals.odds)
    ), 4) as shown, round(pairs.weight, 2) as weight, coalesce(worded.evidence, '') as evidence,
    concat_ws('; ', if((worded.twins or rivals.odds is not null) and not worded.settles, 'twins?', null), worded.doubts) as doubts,
    (not worded.twins or worded.beyond) and pairs.probability >= $listed_from as is_listed
from pairs
join worded on pairs.first = worded.first and pairs.second = worded.second
left join rivals on pairs.first = rivals.first and pairs.second = rivals.second;
