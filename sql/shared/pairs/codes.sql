-- How often each two codes stand beside each other for one case and day, of how many that have the left one and any on the right: what two
-- systems always say of each other is a translation, what they say once is a record.
insert into pair_codes
select
    $pair as pair_id, mine.code as left_code, theirs.code as right_code, count(*)::integer as cases,
    (sum(count(*)) over (partition by mine.code))::integer as of_cases
from pair_left as mine
join {right_side} as theirs on mine.case_id = theirs.case_id and mine.coded_on = theirs.coded_on
where mine.code is not null and theirs.code is not null
group by mine.code, theirs.code;
