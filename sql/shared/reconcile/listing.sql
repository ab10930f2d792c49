-- Which teams list a case, and which cases of one child a team lists: sets, so that "another one" is a look-up and not a search.
create or replace temp table listing_teams as
select indicator_id, system_case, list(distinct team) as teams
from manual_cases where team <> 'ALL' and rows_denominator > 0 and system_case is not null
group by indicator_id, system_case;

create or replace temp table listed_twins as
select met.indicator_id, met.team, twin.measure, twin.root, list(distinct twin.case_id) as twins
from manual_cases as met
join case_measures as twin on met.indicator_id = twin.indicator_id and met.system_case = twin.case_id and twin.counted
group by met.indicator_id, met.team, twin.measure, twin.root;

-- What a child is called, by the id that its ids have in common.
create or replace temp table spellings as
select roots.root, list(distinct ids.id) as ids
from listed_roots as roots
join (
    select bare_key(root) as root, unnest([old_id, root]) as id from identity.links where authority = $authority
) as ids on roots.root = ids.root
group by roots.root;
