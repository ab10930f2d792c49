-- The records that are compared, without their ids: a number of this run stands for each.
select
    people.place, people.bare, people.digits, people.born_on, people.born_mixed, people.sex, people.ethnicity, people.initials,
    people.families, people.events, people.numbers, people.contracts, people.extracts, people.first_on, people.last_on, people.expected,
    people.baby, of_place.keys, coalesce(by_rule.pairs, []) as rules, coalesce(by_rule.alike, []) as alike
from known_people as people
join (select place, list_sort(list(key)) as keys from blocks group by place) as of_place on people.place = of_place.place
left join (
    select
        known.place, list_sort(list(distinct pairs.pair)) as pairs,
        list_sort(list(distinct hash(pairs.first_id, pairs.second_id)) filter (pairs.why in ('affix', 'near'))) as alike
    from (select *, hash(first_id, second_id) as pair from candidates) as pairs
    join known_people as known on pairs.authority = known.authority and known.person_id in (pairs.first_id, pairs.second_id)
    group by known.place
) as by_rule on people.place = by_rule.place
order by people.place
