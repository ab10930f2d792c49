-- What is known of children beside the two sides: ids that are one child's, records that are locked, children not yet born at the date.
create or replace temp table pair_roots as
select bare_key(person_id) as bare_child, any_value(bare_key(root)) as root
from identity.ids
where authority = $authority and person_id <> root
group by bare_key(person_id)
having count(distinct bare_key(root)) = 1;

create or replace temp table pair_hidden as
select
    bare_key(person_id) as bare_child, coalesce(bool_or(restricted), false) as is_locked,
    coalesce(min(date_of_birth) > $as_at, false) as is_unborn
from conformed.person
where authority = $authority
group by bare_key(person_id)
having is_locked or is_unborn;
