-- What is known of each id, and the blocks within which two are compared: whoever shares a block's key is weighed against one another, and
-- nobody else is. Each key names a birth, nearly, and something beside it; so blocks stay small, and the work grows with the children.
create or replace temp table known_people as
with said as (
    select
        authority, person_id,
        arg_max(date_of_birth, (extracted_on, contract, source_row)) filter (date_of_birth is not null) as born_on,
        if(count(distinct sex) filter (sex in ('male', 'female')) = 1, any_value(sex) filter (sex in ('male', 'female')), null) as sex,
        if(
            count(distinct ethnicity) filter (ethnicity not in ('REFU', 'NOBT')) = 1,
            any_value(ethnicity) filter (ethnicity not in ('REFU', 'NOBT')), null
        ) as ethnicity,
        arg_max(upper(initials), (extracted_on, contract, source_row)) filter (initials is not null) as initials,
        list_sort(list(distinct contract)) as contracts, list_sort(list(distinct contract || extracted_on)) as extracts,
        min(extracted_on) as first_on, max(extracted_on) as last_on
    from conformed.person
    where person_id is not null and not starts_with(contract, 'identity.')
    group by authority, person_id
),

families as (
    select authority, person_id, list_sort(list(distinct family_id)) as families
    from conformed.family
    where family_id is not null
    group by authority, person_id
),

events as (
    select authority, person_id, list_sort(list(distinct kind || ' ' || day)) as events
    from event_days
    group by authority, person_id
),

numbered as (
    select authority, person_id, list_sort(list(distinct kind || ' ' || number)) as numbers
    from numbers
    group by authority, person_id
)

select
    (row_number() over (order by said.authority, said.person_id))::integer as place, said.*,
    coalesce(families.families, []) as families, coalesce(events.events, []) as events, coalesce(numbered.numbers, []) as numbers,
    ltrim(said.person_id, '0') as bare, try_cast(regexp_extract(bare, '\d+$') as bigint) as digits,
    -- one and the same for a date and for the date that it becomes when day and month are exchanged
    concat_ws('-', year(said.born_on), least(month(said.born_on), day(said.born_on)), greatest(month(said.born_on), day(said.born_on)))
        as born_mixed,
    coalesce(said.born_on > said.last_on, false) as expected,
    coalesce(said.first_on - said.born_on between -60 and 300, false) as baby
from said
left join families using (authority, person_id)
left join events using (authority, person_id)
left join numbered using (authority, person_id);

create or replace temp table rule_pairs as
select distinct authority, first_id, second_id, hash(first_id, second_id) as pair from candidates;

create or replace temp table blocks as
with shared as (
    select
        place, authority, born_on, born_mixed, expected, baby,
        unnest(
            list_concat(
                list_transform(families, lambda one: 'family ' || one), list_transform(events, lambda one: 'event ' || one)
            )
        ) as what
    from known_people
),

keys as (
    select place, hash(authority, 'born', born_mixed, what) as key from shared where born_on is not null
    union all
    select place, hash(authority, 'born', born_mixed, initials) from known_people where born_on is not null and initials is not null
    union all
    select
        place,
        unnest([
            hash(authority, 'slip', strftime(born_on, '%Y-%m'), what), hash(authority, 'slip', strftime(born_on, '%Y  %d'), what),
            hash(authority, 'slip', strftime(born_on, '  %m-%d'), what)
        ])
    from shared
    where born_on is not null
    union all
    -- An unborn child is sought among the births of the months about the day; one without a day among the babies.
    select place, hash(authority, 'unborn', year(near) * 12 + month(near), what)
    from (select *, born_on + unnest([-42, -21, 0, 21, 42]) as near from shared where expected)
    union all
    select place, hash(authority, 'unborn', year(born_on) * 12 + month(born_on), what) from shared where baby and not expected
    union all
    select place, hash(authority, 'undated', what) from shared where born_on is null or baby
    union all
    select people.place, hash(pairs.authority, 'rule', pairs.pair)
    from rule_pairs as pairs
    join known_people as people on pairs.authority = people.authority and people.person_id in (pairs.first_id, pairs.second_id)
)

select place, key from (select distinct place, key from keys)
qualify count(*) over (partition by key) between 2 and $largest_block;
