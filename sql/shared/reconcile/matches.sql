-- Which system case each listed row means: the same key; failing that, leading zeros ignored; failing that, the same child by the
-- crosswalk or a person's word; failing that, an event of the same child that starts within five working days and is the only one so
-- placed on both sides.
-- `root` is a key under the id that a child's ids have in common: of the system's ids that stand beside another of the same child, and of
-- ids in lists that are no longer anybody's own in the system.
create or replace temp table apart as
select distinct ids.person_id, bare_key(ids.root) as root
from identity.ids as ids
join facts.basis as basis
    on ids.authority = basis.authority and ids.contract = basis.contract and ids.extracted_on = basis.extracted_on
    and basis.as_at = $as_at and basis.basis = 'now'
where ids.authority = $authority and ids.person_id <> ids.root;

create or replace temp table listed_roots as
select bare_key(links.old_id) as bare, any_value(bare_key(links.root)) as root
from identity.links as links
where links.authority = $authority and not exists (
    select 1 from conformed.person as own
    where own.authority = links.authority and own.person_id = links.old_id
        and (own.contract, own.extracted_on, own.person_id) not in (
            select (ids.contract, ids.extracted_on, ids.person_id) from identity.ids as ids where ids.authority = $authority
        )
)
group by bare_key(links.old_id)
having count(distinct bare_key(links.root)) = 1;

-- Of the indicators that somebody counted: nothing else is held against a claim.
create or replace temp table cases as
select members.*, bare_key(members.case_id) as bare, bare_key(members.child_id) as bare_child,
    coalesce(apart.root, bare_key(members.child_id)) as root_child, root_key(members.case_id, members.child_id, root_child) as root
from facts.members as members
left join apart on members.child_id = apart.person_id
where members.authority = $authority and members.as_at = $as_at and members.basis = 'now' and members.indicator_id in (
    select claims.indicator_id from facts.claims as claims where claims.authority = $authority and claims.as_at = $as_at
);

create or replace temp table listed as
select rows.*, bare_key(rows.case_id) as bare, bare_key(rows.child_id) as bare_child, indicators.is_event,
    coalesce(roots.root, bare_key(rows.child_id)) as root_child, root_key(rows.case_id, rows.child_id, root_child) as root
from facts.claim_rows as rows
join catalogue_indicators as indicators on rows.indicator_id = indicators.indicator_id
left join listed_roots as roots on bare_key(rows.child_id) = roots.bare
where rows.authority = $authority and rows.as_at = $as_at;

create or replace temp table matched as
select listed.indicator_id, listed.team, listed.row_id, cases.case_id as system_case, 'exact' as match
from listed join cases on listed.indicator_id = cases.indicator_id and listed.case_id = cases.case_id;

insert into matched
with candidates as (
    select listed.indicator_id, listed.team, listed.row_id, cases.case_id,
        count(*) over each_row as rivals, cases.state is not null as in_cohort,
        count(*) filter (cases.state is not null) over each_row as cohort_rivals
    from listed
    join cases on listed.indicator_id = cases.indicator_id and listed.bare = cases.bare
    anti join matched on listed.row_id = matched.row_id
    window each_row as (partition by listed.row_id)
)
select indicator_id, team, row_id, case_id, 'zeros' from candidates where rivals = 1 or (in_cohort and cohort_rivals = 1);

-- Where several cases are one child's, the one in the cohort, then the one under the child's own id.
insert into matched
select listed.indicator_id, listed.team, listed.row_id, cases.case_id, 'link'
from listed
join cases on listed.indicator_id = cases.indicator_id and listed.root = cases.root
anti join matched on listed.row_id = matched.row_id
where listed.root <> listed.bare or cases.root <> cases.bare
qualify row_number() over (
    partition by listed.row_id order by cases.state is null, cases.root_child <> cases.bare_child, cases.case_id
) = 1;

insert into matched
with candidates as (
    select listed.indicator_id, listed.team, listed.row_id, cases.case_id,
        count(*) over (partition by listed.row_id) as row_rivals,
        count(*) over (partition by listed.indicator_id, listed.team, cases.case_id) as case_rivals
    from listed
    join cases
        on listed.indicator_id = cases.indicator_id and listed.root_child = cases.root_child
        and abs(working_days(calendar_day(listed.starts_on), calendar_day(cases.starts_on))) <= 5
    anti join matched on listed.row_id = matched.row_id
    anti join matched as taken
        on cases.indicator_id = taken.indicator_id and listed.team = taken.team and cases.case_id = taken.system_case
    where listed.is_event
)
select indicator_id, team, row_id, case_id, 'near' from candidates where row_rivals = 1 and case_rivals = 1;
