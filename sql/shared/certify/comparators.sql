-- What published tables say of other places, year by year. A cell without a number keeps its code: c suppressed, k and low nought when
-- rounded, z not applicable, x not available, u too few to rely on; any other text is x. A code is never nought. Of two files with the
-- same table the one that goes on longer counts; a place with several rows of one year that differ says nothing.
create or replace temp macro published_number(cell) as
    case when regexp_full_match(trim(cell), '-?[0-9][0-9,]*([.][0-9]+)?') then replace(trim(cell), ',', '')::double end;

create or replace temp macro published_months(cell) as
    case when regexp_full_match(trim(cell), '[0-9]+:[0-9]+')
        then split_part(trim(cell), ':', 1)::integer * 12 + split_part(trim(cell), ':', 2)::integer end;

create or replace temp macro published_code(cell) as
    if(list_contains(['c', 'k', 'z', 'x', 'low', 'u'], lower(trim(cell))), lower(trim(cell)), 'x');

create or replace temp macro all_added(cells) as
    if(len(cells) = 0, 0, if(list_bool_and(list_transform(cells, lambda one: published_number(one) is not null)),
        list_sum(list_transform(cells, lambda one: published_number(one))), null));

create or replace temp table published_places as
with dated as (
    select
        * exclude (value), coalesce(value, '') as value,
        try_cast(if(length(period) = 6, left(period, 2) || right(period, 2), left(period, 4)) as integer) as year
    from published_cells
    where regexp_full_match(period, '[0-9]{4}([0-9]{2})?')
),

numbers as (
    select
        said.indicator_id, said.source, said.differs, said.published_for, said.value_is,
        (dated.year || '-' || said.ends)::date as ends_on, dated.* exclude (defined, period),
        if(len(plus) = 0, null, all_added(plus) - all_added(minus)) as numerator, if(len(below) = 0, null, all_added(below)) as denominator
    from dated
    join published_said as said on dated.defined = said.defined
),

valued as (
    select
        * exclude (plus, minus, below, value, rate),
        case
            when has_value and value_is = 'percent' then round(published_number(value) / 100, 9)
            when has_value and value_is = 'years:months' then round(published_months(value) * 365.25 / 12)
            when has_value then published_number(value)
            when len(below) = 0 then numerator
            when denominator > 0 then numerator / denominator
        end as number,
        published_number(rate) as rate,
        case when has_value then value else coalesce(
            list_filter(list_concat(plus, minus, below), lambda one: published_number(one) is null)[1], ''
        ) end as without
    from numbers
),

newest as (
    select * from valued
    qualify file = first(file) over (partition by indicator_id order by year desc, file desc)
)

select
    indicator_id, source, differs, published_for, ends_on, level, region, code, country,
    any_value(numerator) as numerator, any_value(denominator) as denominator, any_value(number) as value, any_value(rate) as rate,
    any_value(if(number is null, published_code(without), null)) as instead
from newest
group by all
having count(distinct row(numerator, denominator, number, rate, without)) = 1;

create or replace table main.comparators as
with own as (
    select said.authority, places.* from published_places as places
    join authorities_said as said on places.level = 'local authority' and places.code = said.authority
),

told as (
    select *, 'own' as whose, 'This council, as published' as place, null::integer as places from own
    union all by name
    select
        said.authority, places.indicator_id, any_value(source) as source, any_value(differs) as differs,
        any_value(published_for) as published_for, places.ends_on, round(median(value), 9) as value,
        round(median(rate), 9) as rate, 'neighbours' as whose,
        'Statistical neighbours, the median of ' || count(value) as place, count(value)::integer as places
    from published_places as places
    join authorities_said as said on places.level = 'local authority' and list_contains(said.neighbours, places.code)
    group by all
    having count(value) >= $least
    union all by name
    select own.authority, places.*, 'region' as whose, places.region as place
    from published_places as places
    join own on places.level = 'regional' and places.region = own.region
        and places.indicator_id = own.indicator_id and places.ends_on = own.ends_on
    union all by name
    select said.authority, places.*, 'england' as whose, coalesce(nullif(places.country, ''), 'England') as place
    from published_places as places
    cross join authorities_said as said
    where places.level = 'national'
)

select
    authority, indicator_id, ends_on, whose, place, places, published_for, value, numerator, denominator, rate, instead as code, source,
    differs
from told
order by all;
