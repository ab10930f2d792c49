-- What was weighed, under the ids again; a pair that is probable enough is a candidate as those of the rules are.
insert into weighed
select
    a.authority, least(a.person_id, b.person_id), greatest(a.person_id, b.person_id), found.probability, found.weight, found.evidence,
    found.doubts, found.is_listed
from found
join known_people as a on found.first = a.place
join known_people as b on found.second = b.place;

insert into candidates
select authority, first_id, second_id, 'alike' as why from weighed where is_listed;
