-- Ids that are alike in something: what is known of each, and the pairs, each with what is alike. Nothing is judged here.
create or replace temp table people as
select
    authority, person_id, ltrim(person_id, '0') as bare,
    if(count(distinct date_of_birth) = 1, any_value(date_of_birth), null) as born_on,
    if(count(distinct sex) filter (sex in ('male', 'female')) = 1, any_value(sex) filter (sex in ('male', 'female')), null) as sex,
    if(count(distinct upper(initials)) = 1, any_value(upper(initials)), null) as initials,
    min(extracted_on) as first_on, max(extracted_on) as last_on
from conformed.person
where person_id is not null and not starts_with(contract, 'identity.')
group by authority, person_id;

create or replace temp table numbers as
select distinct
    authority, person_id, if(identifier_type = 'nhs number', 'nhs', 'upn') as kind,
    upper(replace(identifier_value, ' ', '')) as number, identifier_type = 'former unique pupil number' as is_former
from conformed.linked_identifiers
where identifier_type in ('nhs number', 'unique pupil number', 'former unique pupil number') and identifier_value is not null
union
select authority, person_id, 'upn', upper(replace(upn, ' ', '')), false
from conformed.person
where upn is not null and person_id is not null;

-- An episode that goes on under another id: the last extract with the one lies before the first with the other.
create or replace temp table stretches as
select authority, contract, person_id, began_on, min(extracted_on) as first_on, max(extracted_on) as last_on
from (
    select authority, contract, extracted_on, person_id, cin_start_date as began_on from conformed.cin_episodes
    union all
    select authority, contract, extracted_on, person_id, cp_plan_start_date from conformed.cp_plans
    union all
    select authority, contract, extracted_on, person_id, cla_start_date from conformed.cla_episodes
)
where began_on is not null and person_id is not null
group by authority, contract, person_id, began_on;

create or replace temp table candidates as
with same_number as (
    select distinct a.authority, a.person_id as first_id, b.person_id as second_id
    from numbers as a
    join numbers as b on a.authority = b.authority and a.kind = b.kind and a.number = b.number and a.person_id < b.person_id
),

handed_over as (
    select distinct
        a.authority, least(a.person_id, b.person_id) as first_id, greatest(a.person_id, b.person_id) as second_id
    from stretches as a
    join stretches as b
        on a.authority = b.authority and a.contract = b.contract and a.began_on = b.began_on and a.last_on < b.first_on
        and a.person_id <> b.person_id
),

alike as (
    select
        a.authority, a.person_id as first_id, b.person_id as second_id, a.bare = b.bare as zeros,
        least(length(a.bare), length(b.bare)) >= 4 and length(a.bare) <> length(b.bare)
        and (ends_with(a.bare, b.bare) or ends_with(b.bare, a.bare)) as affix,
        coalesce(a.initials = b.initials, false) as same_initials,
        coalesce(a.sex = b.sex, false) and length(a.bare) = length(b.bare) and length(a.bare) >= 5
        and coalesce(abs(try_cast(a.bare as bigint) - try_cast(b.bare as bigint)), 100) > 3
        and damerau_levenshtein(a.bare, b.bare) = 1 as near
    from people as a
    join people as b on a.authority = b.authority and a.born_on = b.born_on and a.person_id < b.person_id
    where a.sex is not distinct from b.sex or a.sex is null or b.sex is null
)

select authority, first_id, second_id, unnest(list_filter(
    [if(zeros, 'zeros', null), if(affix, 'affix', null), if(same_initials, 'initials', null), if(near, 'near', null)],
    lambda one: one is not null
)) as why
from alike
where zeros or affix or same_initials or near
union all
select *, 'number' from same_number
union all
select *, 'handed over' from handed_over;
